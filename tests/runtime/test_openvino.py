"""The OpenVINO runtime against the plain one."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.errors import CheckpointError, RuntimeUnavailableError
from avatarify.model.checkpoint import Checkpoint, load_checkpoint
from avatarify.model.config import ModelConfig
from avatarify.runtime import openvino as room
from avatarify.runtime.base import RuntimeRequest
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from avatarify.runtime.openvino import OpenVinoRuntime
from tests.fakes.models import TINY_ANCHORED, TINY_BLEND, TINY_CUED, TINY_PLAIN, tiny_model, write_tiny_model
from tests.runtime.test_eager import picture

CPU = RuntimeRequest("cpu", "float32")
KINDS = {"blend": TINY_BLEND, "plain": TINY_PLAIN, "anchored": TINY_ANCHORED, "cued": TINY_CUED}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of each kind, and a cache that the tests share: making graphs takes a second."""
    path = tmp_path_factory.mktemp("openvino")
    for kind, config in KINDS.items():
        write_tiny_model(path / f"{kind}.safetensors", config)
    return path


def load(folder: Path, kind: str = "blend", request: RuntimeRequest = CPU) -> OpenVinoRuntime:
    return OpenVinoRuntime.load(folder / f"{kind}.safetensors", request, cache=folder / "cache")


@pytest.mark.parametrize(("kind", "config"), KINDS.items())
def test_it_gives_what_eager_gives(folder: Path, kind: str, config: ModelConfig) -> None:
    runtime = load(folder, kind)
    eager = EagerRuntime(tiny_model(config), DeviceChoice(torch.device("cpu"), "a test"))
    for size in (64, 128):
        sources = [each.encode_source(picture(size)) for each in (runtime, eager)]
        assert sources[0].hull_area == pytest.approx(sources[1].hull_area, abs=1e-5)
        for seed in (1, 2):
            driving = [each.detect(picture(96, seed)) for each in (runtime, eager)]
            torch.testing.assert_close(driving[0].value, driving[1].value, rtol=0, atol=1e-5)
            torch.testing.assert_close(driving[0].jacobian, driving[1].jacobian, rtol=1e-5, atol=1e-5)
            shown = runtime.generate(sources[0], driving[0]), eager.generate(sources[1], driving[1])
            assert shown[0].dtype == np.uint8
            assert shown[0].shape == shown[1].shape
            assert np.abs(shown[0].astype(int) - shown[1]).max() <= 1
    runtime.close()
    runtime.close()


def test_what_fails_in_a_call_is_told_as_a_runtime_that_is_gone(folder: Path) -> None:
    """So that another one takes over, as where CUDA fails."""

    class Gone:
        def infer(self, *, share_outputs: bool) -> None:
            assert share_outputs
            raise RuntimeError("[GPU] device lost.\nMore lines.")

    runtime = load(folder)
    source, driving = runtime.encode_source(picture(64)), runtime.detect(picture(64, 1))
    step = runtime._steps.motion
    assert isinstance(step, room._OpenVinoStep)
    step._request = Gone()
    with pytest.raises(RuntimeUnavailableError, match=r"^OpenVINO failed \(\[GPU\] device lost\)\."):
        runtime.generate(source, driving)
    runtime.close()


def test_the_second_start_takes_its_graphs_from_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(folder)
    expected = first.generate(first.encode_source(picture(64)), first.detect(picture(64, 1)))

    def refuse(*_: object) -> None:
        raise AssertionError("made anew")

    monkeypatch.setattr(room, "_graph", refuse)
    monkeypatch.setattr(room, "load_checkpoint", refuse)
    second = load(folder)
    assert second.config == TINY_BLEND
    assert np.array_equal(second.generate(second.encode_source(picture(64)), second.detect(picture(64, 1))), expected)


def test_the_first_start_reads_the_weights_once_and_keeps_none_of_them(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Path] = []

    def counting(path: Path) -> Checkpoint:
        reads.append(path)
        return load_checkpoint(path)

    monkeypatch.setattr(room, "load_checkpoint", counting)
    runtime = OpenVinoRuntime.load(folder / "blend.safetensors", CPU, cache=tmp_path / "cold")
    before = len(reads)
    runtime.detect(picture(64))
    source = runtime.encode_source(picture(96))
    assert len(reads) == before, "looks, views and compositions are made of what is there already"
    assert runtime._networks._model is None
    runtime.generate(source, runtime.detect(picture(128)))
    assert len(reads) == before + 1, "a size that is new"
    assert runtime._networks._model is None


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    """The same models and graphs, to be damaged."""
    for kind in KINDS:
        load(folder, kind)
    load(folder).detect(picture(64))
    return Path(shutil.copytree(folder, tmp_path / "copied"))


@pytest.mark.parametrize("damage", [b"", b"not a graph"])
def test_a_graph_that_is_not_one_is_made_anew(
    copied: Path, damage: bytes, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = load(copied)
    expected = runtime.detect(picture(64))
    runtime._backend._cache.write("look-64", damage)  # type: ignore[attr-defined]
    with caplog.at_level(logging.WARNING):
        assert torch.equal(load(copied).detect(picture(64)).value, expected.value)
    assert "look-64.graph cannot be used" in caplog.text
    caplog.clear()
    assert torch.equal(load(copied).detect(picture(64)).value, expected.value)
    assert not caplog.records, "it was kept"


def test_other_weights_have_other_graphs(copied: Path) -> None:
    assert len(list((copied / "cache").iterdir())) == len(KINDS), "a folder for each of the models"
    assert load(copied).config == TINY_BLEND
    shutil.copy(copied / "plain.safetensors", copied / "blend.safetensors")
    assert load(copied).config == TINY_PLAIN


def test_description_tells_device_threads_and_precision(folder: Path) -> None:
    description = load(folder).description
    assert (description.name, description.device, description.precision) == ("openvino", "cpu", "float32")
    assert "threads" in description.device_name
    assert description.passed_over == ()
    chosen = load(folder, request=RuntimeRequest("auto", "float32", ("compiled: slow",))).description
    assert chosen.passed_over[0] == "compiled: slow"
    if not torch.cuda.is_available():
        assert chosen.passed_over[1].startswith("cuda: ")


def test_what_cannot_be_had_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeUnavailableError, match=r"no device 'cuda' here \(it has .*cpu"):
        load(folder, request=RuntimeRequest("cuda"))
    with pytest.raises(RuntimeUnavailableError, match="no precision 'int3'"):
        load(folder, request=RuntimeRequest("cpu", "int3"))
    with pytest.raises(RuntimeUnavailableError, match="CPU does not compute float16"):
        load(folder, request=RuntimeRequest("cpu", "float16"))
    with pytest.raises(CheckpointError):
        OpenVinoRuntime.load(tmp_path / "absent.safetensors", CPU, cache=tmp_path)


def test_nobody_is_told_that_it_is_imported(folder: Path) -> None:
    """OpenVINO sends a message with its mere import, by another program that it starts: so this looks for who would send it."""
    load(folder)
    assert sys.modules["openvino_telemetry"] is None
    from openvino.tools.ovc import telemetry_utils

    assert telemetry_utils.tm.__name__ == "openvino.tools.ovc.telemetry_stub"


def test_nobody_is_told_that_it_is_used() -> None:
    """OpenVINO's own converter reports each use to a server."""
    text = "".join(path.read_text(encoding="utf-8") for path in Path(room.__file__).parent.rglob("*.py"))
    assert "import openvino.tools" not in text
    assert "convert_model(" not in text


def test_what_openvino_complains_of_is_a_reason_to_take_another_runtime(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("Operation not supported\nand where that was found")

    monkeypatch.setattr(room, "_graph", refuse)
    with pytest.raises(RuntimeUnavailableError, match=r"on cpu \(Operation not supported\)"):
        OpenVinoRuntime.load(folder / "plain.safetensors", CPU, cache=tmp_path)


_LET_GO = """
import signal, sys, threading
from pathlib import Path
from avatarify.runtime.base import RuntimeRequest
from avatarify.runtime.openvino import OpenVinoRuntime

folder = Path(sys.argv[1])
runtimes = [OpenVinoRuntime.load(folder / "blend.safetensors", RuntimeRequest("cpu", "float32"), cache=folder / "cache")]
def let_go():
    runtimes.pop().close()
thread = threading.Thread(target=let_go)
thread.start()
thread.join()
received = []
signal.signal(signal.SIGINT, lambda number, _: received.append(number))
signal.raise_signal(signal.SIGINT)
print(received)
"""


@pytest.mark.slow
def test_an_interrupt_is_survived_after_another_thread_let_the_runtime_go(folder: Path) -> None:
    """OpenVINO's plugin would take the main thread's stack for signals with it: a segmentation fault instead of KeyboardInterrupt."""
    ended = subprocess.run(
        [sys.executable, "-c", _LET_GO, str(folder)], capture_output=True, text=True, timeout=100, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == "[2]"
