"""Draw a character: the one door of this room that makes pixels."""

from __future__ import annotations

import numpy as np

from avatarify.character.body import backdrop, paint_body, paint_drape, paint_falling_hair
from avatarify.character.brush import Canvas
from avatarify.character.character import Character
from avatarify.character.expression import Expression
from avatarify.character.eyes import Eye, paint_eye
from avatarify.character.features import paint_brow, paint_ear, paint_mouth, paint_nostrils
from avatarify.character.glasses import paint_glasses
from avatarify.character.head import model
from avatarify.character.render import paint_head, silhouette
from avatarify.character.view import look
from avatarify.errors import SettingsError
from avatarify.frame import Image

SMALLEST, LARGEST = 16, 4096
EARS_HIDDEN = ("long", "scarf")


def draw(character: Character, expression: Expression, size: int) -> Image:
    """The character as a square portrait: uint8 [size,size,3] RGB.

    At neutral the face is centred slightly above the middle and about half as high as the picture, as in the portraits
    that the motion model is trained on. A pure function: equal arguments give equal pictures. The first picture of a
    character takes some tenths of a second more. Raises SettingsError for a size outside SMALLEST..LARGEST.
    """
    return draw_scene(character, expression, width=size, height=size)


def draw_scene(character: Character, expression: Expression, *, width: int, height: int) -> Image:
    """The same in a picture of any shape: uint8 [height,width,3] RGB. The person is as large as a square of this height
    would show, and in the middle."""
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise SettingsError(
            f"A picture of {width}x{height} pixels cannot be drawn.", f"Choose {SMALLEST} to {LARGEST}."
        )
    head = model(character)
    view = look(expression, width, height)
    canvas = Canvas(backdrop(character.background, width, height).copy())
    outline = silhouette(head, view)
    paint_body(canvas, character, view, outline)
    if character.hair.style == "scarf":
        paint_drape(canvas, character, view)
    surface = paint_head(canvas, head, view, character.finish, outline)
    if surface is None:
        return to_image(canvas)
    inside = canvas.covered(surface.window, surface.cover)
    if character.hair.style not in EARS_HIDDEN:
        for side in (-1, 1):
            paint_ear(canvas, character, view, surface, side)
    paint_nostrils(inside, character, head, view)
    paint_mouth(inside, character, head, view, expression)
    for side in (-1, 1):
        paint_eye(inside, Eye(character, head, view, side), expression)
        paint_brow(inside, character, head, view, expression, side)
    paint_glasses(canvas, character, head, view, surface)
    if character.hair.style == "long":
        paint_falling_hair(canvas, character, view, surface)
    return to_image(canvas)


def to_image(canvas: Canvas) -> Image:
    pixels = canvas.pixels
    pixels += np.float32(0.5)
    return np.asarray(np.clip(pixels, 0, 255, out=pixels), np.uint8)
