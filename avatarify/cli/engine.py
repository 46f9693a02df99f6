"""Options that every verb with a model has, and what they make."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from avatarify.cli.options import ENGINE, MOTION, add_setting_options, chosen
from avatarify.errors import SettingsError
from avatarify.settings import MotionSettings

if TYPE_CHECKING:
    from avatarify.animator import Animator
    from avatarify.preferences.preferences import Preferences


def add_engine_arguments(parser: argparse.ArgumentParser) -> None:
    """--model, --runtime, --device, --precision."""
    add_setting_options(parser.add_argument_group("engine"), ENGINE, with_defaults=True)


def add_motion_arguments(parser: argparse.ArgumentParser) -> None:
    """--relative, --absolute, --adapt-scale, --no-adapt-scale, --strength; those that are left out are None."""
    add_setting_options(parser.add_argument_group("motion"), MOTION)


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
    return model_named(arguments.model)


def model_named(name: str) -> Path:
    """The file of a model by its name or path. Raises AvatarifyError."""
    from avatarify.catalog.store import open_store

    return open_store().resolve(name)


def motion_settings(arguments: argparse.Namespace) -> MotionSettings:
    """Raises SettingsError for a strength out of range, or one that has no meaning."""
    from avatarify.preferences.preferences import Preferences

    preferences = chosen(arguments, MOTION, Preferences())
    check_motion(arguments, preferences)
    return preferences.settings().motion


def check_motion(arguments: argparse.Namespace, preferences: Preferences) -> None:
    """Raises SettingsError for a strength that was typed although nothing is relative."""
    if arguments.strength is not None and not preferences.switch("motion.relative"):
        raise SettingsError("--strength has no meaning with --absolute.", "Leave it out, or add --relative.")
