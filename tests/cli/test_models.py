"""The verb `models`: list, show, import, download."""

from __future__ import annotations

import argparse
import dataclasses
import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avatarify.catalog.entries import read_catalog
from avatarify.catalog.intake import install
from avatarify.catalog.store import Store
from avatarify.catalog.transfer import Progress
from avatarify.cli import main, models
from avatarify.evaluate.rounding import Judgement
from avatarify.paths import EMBEDDED_MODEL, MODELS
from avatarify.quantisation import own_model
from avatarify.quantisation.own_model import Found
from avatarify.runtime.quantise import Ranges
from tests.catalog.loopback import QUICK, LoopbackServer, no_ranges, page
from tests.fakes.models import write_tiny_model

TINY = Path(__file__).parents[1] / "parity" / "data" / "fomm-tiny.pth.tar"


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder instead of the user's own models."""
    monkeypatch.setenv("AVATARIFY_MODELS", str(tmp_path / "user"))
    return tmp_path / "user"


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Telling:
    return Telling(capsys)


class Telling:
    """Runs `models ...` and keeps what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def run(self, *words: str) -> int:
        code = main(["models", *words])
        self.out, self.err = self._capsys.readouterr()
        return code

    def json(self, *words: str) -> object:
        code = self.run(*words, "--json")
        assert code == 0, self.err
        return json.loads(self.out)


def test_the_list_is_a_tidy_table(told: Telling) -> None:
    assert told.run("list") == 0
    lines = told.out.splitlines()
    assert len(lines) == 1 + len(read_catalog())
    assert max(map(len, lines)) <= models.WIDTH
    assert not [line for line in lines if line.endswith("...")]
    shipped = f"{EMBEDDED_MODEL.stat().st_size / 1e6:.1f}"
    assert lines[1].split()[:4] == ["lite", "shipped", shipped, "MB"]
    assert lines[2].split()[:5] == ["vox-adv", "-", "~228", "MB", "md5"]
    start = lines[0].index("WHAT")
    assert all(line[start - 1] == " " and line[start] != " " for line in lines)


def test_programs_get_the_same_keys_for_every_model(told: Telling) -> None:
    assert told.run("import", str(TINY)) == 0
    listed = told.json("list")
    assert isinstance(listed, list)
    assert len({tuple(model) for model in listed}) == 1
    facts = {model["name"]: model for model in listed}
    assert facts["lite"]["path"] == str(MODELS / "lite.safetensors")
    assert (facts["vox"]["installed"], facts["vox"]["pinned"], facts["vox"]["path"]) == (False, None, None)
    assert facts["vox-adv"]["published"]["md5"] == "8a45a24037871c045fbb8a6a8aa95ebc"
    assert facts["fomm-tiny"]["published"] is None
    assert facts["fomm-tiny"]["receipt"]["source_file"] == TINY.name
    assert told.json("show", "lite") == facts["lite"]


@pytest.mark.parametrize("entry", read_catalog(), ids=lambda entry: entry.name)
def test_show_tells_licence_doubts_and_addresses(told: Telling, entry: object) -> None:
    (found,) = [each for each in read_catalog() if each == entry]
    assert told.run("show", found.name) == 0
    flowing = " ".join(told.out.split())
    for fact in (found.title, found.licence, found.unclear, *found.urls, found.md5, found.sha256):
        assert fact in flowing
    assert ("--accept-unverified" in flowing) == (not found.md5 and not found.sha256)
    long = [line for line in told.out.splitlines() if len(line) > models.WIDTH]
    assert all("https://" in line for line in long)


def test_import_verify_and_notice_a_change(told: Telling, user: Path) -> None:
    assert told.run("import", str(TINY), "--name", "mine") == 0
    assert told.out.startswith(f"mine is installed: {user / 'mine.safetensors'}")
    assert "no published hash is known" in told.out
    assert told.run("show", "mine") == 0
    assert "imported from fomm-tiny.pth.tar" in told.out
    assert told.run("verify") == 0
    assert [line.split()[:2] for line in told.out.splitlines()] == [["lite", "ok"], ["mine", "ok"]]
    with (user / "mine.safetensors").open("ab") as file:
        file.write(b"x")
    assert told.run("verify") == 1
    assert "mine  BAD" in told.out
    assert f"delete {user / 'mine.safetensors'}" in told.err
    assert told.run("verify", "lite") == 0
    assert told.run("verify", "mine", "--json") == 1
    assert [found["sound"] for found in json.loads(told.out)] == [False]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["show", "vox_adv"], 1, "Did you mean vox-adv?"),
        (["verify", "vox"], 1, "models download vox --accept-unverified"),
        (["download", "taichi"], 1, "The hash of taichi-cpk.pth.tar is not pinned"),
        (["download", "nothing"], 1, "There is no model 'nothing'"),
        (["import", "no/such.pth"], 1, "There is no file no/such.pth"),
        ([], 2, "ACTION"),
        (["remove"], 2, "invalid choice"),
        (["import"], 2, "FILE"),
    ],
)
def test_errors_are_told_without_a_traceback(told: Telling, words: list[str], code: int, message: str) -> None:
    assert told.run(*words) == code
    assert message in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_downloading_what_is_shipped_is_no_error(told: Telling) -> None:
    assert told.run("download", "lite") == 0
    assert str(MODELS / "lite.safetensors") in told.out


@pytest.fixture
def mirrored(monkeypatch: pytest.MonkeyPatch, user: Path) -> Iterator[LoopbackServer]:
    """The project's catalogue with `taichi` on a loopback server, and little patience."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with LoopbackServer() as server:
        url = server.play(no_ranges(TINY.read_bytes()))
        entries = [
            dataclasses.replace(entry, urls=(url,)) if entry.name == "taichi" else entry for entry in read_catalog()
        ]
        monkeypatch.setattr("avatarify.catalog.store.open_store", lambda: Store(tuple(entries), MODELS, user))
        monkeypatch.setattr("avatarify.catalog.intake.install", functools.partial(install, limits=QUICK))
        yield server


def test_download_shows_progress_and_the_hash_of_what_came(told: Telling, mirrored: LoopbackServer, user: Path) -> None:
    assert told.run("download", "taichi", "--accept-unverified") == 0
    assert told.out.startswith(f"taichi is installed: {user / 'taichi.safetensors'}")
    assert "8d0d839c71181829786d979ec972893169eba9376770f80a9c9a8f5e959fdd56" in told.out
    assert "no published hash is known" in told.out
    assert "100% of 1.0 MB" in told.err
    assert told.run("verify", "taichi") == 0


def test_a_failed_download_is_told_with_the_way_on(told: Telling, mirrored: LoopbackServer) -> None:
    mirrored.play(page)
    assert told.run("download", "taichi", "--accept-unverified") == 1
    assert "sent a web page instead of the file" in told.err
    assert "models import FILE --name taichi" in told.err


def test_progress_is_brief_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    line = models.ProgressLine()
    for received in range(0, 1_000_001, 1000):
        line.show(Progress(received, 1_000_000, "https://a.example/file"))
    line.end()
    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == 11
    assert shown[-1].startswith("100% of 1.0 MB")
    assert "from a.example" in shown[-1]


def test_every_action_explains_itself() -> None:
    parser = argparse.ArgumentParser()
    models.add_arguments(parser)
    text = parser.format_help()
    assert all(action in text for action in ("list", "show", "verify", "import", "download"))


def test_the_landmark_network_is_imported_by_its_name(told: Telling, tmp_path: Path, user: Path) -> None:
    wrong = tmp_path / "2DFAN4-11f355bf06.pth.tar"
    wrong.write_bytes(b"torn")
    assert told.run("import", str(wrong)) == 1
    assert "is not 2DFAN4-11f355bf06.pth.tar" in told.err
    assert not user.exists()


def test_a_model_of_the_users_is_quantised(told: Telling, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def quantised(model: Path, *, tell: Callable[[str], None], again: bool) -> Found:
        assert (model, again) == (user / "mine.safetensors", False)
        tell("moving portraits")
        return Found(Ranges("abc", (), refused), {"ilse": Judgement(41.27, 0.1234, 0.012, 3)})

    monkeypatch.setattr(own_model, "quantise_model", quantised)
    user.mkdir()
    write_tiny_model(user / "mine.safetensors")
    refused = ""
    assert told.run("quantise", "mine") == 0
    assert told.err == "moving portraits\n"
    assert told.out.splitlines() == [
        "ilse        worst picture 41.3 dB, keypoints within 0.12 px, flicker +1.2%",
        "mine may run in eight bits: `auto` takes them",
    ]
    refused = "pictures are too rough"
    assert told.run("quantise", "mine", "--json") == 1
    assert json.loads(told.out)["refused"] == refused


def test_what_cannot_be_quantised_is_told(told: Telling) -> None:
    assert told.run("quantise", "lite", "--again") == 2
    assert "comes with its ranges" in told.err
    assert told.run("quantise", "lite") == 0
    assert told.run("quantise", "taichi") == 2
