"""Options that every verb with a model has, and what they make."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from avatarify.errors import SettingsError
from avatarify.settings import MotionSettings

if TYPE_CHECKING:
    from avatarify.animator import Animator


def add_engine_arguments(parser: argparse.ArgumentParser) -> None:
    """--model, --runtime, --device, --precision."""
    group = parser.add_argument_group("engine")
    group.add_argument(
        "--model", default="lite", metavar="NAME|FILE", help="a model's name or a checkpoint file (lite)"
    )
    group.add_argument("--runtime", default="auto", metavar="NAME", help="auto or eager (auto)")
    group.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda, cuda:1 or mps (auto)")
    group.add_argument(
        "--precision", default="auto", metavar="NAME", help="of the decoder: auto, float32 or float16 (auto)"
    )


def add_motion_arguments(parser: argparse.ArgumentParser) -> None:
    """--absolute, --no-adapt-scale, --strength."""
    group = parser.add_argument_group("motion")
    group.add_argument("--absolute", action="store_true", help="take the driver's pose itself, not its change")
    group.add_argument("--no-adapt-scale", action="store_true", help="do not fit the motion to the size of the face")
    group.add_argument("--strength", type=float, default=1.0, metavar="X", help="0 still, 1 as driven, 2 twice (1)")


def share_cores() -> None:
    """Let torch's waiting threads sleep instead of spinning: they are not alone here. Call it before torch is imported.

    A spinning thread wins a few per cent on an idle machine and takes a core from camera, face and video threads.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def make_animator(arguments: argparse.Namespace) -> Animator:
    """Load the model on the chosen runtime. Raises AvatarifyError."""
    share_cores()
    from avatarify.animator import Animator, load_runtime

    runtime = load_runtime(
        arguments.runtime, model=model_path(arguments), device=arguments.device, precision=arguments.precision
    )
    return Animator(runtime)


def model_path(arguments: argparse.Namespace) -> Path:
    """The file that --model names. Raises AvatarifyError."""
    from avatarify.catalog.store import open_store

    return open_store().resolve(arguments.model)


def motion_settings(arguments: argparse.Namespace) -> MotionSettings:
    """Raises SettingsError for a strength out of range."""
    if arguments.absolute and arguments.strength != 1.0:
        raise SettingsError("--strength has no meaning with --absolute.", "Leave one of them out.")
    return MotionSettings(
        relative=not arguments.absolute, adapt_scale=not arguments.no_adapt_scale, strength=arguments.strength
    )
