"""The report as one HTML file: no scripts, nothing from elsewhere, pictures inside it; follows the reader's light or dark scheme."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from avatarify.evaluate.perceptual import BACKBONE, PICTURE_BACKBONE
from avatarify.evaluate.plots import LABELS, line_plot
from avatarify.evaluate.results import (
    METHODS,
    ClipResult,
    CrossResult,
    CrossScores,
    Evaluation,
    Scores,
    Transfer,
    cross_of,
    scores_of,
)
from avatarify.evaluate.style import STYLE
from avatarify.evaluate.transfer import Followed


class _Column(NamedTuple):
    """digits: behind the point. better: "less" or "more", which of two methods wins; "" for neither."""

    title: str
    hint: str
    value: Callable[[Scores], float | None]
    digits: int
    better: str


_COLUMNS = (
    _Column("L1", "mean absolute difference, 0 to 1", lambda s: s.l1, 4, "less"),
    _Column("PSNR", "dB", lambda s: s.psnr, 2, "more"),
    _Column("SSIM", "structural similarity, up to 1", lambda s: s.ssim, 3, "more"),
    _Column("perceptual", f"features of the {BACKBONE}", lambda s: s.perceptual, 3, "less"),
    _Column("picture", f"features of {PICTURE_BACKBONE}", lambda s: s.picture, 3, "less"),
    _Column("AKD", "pixels at 256, 68 landmarks", lambda s: s.akd, 2, "less"),
    _Column("AKD / eyes", "over the distance of the outer eye corners", lambda s: s.akd_relative, 3, "less"),
    _Column("MKR", "share of faces that are missing", lambda s: s.mkr, 3, "less"),
    _Column("AED", "distance of identity embeddings", lambda s: s.aed, 3, "less"),
    _Column("flicker", "change beyond the driver's, in thousandths", lambda s: _thousand(s.flicker), 2, ""),
)
_FOLLOWED: tuple[tuple[str, Callable[[Transfer], Followed]], ...] = (
    ("yaw", lambda t: t.yaw),
    ("pitch", lambda t: t.pitch),
    ("mouth", lambda t: t.mouth),
    ("eyelids", lambda t: t.eyes),
)


def page(found: Evaluation, folder: Path) -> str:
    """The whole file. folder: where the pictures that `found` names lie; one that is missing is left out."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Evaluation of {escape(found.model)}</title><style>{STYLE}</style></head><body><main>",
        _head(found),
        _tiles(found),
        _reconstruction(found, folder),
        _cross(found, folder) if found.cross else "",
        _DEFINITIONS,
        "</main></body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _head(found: Evaluation) -> str:
    frames = f"{found.frames} frames a clip" if found.frames else "all frames"
    state = "" if found.complete else '<p class="warn">Not complete: this is what was measured so far.</p>'
    skipped = "".join(f"<li><b>{escape(one.name)}</b> {escape(one.reason)}</li>" for one in found.skipped)
    left_out = f'<div class="warn">Left out:<ul>{skipped}</ul></div>' if skipped else ""
    return (
        f"<header><h1>Evaluation of {escape(found.model)}</h1>"
        f"<p>{len(found.clips)} clips, {frames}, {found.size} pixels; {escape(found.runtime)}; "
        f"landmarks: {escape(found.landmarks)}</p>{state}{left_out}</header>"
    )


def _tiles(found: Evaluation) -> str:
    model, unchanged = found.scores("model"), found.scores("unchanged")
    if model is None or unchanged is None:
        return ""
    tiles = [
        ("L1 over unchanged", _number(found.ratio(), 2), "mean over clips; 1 is no better than a still"),
        ("AKD", _number(model.akd, 2), f"pixels; unchanged {_number(unchanged.akd, 2)}"),
        ("AED", _number(model.aed, 3), f"unchanged {_number(unchanged.aed, 3)}; above 0.6 is another person"),
        ("Head turn carried over", _percent(model.transfer.yaw.gain), "yaw of the output over the driver's"),
        ("Mouth carried over", _percent(model.transfer.mouth.gain), "opening of the output over the driver's"),
    ]
    if (cross := found.cross_scores("model")) is not None:
        tiles.append(("Identity, other drivers", _number(cross.identity, 3), "distance to the portrait"))
    cells = "".join(
        f"<div><span>{name}</span><strong>{value}</strong><small>{note}</small></div>" for name, value, note in tiles
    )
    return f'<section class="tiles">{cells}</section>'


def _reconstruction(found: Evaluation, folder: Path) -> str:
    means = [(method, found.scores(method)) for method in METHODS]
    overview = _scores_table([(LABELS[method], scores) for method, scores in means if scores is not None])
    rows = "".join(_ratio_row(clip) for clip in found.clips)
    ratios = (
        '<table><thead><tr><th>clip</th><th title="frames measured">frames</th><th>L1</th><th>unchanged</th>'
        f"<th>ratio</th><th>affine warp</th><th>its ratio</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    clips = "".join(_clip(clip, folder) for clip in found.clips)
    return (
        "<section><h2>Reconstruction</h2><p>Each clip's first frame is moved to its other frames with their own keypoints "
        "(absolute). Means over the clips:</p>"
        f'<div class="scroll">{overview}</div><p>L1 of each clip:</p><div class="scroll">{ratios}</div></section>{clips}'
    )


def _ratio_row(clip: ClipResult) -> str:
    cells = [
        str(clip.frames),
        _number(clip.model.l1, 4),
        _number(clip.unchanged.l1, 4),
        f"<b>{_number(clip.ratio(), 2)}</b>",
        _number(clip.affine.l1, 4),
        _number(clip.ratio("affine"), 2),
    ]
    return f"<tr><th>{escape(clip.clip)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _clip(clip: ClipResult, folder: Path) -> str:
    plots = "".join(f"<figure>{svg}</figure>" for curve in clip.curves if (svg := line_plot(curve)))
    table = _scores_table([(LABELS[method], scores_of(clip, method)) for method in METHODS])
    followed = _transfer_table([(LABELS[method], scores_of(clip, method).transfer) for method in METHODS])
    return (
        f"<section><h3>{escape(clip.clip)}</h3>{_picture(folder / clip.strip, f'frames of {clip.clip}')}"
        f'<div class="scroll">{table}</div><div class="plots">{plots}</div><div class="scroll">{followed}</div></section>'
    )


def _scores_table(rows: Sequence[tuple[str, Scores]]) -> str:
    # The picture's distance is there only where its weights were at hand.
    there = [one for one in _COLUMNS if one.title != "picture" or any(scores.picture is not None for _, scores in rows)]
    head = "".join(f'<th title="{escape(column.hint)}">{column.title}</th>' for column in there)
    columns = [_cells([column.value(scores) for _, scores in rows], column) for column in there]
    body = "".join(
        f"<tr><th>{name}</th>{''.join(cells[place] for cells in columns)}</tr>" for place, (name, _) in enumerate(rows)
    )
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(values: list[float | None], column: _Column) -> list[str]:
    """One column; the best value is set in bold, where one is."""
    shown = [_number(value, column.digits) for value in values]
    known = [value for value in values if value is not None]
    best = None
    if column.better and known:
        best = _number(min(known) if column.better == "less" else max(known), column.digits)
    only = shown.count(best or "") < len(shown)
    return [f"<td>{f'<b>{text}</b>' if text == best and only else text}</td>" for text in shown]


def _transfer_table(rows: Sequence[tuple[str, Transfer]]) -> str:
    head = "".join(f'<th colspan="2">{name}</th>' for name, _ in _FOLLOWED)
    under = '<th title="correlation">r</th><th title="how far it moves beside the driver">gain</th>' * len(_FOLLOWED)
    body = "".join(f"<tr><th>{name}</th>{_transfer_cells(transfer)}</tr>" for name, transfer in rows)
    return (
        f"<table><thead><tr><th>follows</th>{head}</tr><tr><th></th>{under}</tr></thead><tbody>{body}</tbody></table>"
    )


def _transfer_cells(transfer: Transfer) -> str:
    return "".join(
        f"<td>{_number(pick(transfer).correlation, 2)}</td><td>{_percent(pick(transfer).gain)}</td>"
        for _, pick in _FOLLOWED
    )


def _cross(found: Evaluation, folder: Path) -> str:
    head = "".join(f'<th colspan="2">{name}</th>' for name, _ in _FOLLOWED)
    under = '<th title="correlation">r</th><th title="how far it moves beside the driver">gain</th>' * len(_FOLLOWED)
    top = (
        '<thead><tr><th></th><th title="embedding distance to the portrait">identity</th>'
        f'<th title="share of faces that are missing">missing</th>{head}</tr><tr><th></th><th></th><th></th>{under}</tr></thead>'
    )
    means = [(method, found.cross_scores(method)) for method in METHODS]
    overview = "".join(_cross_row(LABELS[method], scores) for method, scores in means if scores is not None)
    pairs = "".join(_cross_row(_pair(result), cross_of(result, "model")) for result in found.cross)
    sheets = "".join(
        f"<h3>{escape(sheet.clip)}</h3>{_picture(folder / sheet.picture, f'portraits driven by {sheet.clip}')}"
        for sheet in found.sheets
    )
    return (
        "<section><h2>Cross-identity animation</h2><p>Portraits driven by these clips, relative to the first frame. Identity is "
        "the embedding distance to the portrait; in brackets that of the driver, which an output that turns into the driver "
        f'would have. Means over {len(found.cross)} pairs:</p><div class="scroll"><table>{top}<tbody>{overview}</tbody></table>'
        f'</div>{sheets}<details><summary>Every pair</summary><div class="scroll"><table>{top}<tbody>{pairs}</tbody></table>'
        "</div></details></section>"
    )


def _pair(result: CrossResult) -> str:
    return f"{escape(result.portrait)} by {escape(result.clip)} ({_number(result.driver_identity, 2)})"


def _cross_row(name: str, scores: CrossScores) -> str:
    first = f"<td>{_number(scores.identity, 3)}</td><td>{_number(scores.missing, 3)}</td>"
    return f"<tr><th>{name}</th>{first}{_transfer_cells(scores.transfer)}</tr>"


def _picture(path: Path, words: str) -> str:
    if not path.is_file():
        return ""
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return f'<img alt="{escape(words)}" src="data:image/jpeg;base64,{data}">'


def _number(value: float | None, digits: int) -> str:
    return "&ndash;" if value is None else _signed(f"{value:.{digits}f}")


def _percent(value: float | None) -> str:
    return "&ndash;" if value is None else _signed(f"{100 * value:.0f} %")


def _signed(text: str) -> str:
    """With a typographer's minus, and none before a zero."""
    if text.startswith("-"):
        return f"&minus;{text[1:]}" if any(digit in text for digit in "123456789") else text[1:]
    return text


def _thousand(value: float | None) -> float | None:
    return None if value is None else 1000 * value


_DEFINITIONS = f"""<section><h2>What the figures mean</h2><dl>
<dt>model, affine warp, unchanged</dt><dd>The model; the portrait warped by its keypoints' own affine motion, without the networks for
dense motion and painting; the portrait as it is.</dd>
<dt>L1, PSNR, SSIM</dt><dd>Mean absolute difference of pixels in 0 to 1; peak signal to noise ratio of the mean square error over the
clip; structural similarity with a Gaussian window of 11 pixels.</dd>
<dt>perceptual</dt><dd>Distance of unit-length features in the driver's face square. Backbone: {escape(BACKBONE)}. Not
comparable with figures of VGG or LPIPS.</dd>
<dt>picture</dt><dd>The same of the whole picture, where the weights were at hand. Backbone: {escape(PICTURE_BACKBONE)}.</dd>
<dt>AKD, MKR, AED</dt><dd>Average keypoint distance (68 face points, pixels of a 256-pixel picture); missing keypoint rate (share of
the driver's faces that are not found in the output); average Euclidean distance of identity embeddings.</dd>
<dt>flicker</dt><dd>What changes between two adjacent frames beyond what changes in the driver, in thousandths of the range. A still
picture has none.</dd>
<dt>r, gain</dt><dd>Pearson's correlation of the output's value with the driver's over the frames, and the slope of the line through
them: whether it moves at the right times, and how far. Read from the face mesh.</dd>
</dl></section>"""
