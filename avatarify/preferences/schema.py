"""Every setting there is, once: the dialog, the file, the command line and docs/settings.md are made from this table.

Ranges and defaults of what the engine takes are those of avatarify/settings.py; a test compares them.
"""

from __future__ import annotations

from avatarify.errors import SettingsError
from avatarify.preferences import schema_app
from avatarify.preferences.setting import Choice, Group, Kind, Setting

GROUPS = (
    Group("camera", "Camera", "What films you."),
    Group("framing", "Framing", "The square around your face. What happens in it moves the avatar."),
    Group("motion", "Motion", "How the avatar follows you."),
    Group("comfort", "Smoothness", "How calm the avatar looks, and what it does when something goes wrong."),
    Group("calibration", "Calibration", "When the moment is taken in which you look as the portrait does."),
    Group("avatars", "Avatars", "The pictures to choose from."),
    Group("output", "Virtual camera", "What Zoom, Meet and the others see."),
    Group("engine", "Speed and quality", "What computes the picture, and how much it may take."),
    Group("window", "Appearance", "Colours, language and what the window shows."),
    Group("keys", "Keys", "Which key does what."),
)
"""Pages of the dialog in their order."""

_CAMERA = (
    Setting(
        "camera.device",
        Kind.TEXT,
        "",
        "Camera",
        "Its name or number, a video file, the address of a network camera, or synthetic for a drawn performer. "
        "Left empty, the first camera that works is taken.",
        choices=(Choice("", "The first that works"), Choice("synthetic", "A drawn performer")),
        cli="--camera CAMERA",
    ),
    Setting(
        "camera.mirror_self",
        Kind.SWITCH,
        True,
        "Mirror the view of yourself",
        "Left and right as in a mirror. Only you see this; the call has a setting of its own.",
    ),
)

_FRAMING = (
    Setting(
        "framing.automatic",
        Kind.SWITCH,
        True,
        "Follow my face",
        "The square goes where you go. Switched off, it stays in the middle of the picture.",
        cli="--auto-framing/--no-auto-framing",
    ),
    Setting(
        "framing.locked",
        Kind.SWITCH,
        False,
        "Hold the square",
        "It stays exactly where it is until you switch this off.",
    ),
    Setting(
        "framing.zoom",
        Kind.NUMBER,
        1.0,
        "Zoom",
        "1 is the framing that the model knows best, 2 shows it your face twice as large.",
        low=0.5,
        high=2.0,
        step=0.05,
        unit="\N{MULTIPLICATION SIGN}",
        cli="--zoom X",
    ),
    Setting(
        "framing.shift_x",
        Kind.NUMBER,
        0.0,
        "Shift to the side",
        "As a share of the square's side; more than 0 is to the right.",
        low=-0.5,
        high=0.5,
        step=0.01,
        cli="--shift-x X",
    ),
    Setting(
        "framing.shift_y",
        Kind.NUMBER,
        0.0,
        "Shift up or down",
        "As a share of the square's side; more than 0 is down.",
        low=-0.5,
        high=0.5,
        step=0.01,
        cli="--shift-y X",
    ),
    Setting(
        "framing.settle_s",
        Kind.NUMBER,
        1.5,
        "Come back to the middle",
        "How long the avatar takes to come back to the middle after you have moved to another place.",
        low=0.0,
        high=10.0,
        step=0.1,
        unit="s",
        cli="--settle SECONDS",
        needs="framing.automatic",
    ),
)

_MOTION = (
    Setting(
        "motion.relative",
        Kind.SWITCH,
        True,
        "Copy my movement, not my pose",
        "The avatar makes the changes since calibration. Switched off, it takes your pose itself, and your face's shape.",
        cli="--relative/--absolute",
    ),
    Setting(
        "motion.adapt_scale",
        Kind.SWITCH,
        True,
        "Fit the motion to the avatar's face",
        "A small face moves less, a large one more.",
        cli="--adapt-scale/--no-adapt-scale",
        needs="motion.relative",
    ),
    Setting(
        "motion.strength",
        Kind.NUMBER,
        1.0,
        "Strength",
        "0 holds the avatar still, 1 moves it as you move, 2 twice as much. For copied movement only.",
        low=0.0,
        high=2.0,
        step=0.05,
        unit="\N{MULTIPLICATION SIGN}",
        cli="--strength X",
        needs="motion.relative",
    ),
)

_COMFORT = (
    Setting(
        "comfort.smooth",
        Kind.SWITCH,
        True,
        "Smooth the motion",
        "Takes the tremble out of a face that holds still.",
        cli="--smooth/--no-smooth",
    ),
    Setting(
        "comfort.min_cutoff",
        Kind.NUMBER,
        1.5,
        "Liveliness",
        "How much a still head may still move. Lower is calmer, and a little later.",
        low=0.2,
        high=20.0,
        step=0.1,
        unit="Hz",
        cli="--min-cutoff HERTZ",
        needs="comfort.smooth",
    ),
    Setting(
        "comfort.beta",
        Kind.NUMBER,
        6.0,
        "Quickness",
        "How soon smoothing lets go when you move. Higher follows fast movement more closely.",
        low=0.0,
        high=50.0,
        step=0.5,
        cli="--beta X",
        needs="comfort.smooth",
    ),
    Setting(
        "comfort.guard",
        Kind.SWITCH,
        True,
        "Guard against melted faces",
        "Poses that the portrait cannot follow are damped.",
        cli="--guard/--no-guard",
    ),
    Setting(
        "comfort.ease_s",
        Kind.NUMBER,
        0.5,
        "When my face is lost",
        "How long the avatar takes to go back to its own pose. After a second at most the stand-by picture is shown.",
        low=0.0,
        high=1.0,
        step=0.05,
        unit="s",
        cli="--ease SECONDS",
    ),
    Setting(
        "comfort.fade_s",
        Kind.NUMBER,
        0.15,
        "Fade between avatars",
        "0 cuts at once.",
        low=0.0,
        high=1.0,
        step=0.05,
        unit="s",
        cli="--fade SECONDS",
    ),
)

_CALIBRATION = (
    Setting(
        "calibration.automatic",
        Kind.SWITCH,
        True,
        "Calibrate by itself",
        "Good moments are taken as they come. Switched off, they are only offered, and you press Calibrate.",
        cli="--auto-calibration/--no-auto-calibration",
    ),
    Setting(
        "calibration.window_s",
        Kind.NUMBER,
        4.0,
        "Keep a good moment",
        "How long a good moment stays on offer.",
        low=0.5,
        high=30.0,
        step=0.5,
        unit="s",
        cli="--calibration-window SECONDS",
    ),
    Setting(
        "calibration.first_s",
        Kind.NUMBER,
        1.0,
        "First look",
        "How long the first calibration looks at you before it takes the best moment it has seen.",
        low=0.0,
        high=10.0,
        step=0.1,
        unit="s",
        cli="--first-look SECONDS",
        needs="calibration.automatic",
    ),
)
SETTINGS: tuple[Setting, ...] = (
    *_CAMERA,
    *_FRAMING,
    *_MOTION,
    *_COMFORT,
    *_CALIBRATION,
    *schema_app.AVATARS,
    *schema_app.OUTPUT,
    *schema_app.ENGINE,
    *schema_app.WINDOW,
    *schema_app.KEYS,
    *schema_app.REMEMBERED,
)
"""In the order in which they are shown."""

OF_EACH_AVATAR = (
    "framing.automatic",
    "framing.zoom",
    "framing.shift_x",
    "framing.shift_y",
    "comfort.smooth",
    "comfort.min_cutoff",
    "comfort.beta",
    "calibration.automatic",
)
"""Keys whose values are remembered for each avatar."""

_BY_KEY = {setting.key: setting for setting in SETTINGS}


def find_setting(key: str) -> Setting:
    """Raises SettingsError for a key that is none, naming those of its group."""
    found = _BY_KEY.get(key)
    if found is None:
        group = key.partition(".")[0]
        near = [setting.key for setting in SETTINGS if setting.group == group]
        names = near or [group.name for group in GROUPS]
        raise SettingsError(f"There is no setting {key!r}.", f"There are: {', '.join(names)}.")
    return found
