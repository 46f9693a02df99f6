"""The training loop: goes on where it was stopped, and learns."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.errors import AvatarifyError, CheckpointError, SettingsError
from avatarify.media.images import read_image
from avatarify.media.progress import Progress
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.config import GeneratorConfig
from avatarify.model.network import FirstOrderModel
from avatarify.perceptual.backbones import load_backbone
from avatarify.train import loop
from avatarify.train.cache import FrameCache, open_cache
from avatarify.train.checkpoint import new_state, save_state
from avatarify.train.config import DataConfig, Stage, TrainConfig
from avatarify.train.dataset import Batch, PairDataset
from avatarify.train.distributed import World
from avatarify.train.imitation import imitate
from avatarify.train.log import LogRow, read_log
from avatarify.train.loop import RunOptions, TrainReport, train
from avatarify.train.meshes import FaceMeshes
from avatarify.train.objective import Networks
from avatarify.train.sources import SourceFile
from tests.train.films import FINER_MODEL, TINY, TINY_GUIDED

FILTERS = Networks(load_backbone("filters"))


def run(
    config: TrainConfig,
    cache: FrameCache,
    output: Path,
    steps: int = 4,
    *,
    meshes: FaceMeshes | None = None,
    **changes: object,
) -> TrainReport:
    """A short run, quiet, without previews."""
    options = RunOptions(output, steps=steps, log_every=1, save_every=0, preview_every=0)
    options = dataclasses.replace(options, **changes)  # type: ignore[arg-type]
    return train(config, PairDataset(config, cache, meshes), options, FILTERS, world=World.alone())


def rows(output: Path) -> list[LogRow]:
    return [row._replace(seconds=0) for row in read_log(output / "log.csv")]


def same(ours: object, theirs: object) -> bool:
    """Bit for bit, through everything that a state file holds."""
    if isinstance(ours, torch.Tensor):
        return isinstance(theirs, torch.Tensor) and torch.equal(ours, theirs)
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and ours.keys() == theirs.keys() and all(same(ours[k], theirs[k]) for k in ours)
    if isinstance(ours, list | tuple):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))  # type: ignore[arg-type]
    return ours == theirs


@pytest.mark.parametrize("kind", ["blend", "guided", "adversarial and progressive"])
def test_resumed_equals_never_stopped(
    cache: FrameCache,
    meshes: FaceMeshes,
    tmp_path: Path,
    adversarial: TrainConfig,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """Networks, averages, optimisers, random generators and the log; stopped in the middle of a stage."""
    config = TINY_GUIDED if kind == "guided" else TINY
    if kind == "adversarial and progressive":
        painter = dataclasses.replace(TINY.model.generator, blend=False)
        model = dataclasses.replace(TINY.model, generator=painter)
        config = dataclasses.replace(adversarial, model=model, stages=(Stage(0.5, 16), Stage(1.0, 32)))
    run(config, cache, tmp_path / "whole", steps=6, meshes=meshes)

    stop_after(monkeypatch, 4)
    first = run(config, cache, tmp_path / "parts", steps=6, minutes=1.0, meshes=meshes)
    monkeypatch.undo()
    assert first.step == 4
    torch.rand(3)  # somebody else draws in between
    second = run(config, cache, tmp_path / "parts", steps=6, resume=True, meshes=meshes)
    assert (second.step, second.pairs) == (6, 2 * config.batch)

    whole, parts = (torch.load(tmp_path / name / "state.pt", weights_only=True) for name in ("whole", "parts"))
    assert same(parts, whole)
    assert rows(tmp_path / "parts") == rows(tmp_path / "whole")


def stop_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """A clock that jumps an hour ahead after so many steps."""
    now = [0.0]
    step = loop.step_once

    def counted(config: TrainConfig, options: RunOptions, state: object, *rest: object) -> object:
        terms = step(config, options, state, *rest)  # type: ignore[arg-type]
        now[0] += 3600.0 if state.step + 1 == steps else 0.0  # type: ignore[attr-defined]
        return terms

    monkeypatch.setattr(loop, "step_once", counted)
    monkeypatch.setattr(loop.time, "monotonic", lambda: now[0])


def test_what_a_run_leaves(cache: FrameCache, tmp_path: Path) -> None:
    report = run(TINY, cache, tmp_path, steps=3, preview_every=2, licences=("open", "not stated"))
    checkpoint = load_checkpoint(report.model)
    assert checkpoint.config == TINY.model
    assert checkpoint.metadata == {
        "trained_steps": "3",
        "trained_pairs": "12",
        "recipe": "tiny",
        "data_licence_classes": "open, not stated",
    }
    sheets = sorted((tmp_path / "preview").iterdir())
    assert [sheet.name for sheet in sheets] == ["step-0000002.png", "step-0000003.png"]
    assert read_image(sheets[0]).std() > 10
    assert [row.step for row in rows(tmp_path)] == [1, 2, 3]
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    average = state["networks"]["average"]["generator.final.weight"]
    assert torch.equal(checkpoint.generator["final.weight"], average)
    assert not torch.equal(average, state["networks"]["model"]["generator.final.weight"])


def test_export_has_the_full_size_whatever_stage_ends_it(
    cache: FrameCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = dataclasses.replace(TINY.model, generator=dataclasses.replace(TINY.model.generator, blend=False))
    config = dataclasses.replace(TINY, model=painter, stages=(Stage(0.5, 16), Stage(1.0, 32)))
    stop_after(monkeypatch, 1)
    report = run(config, cache, tmp_path, minutes=1.0, log_every=10)
    assert report.step == 1
    assert [row.step for row in rows(tmp_path)] == [1]  # the clock stopped it before the first row was due
    assert load_checkpoint(report.model).config == painter


def test_learning_rate_follows_the_schedule(cache: FrameCache, tmp_path: Path) -> None:
    run(TINY, cache, tmp_path)
    assert [row.learning_rate for row in rows(tmp_path)] == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4])


def test_begins_with_given_weights(cache: FrameCache, tmp_path: Path) -> None:
    model = run(TINY, cache, tmp_path / "first", steps=2).model
    slow = dataclasses.replace(TINY, learning_rate=1e-12, ema_decay=0.0)
    again = load_checkpoint(run(slow, cache, tmp_path / "second", steps=1, init=model).model)
    given = load_checkpoint(model)
    assert torch.allclose(again.generator["final.weight"], given.generator["final.weight"], atol=1e-6)
    for change in ({"num_keypoints": 2}, {"num_keypoints": 4, "generator": GeneratorConfig(8, 16, 1, 2, blend=True)}):
        other = dataclasses.replace(TINY.model, **change)  # type: ignore[arg-type]
        with pytest.raises(CheckpointError, match="another shape"):
            run(dataclasses.replace(slow, model=other), cache, tmp_path / "third", init=model)


def test_cues_that_the_given_model_lacks_say_nothing_at_first(
    cache: FrameCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = run(TINY, cache, tmp_path / "first", steps=2).model
    generator = dataclasses.replace(TINY.model.generator, cue_width=4)
    config = dataclasses.replace(TINY, model=dataclasses.replace(TINY.model, generator=generator))
    given, state = load_checkpoint(model).build(), new_state(config, torch.device("cpu"), init=model)
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    pictures = []
    for network in (given, state.model.eval()):
        with torch.no_grad():
            keypoints = network.detect(picture)
            driving = keypoints._replace(value=keypoints.value + 0.1)
            pictures.append(network(network.encode(picture), keypoints, driving).image)
    assert torch.equal(*pictures)
    with monkeypatch.context() as patched:
        stop_after(patched, 1)
        assert run(config, cache, tmp_path / "second", steps=2, init=model, minutes=1.0).step == 1
    learned = load_checkpoint(run(config, cache, tmp_path / "second", steps=2, resume=True).model)
    assert learned.config == config.model
    assert learned.generator["cues.to_maps.0.weight"].any()
    with pytest.raises(CheckpointError, match="another shape"):  # a run does not forget what a model was told
        run(TINY, cache, tmp_path / "third", init=tmp_path / "second" / "model.safetensors")


def test_a_halving_more_than_the_given_model_has_learns_from_it_first(
    cache: FrameCache, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = run(TINY, cache, tmp_path / "first", steps=2).model
    lessons = []

    def lesson(
        pupil: FirstOrderModel, teacher: FirstOrderModel, batches: Iterable[Batch], **rest: Progress | None
    ) -> None:
        seen = list(batches)
        lessons.append((teacher.config, len(seen)))
        imitate(pupil, teacher, seen, **rest)

    monkeypatch.setattr(loop, "imitate", lesson)
    config = dataclasses.replace(TINY, model=FINER_MODEL, learning_rate=1e-12, imitation_steps=3)
    with caplog.at_level(logging.INFO):
        finer = run(config, cache, tmp_path / "second", steps=1, init=model).model
    assert lessons == [(TINY.model, 3)]
    assert "one is added, which has everything to learn" in caplog.text
    assert load_checkpoint(finer).config == FINER_MODEL
    untaught = new_state(config, torch.device("cpu"), init=model).model.kp_detector.kp.weight.detach()
    assert not torch.allclose(load_checkpoint(finer).kp_detector["kp.weight"], untaught, atol=1e-5)
    run(config, cache, tmp_path / "second", steps=1, resume=True)
    run(config, cache, tmp_path / "third", steps=1, init=finer)
    assert len(lessons) == 1, "neither a run that goes on nor one of the same shape begins with lessons"


def test_a_given_detector_learns_alone_before_the_first_step(
    cache: FrameCache, meshes: FaceMeshes, tmp_path: Path
) -> None:
    model = run(TINY_GUIDED, cache, tmp_path / "first", steps=1, meshes=meshes).model
    config = dataclasses.replace(TINY_GUIDED, detector_steps=3, ema_decay=0.9)
    with pytest.raises(SettingsError, match="there is none to begin with"):
        run(config, cache, tmp_path / "second", meshes=meshes)
    progress = Progress(None, stream=None)
    still = RunOptions(tmp_path / "second", steps=1, init=model, save_every=0, preview_every=0)
    slow = dataclasses.replace(config, warm_up=10**9)  # whose rate is next to nothing
    for recipe, output in ((slow, tmp_path / "second"), (config, tmp_path / "third")):
        options = dataclasses.replace(still, output=output)
        dataset = PairDataset(recipe, cache, meshes)
        train(recipe, dataset, options, FILTERS, world=World.alone(), progress=progress)
    given, unmoved, taught = (
        load_checkpoint(path / "model.safetensors").kp_detector["kp.weight"]
        for path in (tmp_path / "first", tmp_path / "second", tmp_path / "third")
    )
    assert progress.done == 2 * 4 * config.batch
    assert float((unmoved - given).abs().max()) < 1e-6
    assert float((taught - given).abs().max()) > 1.5 * config.learning_rate, "more than the one step could"
    assert run(config, cache, tmp_path / "third", steps=1, resume=True, meshes=meshes).pairs == 0


def test_lessons_that_are_done_are_not_lost(
    cache: FrameCache, meshes: FaceMeshes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = run(TINY_GUIDED, cache, tmp_path / "first", steps=1, meshes=meshes).model
    config = dataclasses.replace(TINY_GUIDED, detector_steps=2)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "_run", killed)
    with pytest.raises(KeyboardInterrupt):
        run(config, cache, tmp_path / "second", steps=1, init=model, meshes=meshes)
    monkeypatch.undo()
    taught = torch.load(tmp_path / "second" / "state.pt", weights_only=True)
    assert taught["step"] == 0
    monkeypatch.setattr(loop, "teach_detector", killed)
    assert run(config, cache, tmp_path / "second", steps=1, resume=True, meshes=meshes).step == 1


def test_a_detector_that_does_not_learn_stays_as_it_was_given(
    cache: FrameCache, tmp_path: Path, adversarial: TrainConfig
) -> None:
    model = run(TINY, cache, tmp_path / "first", steps=2).model
    config = dataclasses.replace(adversarial, detector_learns=False, ema_decay=0.0)
    with pytest.raises(SettingsError, match="there is none to begin with"):
        run(config, cache, tmp_path / "second")
    again = load_checkpoint(run(config, cache, tmp_path / "second", steps=2, init=model).model)
    given = load_checkpoint(model)
    for name, value in given.kp_detector.items():
        learned = name.endswith(("weight", "bias"))
        assert not learned or torch.equal(again.kp_detector[name], value), name
    assert not torch.equal(again.generator["final.weight"], given.generator["final.weight"])
    assert run(config, cache, tmp_path / "second", steps=2, resume=True).pairs == 0  # needs no model to begin with


def test_begins_with_fewer_keypoints(
    cache: FrameCache, meshes: FaceMeshes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = run(TINY, cache, tmp_path / "first", steps=2).model
    with caplog.at_level(logging.INFO):
        report = run(TINY_GUIDED, cache, tmp_path / "second", steps=1, init=model, meshes=meshes)
    assert "has 3 keypoints: 7 more are added" in caplog.text
    assert load_checkpoint(report.model).config.num_keypoints == 10
    row = rows(tmp_path / "second")[0]
    assert row.landmark > 0
    assert row.focus > 0


@pytest.mark.slow
def test_guided_keypoints_find_their_places(cache: FrameCache, meshes: FaceMeshes, tmp_path: Path) -> None:
    run(TINY_GUIDED, cache, tmp_path, steps=150, log_every=25, meshes=meshes)
    found = rows(tmp_path)
    assert found[-1].landmark < 0.5 * found[0].landmark


def test_another_recipe_cannot_be_resumed(cache: FrameCache, tmp_path: Path) -> None:
    run(TINY, cache, tmp_path, steps=2)
    with pytest.raises(CheckpointError, match="is of another run"):
        run(dataclasses.replace(TINY, batch=2), cache, tmp_path, steps=2, resume=True)
    (tmp_path / "state.pt").write_bytes(b"PK torn")
    with pytest.raises(CheckpointError, match="is damaged"):
        run(TINY, cache, tmp_path, steps=2, resume=True)
    with pytest.raises(CheckpointError, match="to resume from"):
        run(TINY, cache, tmp_path / "nowhere", steps=2, resume=True)


def test_losses_that_are_no_numbers_stop_the_run_and_spare_the_state(cache: FrameCache, tmp_path: Path) -> None:
    run(TINY, cache, tmp_path, steps=1)
    before = (tmp_path / "state.pt").read_bytes()
    wild = dataclasses.replace(TINY, learning_rate=1e30)
    with pytest.raises(AvatarifyError, match=r"At step 2 the loss .* is \S+, or keypoints"):
        run(wild, cache, tmp_path, steps=4)
    assert (tmp_path / "state.pt").read_bytes() == before


def test_nothing_is_saved_between_two_rows_where_a_loss_is_no_number(
    cache: FrameCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a device on which nobody looks at the losses of every step."""
    step = loop.step_once

    def wild(*arguments: object) -> object:
        terms = step(*arguments)  # type: ignore[arg-type]
        return terms._replace(total=torch.full_like(terms.total, float("nan")))

    run(TINY, cache, tmp_path, steps=1)
    before = (tmp_path / "state.pt").read_bytes()
    monkeypatch.setattr(loop, "step_once", wild)
    with pytest.raises(AvatarifyError, match="At step 2 the loss `total` is nan"):
        run(TINY, cache, tmp_path, steps=4, log_every=3, save_every=2)
    assert (tmp_path / "state.pt").read_bytes() == before


def test_weights_that_are_no_numbers_are_not_saved(tmp_path: Path) -> None:
    """A gradient may be broken where the loss is not."""
    state = new_state(TINY, torch.device("cpu"))
    save_state(tmp_path / "state.pt", state, TINY, 4)
    before = (tmp_path / "state.pt").read_bytes()
    with torch.no_grad():
        state.model.generator.final.weight[0, 0, 0, 0] = float("inf")
    with pytest.raises(AvatarifyError, match=r"weights are no numbers any more \(model\.generator\.final\.weight\)"):
        save_state(tmp_path / "state.pt", state, TINY, 4)
    assert (tmp_path / "state.pt").read_bytes() == before


class UnaskedWorld(World):
    """A process among others that must not have to agree with them."""

    def any(self, flag: bool) -> bool:
        raise AssertionError("every process was asked for the time, and nobody set any")


def test_the_clock_is_asked_only_where_time_is_limited(cache: FrameCache, tmp_path: Path) -> None:
    options = RunOptions(tmp_path, steps=1, preview_every=0)
    alone = UnaskedWorld(0, 1, torch.device("cpu"))
    assert train(TINY, PairDataset(TINY, cache), options, FILTERS, world=alone).step == 1
    with pytest.raises(AssertionError, match="nobody set any"):
        train(TINY, PairDataset(TINY, cache), dataclasses.replace(options, minutes=1.0), FILTERS, world=alone)


def test_interrupt_saves_whole_steps(cache: FrameCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(batches: Callable[..., object]) -> Callable[..., object]:
        def two(*arguments: object, **options: object) -> object:
            for number, batch in enumerate(batches(*arguments, **options)):  # type: ignore[arg-type, var-annotated]
                if number == 2:
                    raise KeyboardInterrupt
                yield batch

        return two

    monkeypatch.setattr(loop, "make_batches", interrupted(loop.make_batches))
    with pytest.raises(KeyboardInterrupt):
        run(TINY, cache, tmp_path)
    monkeypatch.undo()
    assert run(TINY, cache, tmp_path, resume=True).pairs == 2 * TINY.batch


def test_memory_layout_changes_nothing_that_matters(cache: FrameCache, tmp_path: Path) -> None:
    for name, layout in (("last", True), ("first", False)):
        run(TINY, cache, tmp_path / name, steps=2, channels_last=layout)
    last, first = (rows(tmp_path / name) for name in ("last", "first"))
    assert np.allclose(last[0], first[0], rtol=1e-4)


def test_bfloat16_trains(cache: FrameCache, tmp_path: Path) -> None:
    config = dataclasses.replace(
        TINY, model=dataclasses.replace(TINY.model, generator=dataclasses.replace(TINY.model.generator, cue_width=4))
    )
    run(config, cache, tmp_path / "exact", steps=1)
    run(dataclasses.replace(config, precision="bfloat16"), cache, tmp_path / "half", steps=1)
    exact, half = (rows(tmp_path / name)[0] for name in ("exact", "half"))
    assert half.equivariance_value == exact.equivariance_value  # the motion path is float32 in both
    assert half.total != exact.total
    assert half.total == pytest.approx(exact.total, rel=0.03)


def test_impossible_options_are_told(cache: FrameCache, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="steps is 0"):
        run(TINY, cache, tmp_path, steps=0)


@pytest.mark.slow
def test_one_batch_overfits(cache: FrameCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything between pixels and optimiser has to work for this."""
    first: list[Batch] = []

    def one_batch(dataset: PairDataset, *, first_step: int, steps: int, **_: object) -> object:
        del first_step
        first.extend(make(dataset, first_step=0, steps=1))
        return iter(first[:1] * steps)

    make = loop.make_batches
    monkeypatch.setattr(loop, "make_batches", one_batch)
    config = dataclasses.replace(TINY, learning_rate=3e-3, milestones=(70, 90))
    report = run(config, cache, tmp_path, steps=700, log_every=50)
    assert report.last is not None
    assert report.last.pixel < 0.02
    assert rows(tmp_path)[0].pixel > 0.04


@pytest.mark.slow
def test_equivariance_losses_fall(cache: FrameCache, tmp_path: Path) -> None:
    run(TINY, cache, tmp_path, steps=150, log_every=25)
    found = rows(tmp_path)
    assert found[-1].equivariance_value < 0.6 * found[0].equivariance_value
    assert found[-1].equivariance_jacobian < found[0].equivariance_jacobian


@pytest.mark.reference
def test_equivariance_losses_fall_on_a_real_face(reference_data: Path, tmp_path: Path) -> None:
    """Keypoints of a filmed head come to follow the warps, in value and in Jacobian."""
    path = reference_data / "faces" / "train" / "video" / "aniportrait__pose_ref_video_0.mp4"
    cache = open_cache([SourceFile(path, "somebody", True)], tmp_path / "cache", side=32, frames_per_clip=40)
    config = dataclasses.replace(TINY, data=DataConfig())
    run(config, cache, tmp_path, steps=120, log_every=20)
    found = rows(tmp_path)
    assert found[-1].equivariance_value < 0.4 * found[0].equivariance_value
    assert found[-1].equivariance_jacobian < 0.75 * found[0].equivariance_jacobian
