"""The part of the schema that concerns pictures, the virtual camera, the engine and the window: see schema.py."""

from __future__ import annotations

from avatarify.preferences.setting import Choice, Kind, Setting

LARGEST_FPS = 60
"""engine.fps_cap at its end means: as many as the camera gives."""

AVATARS = (
    Setting(
        "avatars.remember",
        Kind.SWITCH,
        True,
        "Remember how each avatar was set",
        "Framing, smoothing and the way of calibrating come back with the avatar they were chosen for.",
    ),
    Setting("avatars.last", Kind.TEXT, "", "Last avatar", "The one that was shown last.", shown=False),
)

OUTPUT = (
    Setting(
        "output.device",
        Kind.TEXT,
        "",
        "Device",
        "Name or path of the virtual camera, or none for no virtual camera. Left empty, the first free one is taken.",
        choices=(Choice("", "The first free one"), Choice("none", "No virtual camera")),
        cli="--output DEVICE",
    ),
    Setting(
        "output.start_with_app",
        Kind.SWITCH,
        False,
        "Start it with the app",
        "The virtual camera opens as soon as the avatar moves.",
    ),
    Setting(
        "output.size",
        Kind.CHOICE,
        "1280x720",
        "Picture size",
        "It never changes during a call. 640x480 helps with programs that are hard to please.",
        choices=(
            Choice("1280x720", "1280 \N{MULTIPLICATION SIGN} 720"),
            Choice("640x480", "640 \N{MULTIPLICATION SIGN} 480"),
            Choice("1920x1080", "1920 \N{MULTIPLICATION SIGN} 1080"),
        ),
        cli="--size",
    ),
    Setting(
        "output.ground",
        Kind.CHOICE,
        "blur",
        "Around the avatar",
        "The avatar is square, the picture is wide.",
        choices=(
            Choice("blur", "Its own colours, blurred"),
            Choice("plain", "One dark colour"),
            Choice("fill", "Nothing: fill the picture"),
        ),
        cli="--ground",
    ),
    Setting(
        "output.mirror",
        Kind.SWITCH,
        False,
        "Mirror what the call sees",
        "Left and right of the avatar swapped. Most meeting programs mirror only your own view of yourself, so leave this off.",
        cli="--mirror/--no-mirror",
    ),
    Setting(
        "output.badge",
        Kind.SWITCH,
        True,
        "Show the avatar badge",
        "A small word in the corner that tells others they see an avatar.",
        cli="--badge/--no-badge",
    ),
)

ENGINE = (
    Setting(
        "engine.model",
        Kind.TEXT,
        "lite",
        "Model",
        "The name of an installed model, or a checkpoint file.",
        choices=(Choice("lite", "lite"),),
        cli="--model NAME|FILE",
    ),
    Setting(
        "engine.portrait_size",
        Kind.WHOLE,
        512,
        "Detail of the avatar",
        "Side of the portrait in pixels. Smaller is faster.",
        low=128,
        high=1024,
        step=64,
        unit="px",
        cli="--portrait-size N",
    ),
    Setting(
        "engine.fps_cap",
        Kind.WHOLE,
        LARGEST_FPS,
        "Most pictures a second",
        f"Fewer leave more of the computer to the call. {LARGEST_FPS} means as many as the camera gives.",
        low=5,
        high=LARGEST_FPS,
        step=1,
        unit="fps",
        cli="--fps-cap N",
    ),
    Setting(
        "engine.governor",
        Kind.SWITCH,
        True,
        "Stay in time",
        "When the computer cannot keep up, pictures are left out or made with less detail before they come late.",
        cli="--governor/--no-governor",
    ),
    Setting(
        "engine.runtime",
        Kind.TEXT,
        "auto",
        "Runtime",
        "What runs the model. auto takes what was fastest when measured here, or else what is known to be fast.",
        choices=tuple(Choice(name, name) for name in ("auto", "cuda-graph", "openvino", "compiled", "eager")),
        cli="--runtime NAME",
    ),
    Setting(
        "engine.device",
        Kind.TEXT,
        "auto",
        "Processor",
        "auto, cpu, cuda, cuda:1, mps, or gpu for Intel's with openvino.",
        choices=tuple(Choice(name, name) for name in ("auto", "cpu", "cuda", "mps", "gpu")),
        cli="--device NAME",
    ),
    Setting(
        "engine.precision",
        Kind.CHOICE,
        "auto",
        "Precision",
        "Number format of the decoder; not every runtime has each. Motion is always computed in float32.",
        choices=tuple(Choice(name, name) for name in ("auto", "float32", "float16", "bfloat16", "int8")),
        cli="--precision",
    ),
)

WINDOW = (
    Setting(
        "window.theme",
        Kind.CHOICE,
        "system",
        "Colours",
        "Light, dark, or as the rest of your desktop.",
        choices=(Choice("system", "As the system"), Choice("light", "Light"), Choice("dark", "Dark")),
    ),
    Setting(
        "window.language",
        Kind.CHOICE,
        "system",
        "Language",
        "Of all windows.",
        choices=(Choice("system", "As the system"), Choice("en", "English"), Choice("de", "Deutsch")),
    ),
    Setting("window.reduced_motion", Kind.SWITCH, False, "Reduce motion", "No sliding, no fading in the window."),
    Setting(
        "window.blur_self",
        Kind.SWITCH,
        False,
        "Blur the view of yourself",
        "For when somebody looks over your shoulder. The avatar does not mind.",
    ),
    Setting("window.mesh", Kind.SWITCH, False, "Show the face mesh", "The points that were found in your face."),
    Setting(
        "window.overlay",
        Kind.NUMBER,
        0.0,
        "Avatar over yourself",
        "How strongly the avatar shines through your own picture, to line up with it before you calibrate.",
        low=0.0,
        high=1.0,
        step=0.05,
    ),
    Setting("window.tray", Kind.SWITCH, True, "Icon in the system tray", "Switch avatars without opening the window."),
)

KEYS = (
    Setting(
        "keys.preset",
        Kind.CHOICE,
        "classic",
        "Set of keys",
        "Classic: single letters and numbers. Desktop: combinations, as in other programs.",
        choices=(Choice("classic", "Classic"), Choice("desktop", "Desktop")),
    ),
    Setting(
        "keys.global",
        Kind.SWITCH,
        False,
        "Keys that work everywhere",
        "Switch avatars while another window has the focus. Those keys are then taken from all other programs.",
    ),
    Setting("keys.bindings", Kind.BINDINGS, (), "Own keys", "Keys that differ from the preset.", shown=False),
    Setting(
        "keys.global_bindings",
        Kind.BINDINGS,
        (),
        "Own keys that work everywhere",
        "Those that differ from the defaults.",
        shown=False,
    ),
)

REMEMBERED = (
    Setting("first_run.done", Kind.SWITCH, False, "First steps done", "They are not shown again.", shown=False),
)
