"""What can be done to one avatar, as a menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon

if TYPE_CHECKING:
    from avatarify.app.gallery.gallery import Gallery
    from avatarify.avatars import Avatars

_NUMBERS = 9


def avatar_menu(gallery: Gallery, avatars: Avatars, name: str | None) -> QMenu:
    """name: None for the ground between the tiles."""
    menu = QMenu(gallery)
    menu.setToolTipsVisible(True)
    avatar = next((avatar for avatar in avatars.all if avatar.name == name), None)
    if avatar is not None:
        chosen = avatar.name
        show = menu.addAction(icon("eye"), tr("gallery.show"), lambda: gallery.show_avatar(chosen))
        show.setEnabled(avatar.usable)
        rename = menu.addAction(tr("gallery.rename"), lambda: gallery.strip.rename(chosen))
        rename.setEnabled(avatar.own)
        places = menu.addMenu(tr("gallery.move_to"))
        for number in range(1, min(_NUMBERS, len(avatars.all)) + 1):
            place = places.addAction(tr("gallery.move_to_number", number), partial(gallery.move_to, chosen, number))
            place.setCheckable(True)
            place.setChecked(avatar.number == number)
        menu.addAction(icon("folder"), tr("gallery.show_in_folder"), lambda: gallery.show_in_folder(chosen))
        menu.addSeparator()
        menu.addAction(icon("avatar-remove"), tr("gallery.remove"), lambda: gallery.remove(chosen))
        menu.addSeparator()
    menu.addAction(icon("avatar-add"), tr("gallery.add_long"), lambda: gallery.open_import())
    menu.addAction(tr("gallery.paste"), gallery.paste)
    if avatars.hidden:
        menu.addAction(tr("gallery.show_hidden", len(avatars.hidden)), gallery.show_hidden)
    return menu
