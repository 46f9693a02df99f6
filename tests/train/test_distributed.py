"""Two processes train as one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.errors import SettingsError
from avatarify.model.checkpoint import load_checkpoint
from avatarify.train.distributed import SharedBatchNorm, World, check_share, joined_world, share_batch_norm
from avatarify.train.log import read_log
from tests.train import short_run

ROOT = Path(__file__).parents[2]
STEPS = 3


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(rank: int, port: int, films: Path, output: Path) -> subprocess.Popen[str]:
    """One process as torch's launcher starts it."""
    announced = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.train.short_run", str(films), str(output), str(STEPS)],
        cwd=ROOT,
        env={**os.environ, **{name: str(value) for name, value in announced.items()}},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_equal_one(films: Path, tmp_path: Path) -> None:
    """The same global batch: the same losses within 1e-5, adversarial ones included, the same statistics, and the same
    gradients of every parameter of both networks. Those of the leading process's share alone would be others."""
    short_run.main(films, tmp_path / "one", STEPS)
    port = free_port()
    processes = [start(rank, port, films, tmp_path / "two") for rank in (0, 1)]
    told = [process.communicate(timeout=100)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told

    one, two = (read_log(tmp_path / name / "log.csv") for name in ("one", "two"))
    names = [name for name in one[0]._fields if name not in ("seconds", "gradient")]
    assert len(one) == len(two) == STEPS
    for ours, theirs in zip(two, one, strict=True):
        for name in names:
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-5, abs=1e-5), name
        assert ours.gradient == pytest.approx(theirs.gradient, rel=1e-2)  # of the whole batch, not of a share
    assert one[0].discriminator > 0
    assert one[0].total != one[-1].total
    weights = [load_checkpoint(tmp_path / name / "model.safetensors").generator for name in ("one", "two")]
    for name, value in weights[0].items():
        assert torch.allclose(value.float(), weights[1][name].float(), atol=1e-5), name  # running statistics among them
    states = [torch.load(tmp_path / name / "state.pt", weights_only=True)["optimizers"] for name in ("one", "two")]
    for network in ("model", "discriminator"):
        one_by_one, shared = ([each["exp_avg"] for each in state[network]["state"].values()] for state in states)
        largest = max(float(gradient.norm()) for gradient in one_by_one)
        for number, (alone, together) in enumerate(zip(one_by_one, shared, strict=True)):
            if float(alone.norm()) > 1e-4 * largest:  # a bias before a batch norm has none but rounding
                # sums in halves round to 0.3 to 1.1 % here
                assert float((together - alone).norm() / alone.norm()) < 2e-2, (network, number)


def test_a_batch_that_cannot_be_dealt_out_is_told() -> None:
    check_share(12, 3)
    with pytest.raises(SettingsError, match="12 pairs cannot be shared by 5"):
        check_share(12, 5)


def test_batch_norms_are_swapped_without_touching_the_state() -> None:
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 1), torch.nn.BatchNorm2d(4))
    before = {name: value.clone() for name, value in module.state_dict().items()}
    held = list(module.parameters())  # by an optimiser, say
    share_batch_norm(module, World.alone())
    assert type(module[1]) is torch.nn.BatchNorm2d
    share_batch_norm(module, World(0, 2, torch.device("cpu")))
    assert type(module[1]) is SharedBatchNorm
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(ours is theirs for ours, theirs in zip(module.parameters(), held, strict=True))


def test_shared_batch_norm_of_one_is_batch_norm(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a group of one the sums over processes are what they are of."""
    monkeypatch.setattr(torch.distributed, "all_reduce", lambda tensor: None)
    torch.manual_seed(0)
    plain, shared = torch.nn.BatchNorm2d(3), SharedBatchNorm(3, 1e-5, 0.1, world_size=1)
    x = torch.randn(4, 3, 5, 5) * 2 + 1
    inputs = [x.clone().requires_grad_(True) for _ in range(2)]
    outputs = [norm(part) for norm, part in zip((plain, shared), inputs, strict=True)]
    assert torch.allclose(outputs[0], outputs[1], atol=1e-5)
    for output in outputs:
        (output**3).sum().backward()
    assert torch.allclose(inputs[0].grad, inputs[1].grad, atol=1e-4)  # type: ignore[arg-type]
    for name, value in plain.state_dict().items():
        assert np.allclose(value, shared.state_dict()[name], atol=1e-5), name
    assert torch.allclose(shared.eval()(x), plain.eval()(x), atol=1e-5)


def test_the_others_wait_as_long_as_the_leading_process_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an hour, torch's own patience, does for a few clips only."""
    given: dict[str, object] = {}
    monkeypatch.setattr(
        torch.distributed, "init_process_group", lambda kind, **options: given.update(options, kind=kind)
    )
    monkeypatch.setattr(torch.distributed, "destroy_process_group", lambda: None)
    for name, value in (("WORLD_SIZE", "2"), ("RANK", "1")):
        monkeypatch.setenv(name, value)
    with joined_world(torch.device("cpu")) as world:
        assert (world.rank, world.size, world.leads) == (1, 2, False)
    assert given["kind"] == "gloo"
    assert isinstance(given["timeout"], timedelta)
    assert given["timeout"] >= timedelta(days=1)


def test_means_and_votes_alone() -> None:
    world = World.alone()
    assert world.leads
    assert torch.equal(world.mean(torch.tensor([1.0, 2.0])), torch.tensor([1.0, 2.0]))
    assert world.any(True)
    assert not world.any(False)
