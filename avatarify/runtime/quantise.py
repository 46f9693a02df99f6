"""A decoder graph in eight bits: what its convolutions read and their weights are rounded to 256 levels, all else stays float32.

The ranges of what a convolution reads come from real pictures (int8_ranges.py finds them) and lie beside the model; those of the
weights are in the weights.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from avatarify.errors import RuntimeUnavailableError

if TYPE_CHECKING:
    import openvino

Bounds: TypeAlias = npt.NDArray[np.float32]

_OUT_AXIS = {"Convolution": 0, "ConvolutionBackpropData": 1}  # of the output channels in the weights


@dataclass(frozen=True)
class Ranges:
    """model: SHA-256 of the weights that they belong to. layers: lowest and highest value that each convolution of the decoder reads,
    in the order in which they run; None for one that stays float32. refused: why these weights must not run in eight bits, a clause;
    "" where they may."""

    model: str
    layers: tuple[tuple[float, float] | None, ...]
    refused: str = ""

    def to_json(self) -> str:
        """One line a layer."""
        lines = ",\n".join(
            "    null" if pair is None else f"    [{pair[0]:.6g}, {pair[1]:.6g}]" for pair in self.layers
        )
        refused = f'  "refused": {json.dumps(self.refused)},\n' if self.refused else ""
        return f'{{\n  "model": "{self.model}",\n{refused}  "layers": [\n{lines}\n  ]\n}}\n'

    @classmethod
    def from_json(cls, text: str) -> Ranges:
        """Read what `to_json` wrote. Raises ValueError."""
        values = json.loads(text)
        try:
            layers = tuple(None if pair is None else (float(pair[0]), float(pair[1])) for pair in values["layers"])
            return cls(str(values["model"]), layers, str(values.get("refused", "")))
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"not ranges: {error!r}") from error


def ranges_path(model: Path) -> Path:
    """Where the ranges of a model file lie."""
    return model.with_name(f"{model.stem}-decoder-int8.json")


def ranges_of(model: Path, digest: str) -> Ranges | None:
    """The ranges beside a model file whose SHA-256 is `digest`, None if there are none for exactly these weights, or if these must
    not run in eight bits.

    Raises RuntimeUnavailableError for a damaged file.
    """
    noted = noted_ranges(model, digest)
    return noted if noted is not None and not noted.refused else None


def noted_ranges(model: Path, digest: str) -> Ranges | None:
    """The same, but also what was refused. None: nobody has tried."""
    path = ranges_path(model)
    if not path.is_file():
        return None
    try:
        ranges = Ranges.from_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RuntimeUnavailableError(
            f"{path} is damaged ({error}).", "Delete it: the decoder then runs in float32."
        ) from error
    return ranges if ranges.model == digest else None


def quantise(graph: openvino.Model, ranges: Ranges) -> None:
    """Put the rounding into the graph. Raises ValueError when it has another number of convolutions."""
    convolutions = [node for node in graph.get_ordered_ops() if node.get_type_name() in _OUT_AXIS]
    if len(convolutions) != len(ranges.layers):
        raise ValueError(f"the graph has {len(convolutions)} convolutions, the ranges are of {len(ranges.layers)}")
    for node, pair in zip(convolutions, ranges.layers, strict=True):
        if pair is not None:
            _round_activations(node, *pair)
            _round_weights(node, _OUT_AXIS[node.get_type_name()])
    graph.validate_nodes_and_infer_types()


def _round_activations(node: openvino.Node, low: float, high: float) -> None:
    """From 0 where nothing is negative (behind a ReLU), else the same number of steps to both sides."""
    if low >= 0:
        bounds = 0.0, high
    else:
        reach = max(-low, high)
        bounds = -reach * 128 / 127, reach
    _insert(node, 0, np.array(bounds[0], np.float32), np.array(bounds[1], np.float32), levels=256)


def _round_weights(node: openvino.Node, out_axis: int) -> None:
    """Each output channel by itself, symmetric, so that zero stays zero."""
    weights = node.input_value(1).get_node().data
    others = tuple(axis for axis in range(weights.ndim) if axis != out_axis)
    reach = np.maximum(np.abs(weights).max(axis=others, keepdims=True), 1e-8).astype(np.float32)
    _insert(node, 1, -reach, reach, levels=255)


def _insert(node: openvino.Node, index: int, low: Bounds, high: Bounds, *, levels: int) -> None:
    from openvino import opset13 as ops

    bounds = [ops.constant(value) for value in (low, high, low, high)]
    rounded = ops.fake_quantize(node.input_value(index), *bounds, levels)
    node.input(index).replace_source_output(rounded.output(0))
