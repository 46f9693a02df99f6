"""OpenVINO: the fastest way on x86 processors and Intel GPUs. Graphs are made once a machine and model, and kept in the user's cache."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

import avatarify
from avatarify.errors import RuntimeUnavailableError
from avatarify.frame import Image
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.config import ModelConfig
from avatarify.model.motion import Keypoints
from avatarify.paths import user_cache
from avatarify.runtime.base import RuntimeDescription, RuntimeRequest, Source
from avatarify.runtime.cores import usable_cores
from avatarify.runtime.device import choose_device
from avatarify.runtime.graph_cache import GraphCache, file_digest, source_digest
from avatarify.runtime.quantise import Ranges, quantise, ranges_of
from avatarify.runtime.rewrites.networks import Networks
from avatarify.runtime.static import Plan, StaticRuntime, Step

if TYPE_CHECKING:
    import openvino

_PRECISIONS = {"float32": "f32", "bfloat16": "bf16", "float16": "f16", "int8": "f32"}  # int8: all but the convolutions
_MOST_THREADS = 8  # nobody has measured more, and the call needs cores of its own


class OpenVinoRuntime(StaticRuntime):
    """Motion in float32; the decoder in int8 if the model was quantised, else in bfloat16 where the processor computes it, float16 on a
    GPU."""

    _encoded = False

    @classmethod
    def load(
        cls, model: Path, request: RuntimeRequest, *, cache: Path | None = None, ranges: Ranges | None = None
    ) -> OpenVinoRuntime:
        """Read a checkpoint, or what was made of it before. cache: instead of the user's folder. ranges: instead of those beside
        the model.

        Raises CheckpointError, RuntimeUnavailableError.
        """
        core = _core()
        digest = _digest(model)
        ranges = ranges if ranges is not None else ranges_of(model, digest)
        target = _target(core, request, quantised=ranges is not None)
        kept = _cache(digest, ranges, target, cache or user_cache() / "openvino", core)
        text = kept.read("config")
        config = ModelConfig.from_json(text.decode()) if text is not None else load_checkpoint(model).config
        if text is None:
            kept.write("config", config.to_json().encode())
        networks = Networks(config, lambda: load_checkpoint(model).build())
        passed_over = choose_device("auto").passed_over if request.device == "auto" else ()
        description = RuntimeDescription(
            "openvino", target.device.lower(), target.described, target.precision, (*request.passed_over, *passed_over)
        )
        try:
            runtime = cls(OpenVinoBackend(core, target, kept, ranges), networks, description)
        except RuntimeError as error:  # OpenVINO's own complaints, whatever they are: another runtime may do
            first = (str(error).splitlines() or [type(error).__name__])[0]
            raise RuntimeUnavailableError(
                f"OpenVINO cannot run this model on {target.device.lower()} ({first}).", "Choose another --runtime."
            ) from error
        return runtime

    def encode_source(self, image: Image) -> Source:
        """See StaticRuntime. Steps for this size are made by then, so the plain model is not needed any longer."""
        source = super().encode_source(image)
        self._encoded = True
        self._networks.forget()
        return source

    def detect(self, image: Image) -> Keypoints:
        """See StaticRuntime. In a call a size that is new may have read the plain model again."""
        keypoints = super().detect(image)
        if self._encoded:
            self._networks.forget()
        return keypoints


@dataclass(frozen=True)
class Target:
    """What graphs are compiled for. device: OpenVINO's name. precision: of the decoder."""

    device: str
    name: str
    precision: str
    threads: int

    @property
    def described(self) -> str:
        """For the status line."""
        return f"{self.name}, {self.threads} threads" if self.device == "CPU" else self.name


class OpenVinoBackend:
    """See Backend. Buffers lie in the host's memory and are shared with OpenVINO, so nothing is copied between steps."""

    device = torch.device("cpu")

    def __init__(self, core: openvino.Core, target: Target, cache: GraphCache, ranges: Ranges | None = None) -> None:
        self._core, self._target, self._cache, self._ranges = core, target, cache, ranges

    def step(self, plan: Plan, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...] = ()) -> Step:
        """See Backend. From the cache if it is there."""
        options = self._options(reduced=plan.reduced)
        compiled = self._kept(plan.name, options)
        if compiled is None:
            graph = _graph(plan, inputs)
            if plan.reduced and self._target.precision == "int8" and self._ranges is not None:
                quantise(graph, self._ranges)
            compiled = self._core.compile_model(graph, self._target.device, options)
            self._cache.write(plan.name, compiled.export_model().getbuffer())
        return _OpenVinoStep(compiled, inputs, outputs)

    def chain(self, *steps: Step) -> Callable[[], None]:
        """One after the other."""

        def run() -> None:
            for step in steps:
                step.run()

        return run

    def close(self) -> None:
        """Requests and graphs go with the steps that hold them."""

    def _kept(self, name: str, options: dict[str, str]) -> openvino.CompiledModel | None:
        payload = self._cache.read(name)
        if payload is None:
            return None
        try:
            return self._core.import_model(payload, self._target.device, options)
        except RuntimeError as error:
            self._cache.drop(name, str(error).splitlines()[0])
            return None

    def _options(self, *, reduced: bool) -> dict[str, str]:
        options = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": _PRECISIONS[self._target.precision if reduced else "float32"],
        }
        if self._target.device == "CPU":
            options |= {
                "NUM_STREAMS": "1",
                "INFERENCE_NUM_THREADS": str(self._target.threads),
                "ENABLE_CPU_PINNING": "NO",  # camera and face threads need the cores, too
            }
        return options


class _OpenVinoStep:
    """A compiled graph that reads and writes torch's memory."""

    def __init__(
        self, compiled: openvino.CompiledModel, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]
    ) -> None:
        import openvino

        self._request = compiled.create_infer_request()
        self.outputs = outputs or tuple(_zeros(port) for port in compiled.outputs)
        self._inputs = inputs  # the request only borrows their memory
        for index, tensor in enumerate(inputs):
            self._request.set_input_tensor(index, openvino.Tensor(tensor.numpy(), shared_memory=True))
        for index, tensor in enumerate(self.outputs):
            self._request.set_output_tensor(index, openvino.Tensor(tensor.numpy(), shared_memory=True))
        self.run()

    def run(self) -> None:
        """Lets other threads run meanwhile. Raises RuntimeUnavailableError where OpenVINO gives up, as a GPU's driver may in a call."""
        try:
            self._request.infer(share_outputs=True)
        except RuntimeError as error:
            first = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
            raise RuntimeUnavailableError(f"OpenVINO failed ({first}).", "Choose another --runtime.") from error


def _graph(plan: Plan, inputs: tuple[Tensor, ...]) -> openvino.Model:
    """A torch module as OpenVINO's graph, for inputs of exactly these shapes.

    Through the frontend itself: `openvino.convert_model` is the same, but reports each use to a server.
    """
    import openvino
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    frontend = FrontEndManager().load_by_framework("pytorch")
    with (
        warnings.catch_warnings()
    ):  # tracing is "deprecated", and what would replace it asks for a newer torch than we do
        warnings.simplefilter("ignore")
        decoder = TorchScriptPythonDecoder(
            plan.make().eval(), example_input=inputs, trace_kwargs={"check_trace": False}
        )
    graph = frontend.convert(frontend.load(decoder))
    for parameter, tensor in zip(graph.get_parameters(), inputs, strict=True):
        parameter.set_element_type(openvino.Type(tensor.numpy().dtype))
        parameter.set_partial_shape(openvino.PartialShape(list(tensor.shape)))
    graph.validate_nodes_and_infer_types()
    return graph


def why_not() -> str | None:
    """None if OpenVINO has a processor to run on here, else what is missing."""
    try:
        _target(_core(), RuntimeRequest(), quantised=False)
    except RuntimeUnavailableError as error:
        return error.message.rstrip(".")
    return None


def _core() -> openvino.Core:
    """Everything of OpenVINO comes after this. Its mere import would tell a server, through a package that it brings along; where
    that one cannot be had it keeps quiet."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        import openvino  # noqa: F401 - asked for here, used below
    except ImportError as error:
        raise RuntimeUnavailableError(f"OpenVINO is not installed ({error}).", "`pip install openvino`.") from error
    return _only_core()


@functools.cache
def _only_core() -> openvino.Core:
    """One for the whole process, never let go: the processor's plugin gives the thread that loads it a stack for signals, and frees
    that stack when it goes. Where another thread let go of it last, the next Ctrl-C would find no stack and kill the process."""
    import openvino

    return openvino.Core()


def _target(core: openvino.Core, request: RuntimeRequest, *, quantised: bool) -> Target:
    kind = "cpu" if request.device == "auto" else request.device
    device = kind.upper()
    if device not in core.available_devices:
        found = ", ".join(name.lower() for name in core.available_devices)
        raise RuntimeUnavailableError(
            f"OpenVINO has no device {request.device!r} here (it has {found}).",
            "Choose another --device or --runtime.",
        )
    name = str(core.get_property(device, "FULL_DEVICE_NAME")).strip()
    capabilities = core.get_property(device, "OPTIMIZATION_CAPABILITIES")
    return Target(device, name, _precision(request.precision, device, capabilities, quantised), _threads())


def _precision(wanted: str, device: str, capabilities: list[str], quantised: bool) -> str:
    able = {"float32"} | ({"bfloat16"} if "BF16" in capabilities and device == "CPU" else set())
    able |= {"float16"} if device != "CPU" and "FP16" in capabilities else set()
    able |= {"int8"} if quantised and "INT8" in capabilities and device == "CPU" else set()
    if wanted == "auto":
        return next(precision for precision in ("int8", "bfloat16", "float16", "float32") if precision in able)
    if wanted not in _PRECISIONS:
        raise RuntimeUnavailableError(
            f"There is no precision {wanted!r}.", f"Choose auto or one of: {', '.join(_PRECISIONS)}."
        )
    if wanted == "int8" and not quantised:
        raise RuntimeUnavailableError(
            "This model has no decoder in eight bits.",
            "Make one: `python3 run.py models quantise NAME`. Or choose --precision auto.",
        )
    if wanted not in able:
        raise RuntimeUnavailableError(
            f"This {device} does not compute {wanted}.", f"Choose --precision {' or '.join(sorted(able))}."
        )
    return wanted


def _threads() -> int:
    """All but one core, which camera and face threads find work for; of two cores both, since the second thread costs a tenth more
    work in all and nearly halves the time."""
    cores = usable_cores()
    return min(cores, max(2, cores - 1), _MOST_THREADS)


def _digest(model: Path) -> str:
    try:
        return file_digest(model)
    except OSError:
        load_checkpoint(model)  # says why it cannot be read
        raise


def _cache(digest: str, ranges: Ranges | None, target: Target, root: Path, core: openvino.Core) -> GraphCache:
    """Graphs differ by model, by our own program and OpenVINO's, and by what they are compiled for."""
    import openvino

    here = Path(__file__).parent
    ours = (source_digest(folder) for folder in (here, here / "rewrites", here.parent / "model"))
    facts = (
        *(digest, str(ranges), avatarify.__version__, *ours),
        *(openvino.__version__, target.device, target.name, target.precision, str(target.threads)),
        *map(str, core.get_property(target.device, "OPTIMIZATION_CAPABILITIES")),
    )
    return GraphCache(root, facts)


def _zeros(port: openvino.Output) -> Tensor:
    return torch.zeros(
        list(port.shape), dtype=torch.uint8 if port.element_type.get_type_name() == "u8" else torch.float32
    )
