"""Puts the palette on the application: Fusion style, Qt's palette, style sheet, fonts; follows the system when asked to."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from avatarify.app.theme.control_images import ControlImages
from avatarify.app.theme.focus_ring import FocusRing
from avatarify.app.theme.palette import DARK, LIGHT, Palette, mix
from avatarify.app.theme.style import style_sheet

SPACE = 8
"""Logical pixels. Margins and gaps are multiples of it, or half of it."""
RADIUS = 8
"""Logical pixels: the corners of cards and buttons."""

CHOICES = ("system", "light", "dark")


class ThemeState(QObject):
    """What has been chosen. `changed` comes after every widget has the new colours."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice = "system"
        self.palette = LIGHT
        self.reduced_motion = False
        self.follows: QApplication | None = None
        self.images = ControlImages()


_state: list[ThemeState] = []


def apply_theme(app: QApplication, choice: str) -> Palette:
    """Take on "light", "dark" or whatever the "system" has, now and when it changes. Returns the palette that it is now."""
    if choice not in CHOICES:
        raise ValueError(f"theme {choice!r} must be one of {', '.join(CHOICES)}")
    state = theme_state()
    state.choice = choice
    if state.follows is not app:
        state.follows = app
        app.setStyle("Fusion")
        FocusRing(app)
        app.styleHints().colorSchemeChanged.connect(_system_changed)
    _wear(app, _palette_of(app, choice))
    return state.palette


def current() -> Palette:
    """The palette that is worn now."""
    return theme_state().palette


def theme_state() -> ThemeState:
    """The one theme of this process; connect to its `changed` to paint anew what no style sheet reaches."""
    if not _state:
        _state.append(ThemeState())
    return _state[0]


def set_reduced_motion(reduced: bool) -> None:
    """Whether to do without movement that only pleases."""
    theme_state().reduced_motion = reduced


def duration_ms(wanted_ms: int) -> int:
    """How long a movement takes: 0 where the user wants none."""
    return 0 if theme_state().reduced_motion else wanted_ms


def set_look(widget: QWidget, look: str, value: str) -> None:
    """Give a widget another "role", "tone" or "size" of the style sheet after it has been shown; "" takes it away."""
    widget.setProperty(look, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def system_scheme(app: QApplication) -> Qt.ColorScheme:
    """What the rest of the desktop has."""
    return app.styleHints().colorScheme()


def _palette_of(app: QApplication, choice: str) -> Palette:
    if choice == "system":
        return DARK if system_scheme(app) == Qt.ColorScheme.Dark else LIGHT
    return DARK if choice == "dark" else LIGHT


def _system_changed() -> None:
    state = theme_state()
    if state.follows is not None and state.choice == "system":
        _wear(state.follows, _palette_of(state.follows, "system"))


def _wear(app: QApplication, palette: Palette) -> None:
    state = theme_state()
    state.palette = palette
    app.setPalette(qt_palette(palette))
    app.setStyleSheet(style_sheet(palette, app.font(), space=SPACE, radius=RADIUS, images=state.images.of(palette)))
    state.changed.emit()


def qt_palette(palette: Palette) -> QPalette:
    """For what the style sheet does not reach: dialogs of Qt, links, disabled text."""
    roles = QPalette.ColorRole
    colors = {
        roles.Window: palette.window,
        roles.WindowText: palette.text,
        roles.Base: palette.surface,
        roles.AlternateBase: palette.raised,
        roles.Text: palette.text,
        roles.PlaceholderText: palette.muted,
        roles.Button: palette.raised,
        roles.ButtonText: palette.text,
        roles.BrightText: palette.danger,
        roles.ToolTipBase: palette.text,
        roles.ToolTipText: palette.window,
        roles.Highlight: palette.accent,
        roles.HighlightedText: palette.on_accent,
        roles.Link: palette.accent,
        roles.LinkVisited: palette.accent,
        roles.Light: mix(palette.raised, palette.surface, 0.5),
        roles.Midlight: palette.raised,
        roles.Mid: palette.border,
        roles.Dark: palette.border,
        roles.Shadow: mix("#000000", palette.border, 0.6),
    }
    made = QPalette()
    for role, color in colors.items():
        made.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.faint))
    return made
