"""When an environment is ready, and when it is so no longer."""

from __future__ import annotations

import pytest

from bootstrap.environment import Environment, is_whole
from tests.fakes.virtual_environment import unpack


def test_ready_only_after_mark_ready(scripted: Environment) -> None:
    assert not scripted.is_ready(dev=False)
    scripted.mark_ready(dev=False)
    assert scripted.is_ready(dev=False)
    assert not scripted.is_ready(dev=True)
    assert not scripted.stamp.with_name("ready.draft").exists()


def test_the_development_set_holds_the_plain_one(scripted: Environment) -> None:
    scripted.mark_ready(dev=True)
    assert scripted.is_ready(dev=True)
    assert scripted.is_ready(dev=False)


def test_a_changed_requirement_makes_it_unready(scripted: Environment) -> None:
    scripted.mark_ready(dev=True)
    scripted.requirements(dev=True).write_text("-r requirements.txt\npytest>=9\n")
    assert scripted.is_ready(dev=False)
    assert not scripted.is_ready(dev=True)
    scripted.requirements(dev=False).write_text("torch\nnumpy\n")
    assert not scripted.is_ready(dev=False)


def test_a_requirement_taken_away_makes_it_unready(scripted: Environment) -> None:
    scripted.requirements(dev=False).write_text("torch\nnumpy\n")
    scripted.mark_ready(dev=False)
    scripted.requirements(dev=False).write_text("torch\n")
    assert not scripted.is_ready(dev=False)


def test_another_python_makes_it_unready(scripted: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted.mark_ready(dev=False)
    monkeypatch.setattr("sys.abiflags", "t", raising=False)
    assert not scripted.is_ready(dev=False)


def test_an_interpreter_that_has_gone_makes_it_unready(scripted: Environment) -> None:
    scripted.mark_ready(dev=False)
    scripted.python.unlink()
    scripted.python.symlink_to("/nowhere/python3")
    assert not scripted.is_ready(dev=False)
    assert not scripted.made_for_this_python()


@pytest.mark.parametrize(("config", "fits"), [("version = 3.4.1", False), ("", False), ("home = /usr", False)])
def test_made_for_another_python(scripted: Environment, config: str, *, fits: bool) -> None:
    assert scripted.made_for_this_python()
    (scripted.folder / "pyvenv.cfg").write_text(config)
    assert scripted.made_for_this_python() is fits


def test_sweep_removes_halves_and_keeps_what_is_whole(scripted: Environment) -> None:
    whole = unpack(scripted, "numpy-2.4.6")
    half = unpack(scripted, "torch-2.13.0", whole=False)
    without_record = unpack(scripted, "av-17.1.0")
    (without_record / "RECORD").unlink()
    renamed = whole.parent / "~orch"
    renamed.mkdir()
    scripted.temporary.mkdir()
    scripted.sweep()
    assert is_whole(whole)
    assert scripted.has_pip()
    assert not any(path.exists() for path in (half, without_record, renamed, scripted.temporary))


def test_size_counts_what_is_there(checkout: Environment) -> None:
    assert checkout.size() == 0
    checkout.folder.mkdir()
    (checkout.folder / "file").write_bytes(b"x" * 1000)
    assert checkout.size() == 1000
