"""The recipe: batch, losses, backward, step; log, look and save now and then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from avatarify.errors import MediaError, SettingsError
from avatarify.media.deferred_interrupt import DeferredInterrupt
from avatarify.media.images import write_image
from avatarify.media.progress import Progress
from avatarify.train.checkpoint import MODEL, STATE, TrainState, export, load_state, new_state, save_state, teacher_of
from avatarify.train.config import TrainConfig
from avatarify.train.dataset import Batch, PairDataset, PairNumber, collate, make_batches
from avatarify.train.detector_lessons import teach_detector
from avatarify.train.distributed import World, check_share, data_parallel, share_batch_norm
from avatarify.train.ema import averaged_copy, follow
from avatarify.train.imitation import imitate
from avatarify.train.log import LogRow, RunLog
from avatarify.train.means import Means, StepTerms, broken
from avatarify.train.objective import DiscriminatorObjective, GeneratorLosses, GeneratorObjective, Networks, Outcome
from avatarify.train.preview import preview_sheet
from avatarify.train.speed import compile_parts, to_channels_last
from avatarify.train.stages import set_size

_PREVIEW_PAIRS = 5
_PREVIEW_NUMBER = 2**40  # far beyond any pair that is trained on


@dataclass(frozen=True)
class RunOptions:
    """How a run is carried out; nothing here changes what is learned (but for rounding on other devices).

    output: folder for state, model, log and previews. steps: of the whole run. minutes: stop after so many, None for no
    limit; what is left can be resumed. workers: processes that decode. resume: go on from output. init: a model file
    to begin with. *_every: steps; 0 is never. licences: classes of the data, for the model file's header.
    """

    output: Path
    steps: int
    minutes: float | None = None
    workers: int = 0
    resume: bool = False
    init: Path | None = None
    log_every: int = 20
    save_every: int = 500
    preview_every: int = 500
    channels_last: bool = True
    compile: bool = False
    tensorboard: bool = False
    licences: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise SettingsError(f"steps is {self.steps}.", "Choose at least 1.")
        if self.workers < 0:
            raise SettingsError(
                f"workers is {self.workers}.", "Choose 0, which loads data in the same process, or more."
            )


@dataclass(frozen=True)
class TrainReport:
    """step: how many are done, since the run began. pairs, seconds: since it was last resumed. last: of the log, None when
    there was nothing left to do."""

    step: int
    steps: int
    pairs: int
    seconds: float
    last: LogRow | None
    model: Path

    @property
    def pairs_per_second(self) -> float:
        """Since the run was last resumed, with everything that happened in it."""
        return self.pairs / self.seconds if self.seconds > 0 else 0.0


def train(
    config: TrainConfig,
    dataset: PairDataset,
    options: RunOptions,
    networks: Networks,
    *,
    world: World,
    progress: Progress | None = None,
) -> TrainReport:
    """Train until `options.steps` or the time is over; writes state, model, log and previews into `options.output`.

    world: from distributed.joined_world; every process of it calls this alike. Ctrl-C saves before it is passed on.
    Raises AvatarifyError: an impossible option, a run that cannot be resumed, losses that are no numbers any more.
    """
    check_share(config.batch, world.size)
    check_beginning(config, options)
    if world.leads:
        _make_folder(options.output)
    state = new_state(config, world.device, init=options.init)
    if options.resume:
        load_state(options.output / STATE, state, config, options.steps)
    progress = progress if world.leads else None
    if options.init is None or options.resume:
        if progress is not None:
            progress.expect((options.steps - state.step) * config.batch)
    else:
        _lessons(config, dataset, options, state, options.init, world, progress)
    return _run(config, dataset, options, networks, state, world, progress)


def _lessons(
    config: TrainConfig,
    dataset: PairDataset,
    options: RunOptions,
    state: TrainState,
    init: Path,
    world: World,
    progress: Progress | None,
) -> None:
    """What a given model learns before the first step. Every process does the same with the same pairs."""
    teacher = teacher_of(config, init)
    imitation_steps = 0 if teacher is None else config.imitation_steps
    if progress is not None:
        progress.expect((imitation_steps + config.detector_steps + options.steps) * config.batch)

    def batches(steps: int) -> Iterator[Batch]:
        made = make_batches(dataset, first_step=0, steps=steps, workers=options.workers)
        return (batch.to(world.device) for batch in made)

    if teacher is not None:
        imitate(state.model, teacher.to(world.device), batches(imitation_steps), progress=progress)
    if config.detector_steps:
        if options.channels_last:
            to_channels_last(state.model)
        teach_detector(state.model, batches(config.detector_steps), config, progress=progress)
    if state.average is not None:
        state.average = averaged_copy(state.model)
    if world.leads and (teacher is not None or config.detector_steps):
        _save(options, config, state, Means())


def check_beginning(config: TrainConfig, options: RunOptions) -> None:
    """Raises SettingsError where keypoints shall stay as they are, or be the first to learn, and no model is given that has any."""
    if config.detector_steps and options.init is None and not options.resume:
        raise SettingsError(
            f"The keypoint detector shall learn alone for {config.detector_steps} steps, and there is none to begin with.",
            "Give a trained model by --init, or leave --detector-steps out.",
        )
    if not config.detector_learns and options.init is None and not options.resume:
        raise SettingsError(
            f"The keypoint detector of {config.name} does not learn, and there is none to begin with.",
            "Give a trained model of this shape by --init.",
        )


def _run(
    config: TrainConfig,
    dataset: PairDataset,
    options: RunOptions,
    networks: Networks,
    state: TrainState,
    world: World,
    progress: Progress | None,
) -> TrainReport:
    generator, discriminator = objectives(config, options, networks, state, world)
    batches = make_batches(
        dataset, first_step=state.step, steps=options.steps, rank=world.rank, world=world.size, workers=options.workers
    )
    started, first_step, means, last = time.monotonic(), state.step, Means(), None
    tensorboard = options.output / "tensorboard" if options.tensorboard else None
    log = RunLog(options.output / "log.csv", after=state.step, tensorboard=tensorboard) if world.leads else None
    try:
        for batch in batches:
            with DeferredInterrupt():  # a step is whole, or is not
                terms = step_once(config, options, state, generator, discriminator, batch.to(world.device))
                state.step += 1
            means.add(terms)
            if progress is not None:
                progress.update(config.batch)
            if _due(state.step, options.log_every) or state.step == options.steps:
                last = _row(means, state, time.monotonic() - started, world, log)
            if world.leads and _due(state.step, options.preview_every):
                _look(dataset, options, config, state, world)
            if world.leads and _due(state.step, options.save_every):
                _save(options, config, state, means)
            if options.minutes is not None and world.any(time.monotonic() - started > 60 * options.minutes):
                break
        if means.pending:  # stopped by the clock between two rows
            last = _row(means, state, time.monotonic() - started, world, log)
        return _finish(config, dataset, options, state, world, last, first_step, time.monotonic() - started)
    except KeyboardInterrupt:
        if world.leads:
            _save(options, config, state, means)
        raise
    finally:
        if log is not None:
            log.close()


def step_once(
    config: TrainConfig,
    options: RunOptions,
    state: TrainState,
    generator: nn.Module,
    discriminator: nn.Module | None,
    batch: Batch,
) -> StepTerms:
    """One step of every optimiser."""
    for network in (state.model, state.average):
        if network is not None:
            set_size(network, config.model, batch.source.shape[-1])
    for optimizer in (state.optimizer, state.discriminator_optimizer):
        if optimizer is not None:
            for group in optimizer.param_groups:
                group["lr"] = config.learning_rate_at(state.step, options.steps)

    if state.discriminator is not None:
        state.discriminator.requires_grad_(False)  # the generator's loss goes through it, not into it
    outcome: Outcome = generator(batch, state.discriminator)
    if batch.source.device.type == "cpu":  # torch's `grid_sample` may crash in backward where a coordinate is no number
        _check_sound(outcome, state.step + 1)
    gradient = _descend(state, state.optimizer, state.model, outcome.total, config.gradient_clip)

    judged = torch.zeros_like(outcome.total)
    if state.discriminator is not None and discriminator is not None and state.discriminator_optimizer is not None:
        state.discriminator.requires_grad_(True)
        judged = discriminator(batch.driving, outcome.prediction.image, outcome.driving)
        _descend(state, state.discriminator_optimizer, state.discriminator, judged, config.gradient_clip)

    state.scaler.update()
    if state.average is not None:
        follow(state.average, state.model, decay=config.ema_decay, step=state.step)
    losses = GeneratorLosses(*(term.detach() for term in outcome.losses))
    return StepTerms(outcome.total.detach(), losses, judged.detach(), gradient)


def _descend(
    state: TrainState, optimizer: torch.optim.Optimizer, network: nn.Module, loss: Tensor, clip: float
) -> Tensor:
    """Backward, clip, step. Returns the norm of the gradient before clipping."""
    optimizer.zero_grad(set_to_none=True)
    state.scaler.scale(loss).backward()
    state.scaler.unscale_(optimizer)
    norm = nn.utils.clip_grad_norm_(network.parameters(), clip or float("inf"))
    state.scaler.step(optimizer)
    return norm.detach()


def objectives(
    config: TrainConfig, options: RunOptions, networks: Networks, state: TrainState, world: World
) -> tuple[nn.Module, nn.Module | None]:
    """What turns batches into losses, on the device, shared among processes and compiled where that is wanted."""
    share_batch_norm(state.model, world)
    generator: nn.Module = GeneratorObjective(
        state.model, config, networks.backbone, networks.face, networks.landmark_network
    ).to(world.device)
    discriminator: nn.Module | None = None
    if state.discriminator is not None:
        discriminator = DiscriminatorObjective(state.discriminator, config).to(world.device)
    state.model.train()
    for part in (generator, discriminator):
        if part is not None and options.channels_last:
            to_channels_last(part)
    if options.compile:
        compile_parts(state.model)
    return data_parallel(generator, world), None if discriminator is None else data_parallel(discriminator, world)


def _row(means: Means, state: TrainState, seconds: float, world: World, log: RunLog | None) -> LogRow:
    """The next row of the log, checked and, by the process that has one, written."""
    row = means.row(state.step, state.optimizer.param_groups[0]["lr"], seconds, world)
    if log is not None:
        log.write(row)
    return row


def _check_sound(outcome: Outcome, step: int) -> None:
    """Waits for the device."""
    everything = outcome.total + outcome.driving.value.sum() + outcome.driving.jacobian.sum()
    if not torch.isfinite(everything):
        total = float(outcome.total.detach())
        raise broken(f"the loss `total` is {total}, or keypoints are no numbers any more", step)


def _look(dataset: PairDataset, options: RunOptions, config: TrainConfig, state: TrainState, world: World) -> None:
    size = config.size_at(max(state.step - 1, 0), options.steps)
    pairs = [dataset[PairNumber(_PREVIEW_NUMBER + number, size)] for number in range(_PREVIEW_PAIRS)]
    sheet = preview_sheet(state.best, collate(pairs).to(world.device), title=f"{config.name}, step {state.step}")
    folder = options.output / "preview"
    folder.mkdir(exist_ok=True)
    write_image(folder / f"step-{state.step:07}.png", sheet)


def _save(options: RunOptions, config: TrainConfig, state: TrainState, means: Means) -> None:
    """means: of the steps since the last row, which nobody has looked at yet."""
    means.check(state.step)
    save_state(options.output / STATE, state, config, options.steps)
    metadata = {
        "trained_steps": str(state.step),
        "trained_pairs": str(state.step * config.batch),
        "recipe": config.name,
    }
    if options.licences:
        metadata["data_licence_classes"] = ", ".join(options.licences)
    export(options.output / MODEL, state.best, config.model, metadata)


def _finish(
    config: TrainConfig,
    dataset: PairDataset,
    options: RunOptions,
    state: TrainState,
    world: World,
    last: LogRow | None,
    first_step: int,
    seconds: float,
) -> TrainReport:
    if world.leads:
        _save(options, config, state, Means())
        if options.preview_every:
            _look(dataset, options, config, state, world)
    pairs = (state.step - first_step) * config.batch
    return TrainReport(state.step, options.steps, pairs, seconds, last, options.output / MODEL)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(f"{folder} cannot be made ({error.strerror}).", "Choose another --output.") from error


def _due(step: int, every: int) -> bool:
    return every > 0 and step % every == 0
