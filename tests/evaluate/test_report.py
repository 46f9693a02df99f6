"""The report: its figures, its tables, its page."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from avatarify.errors import MediaError
from avatarify.evaluate.plots import line_plot
from avatarify.evaluate.report import HTML, JSON, write_report
from avatarify.evaluate.results import (
    PRECISE_LANDMARKS,
    ClipResult,
    CrossResult,
    CrossScores,
    Curve,
    Evaluation,
    Scores,
    Series,
    Skipped,
    Transfer,
)
from avatarify.evaluate.transfer import Followed
from avatarify.frame import Image
from avatarify.media.images import write_image

STILL = Transfer(*[Followed(None, 0.0)] * 4)
MOVING = Transfer(Followed(0.5, 0.25), Followed(0.1, 0.0), Followed(0.98, 0.91), Followed(-0.2, -0.1))
CURVE = Curve("L1", (1, 5, 9), (Series("model", (0.01, None, 0.02)), Series("unchanged", (0.1, 0.2, 0.3))))


def scores(error: float, transfer: Transfer = MOVING) -> Scores:
    return Scores(error, 20.0, 0.7, 0.2, 4.0, 0.05, 4.5, 0.0, 0.3, 0.001, transfer)


def clip(name: str, model: float, unchanged: float) -> ClipResult:
    return ClipResult(name, 3, scores(model), scores(0.05), scores(unchanged, STILL), (CURVE,), "strips/a.jpg")


def evaluation() -> Evaluation:
    cross = CrossScores(0.2, 0.0, MOVING)
    return Evaluation(
        model="lite",
        runtime="eager on cpu",
        size=256,
        frames=3,
        clips=(clip("calm", 0.02, 0.04), clip("<b>wild</b> & free", 0.06, 0.06)),
        cross=(CrossResult("ilse", "calm", 3, 0.8, cross, cross, CrossScores(0.0, None, STILL)),),
        skipped=(Skipped("broken", "cannot be read"),),
        complete=True,
    )


class Tags(HTMLParser):
    """Which tags are open, and every address."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")]
        if tag not in ("meta", "img", "line", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_is_whole_and_asks_for_nothing(tmp_path: Path, astronaut: Image) -> None:
    (tmp_path / "strips").mkdir()
    write_image(tmp_path / "strips" / "a.jpg", astronaut)
    write_report(tmp_path, evaluation())
    text = (tmp_path / HTML).read_text()
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert len(tags.addresses) == 2, "a strip for each clip"
    assert all(address.startswith("data:image/jpeg;base64,") for address in tags.addresses)
    assert not re.search(r"https?:|//[a-z]|<script|@import|url\(", text)
    assert "prefers-color-scheme:dark" in text


def test_names_from_outside_stay_text(tmp_path: Path) -> None:
    write_report(tmp_path, evaluation())
    text = (tmp_path / HTML).read_text()
    assert "<b>wild" not in text
    assert "&lt;b&gt;wild&lt;/b&gt; &amp; free" in text


def test_the_page_shows_ratios_and_what_was_left_out(tmp_path: Path) -> None:
    write_report(tmp_path, evaluation())
    tags = Tags()
    tags.feed((tmp_path / HTML).read_text())
    assert "0.75" in tags.words, "the mean of 0.5 and 1"
    assert {"0.50", "1.00", "broken"} <= set(tags.words)
    assert "Not complete: this is what was measured so far." not in tags.words
    write_report(tmp_path, dataclasses.replace(evaluation(), complete=False))
    assert "Not complete" in (tmp_path / HTML).read_text()


def test_the_page_and_the_file_name_the_instrument_of_akd(tmp_path: Path) -> None:
    write_report(tmp_path, evaluation())
    assert "landmarks: the shipped landmark net" in (tmp_path / HTML).read_text()
    write_report(tmp_path, dataclasses.replace(evaluation(), landmarks=PRECISE_LANDMARKS))
    assert json.loads((tmp_path / JSON).read_text())["landmarks"] == "face-alignment's 2DFAN-4"


def test_zero_has_no_sign(tmp_path: Path) -> None:
    write_report(tmp_path, evaluation())
    text = (tmp_path / HTML).read_text()
    assert "<td>&minus;10 %</td>" in text
    assert "<td>0 %</td>" in text
    hardly = scores(0.02, Transfer(*[Followed(-0.001, -0.001)] * 4))
    nearly = dataclasses.replace(clip("calm", 0.02, 0.04), model=hardly, affine=hardly)
    write_report(tmp_path, dataclasses.replace(evaluation(), clips=(nearly,), cross=()))
    assert "&minus;" not in (tmp_path / HTML).read_text()


def test_json_has_every_value_and_the_means(tmp_path: Path) -> None:
    endless = dataclasses.replace(evaluation().clips[0], model=dataclasses.replace(scores(0.0), psnr=math.inf))
    write_report(tmp_path, dataclasses.replace(evaluation(), clips=(endless, evaluation().clips[1])))
    tree = json.loads((tmp_path / JSON).read_text())
    assert tree["clips"][0]["model"]["psnr"] is None
    assert tree["clips"][1]["l1_over_unchanged"] == pytest.approx(1)
    assert tree["mean"]["model"]["l1"] == pytest.approx(0.03)
    assert tree["mean"]["model"]["transfer"]["yaw"] == {"correlation": pytest.approx(0.98), "gain": pytest.approx(0.91)}
    assert tree["cross_mean"]["unchanged"]["missing"] is None
    assert tree["clips"][0]["curves"][0]["series"][0]["values"] == [0.01, None, 0.02]


def test_an_empty_evaluation_is_a_page_too(tmp_path: Path) -> None:
    write_report(tmp_path, Evaluation("lite", "eager", 256, 0))
    assert "all frames" in (tmp_path / HTML).read_text()


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="does not exist"):
        write_report(tmp_path / "nowhere", evaluation())


def test_a_plot_leaves_gaps_where_no_face_was() -> None:
    model, unchanged = re.findall(r'<path class="line \w+" d="([^"]*)"', line_plot(CURVE))
    assert model.count("M") == 2
    assert (unchanged.count("M"), unchanged.count("L")) == (1, 2)


def test_higher_values_are_drawn_higher() -> None:
    path = re.findall(r'class="line unchanged" d="([^"]*)"', line_plot(CURVE))[0]
    heights = [float(point.split()[1]) for point in re.split("[ML]", path)[1:]]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(("values", "ticks"), [((0.013, 0.027), ["0.010", "0.015", "0.020", "0.025", "0.030"])])
def test_ticks_are_round(values: tuple[float, ...], ticks: list[str]) -> None:
    svg = line_plot(Curve("x", (1, 2), (Series("driver", values),)))
    assert re.findall(r'text-anchor="end">([\d.]+)<', svg) == ticks


def test_nothing_to_draw_is_no_plot() -> None:
    assert line_plot(Curve("x", (1,), (Series("driver", (1.0,)),))) == ""
    assert line_plot(Curve("x", (1, 2), (Series("driver", (None, None)),))) == ""


def test_the_distance_of_whole_pictures_is_a_column_only_where_it_was_measured(tmp_path: Path) -> None:
    write_report(tmp_path, evaluation())
    assert ">picture</th>" not in (tmp_path / HTML).read_text()
    found = evaluation()
    measured = dataclasses.replace(found.clips[0], model=dataclasses.replace(found.clips[0].model, picture=0.125))
    write_report(tmp_path, dataclasses.replace(found, clips=(measured,)))
    text = (tmp_path / HTML).read_text()
    assert ">picture</th>" in text
    assert "0.125" in text
