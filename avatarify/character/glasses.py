"""Glasses: rims, bridge and temples in front of the face, a trace of glare."""

from __future__ import annotations

import numpy as np

from avatarify.character.brush import Canvas, Points, moved, spline
from avatarify.character.character import Character
from avatarify.character.features import in_front
from avatarify.character.head import Head
from avatarify.character.render import Surface
from avatarify.character.view import View

RING = np.linspace(0, 2 * np.pi, 48, endpoint=False)
POWER = {"round": 2.2, "square": 4.2}


def paint_glasses(canvas: Canvas, character: Character, head: Head, view: View, surface: Surface | None) -> None:
    """Glasses on the nose."""
    style = character.glasses.style
    if style == "none":
        return
    unit = view.unit
    ink = np.array(character.glasses.colour, float)
    size = 0.5 + 0.5 * character.shape.eye_size
    x, y = head.eye
    bridge = float(head.on_face(np.array([[0.0, y + 0.02]]))[0, 2])
    half = (0.215 * size, (0.185 if style == "round" else 0.150) * size)
    power = 2 / POWER[style]
    round_x = half[0] * np.sign(np.cos(RING)) * np.abs(np.cos(RING)) ** power
    round_y = half[1] * np.sign(np.sin(RING)) * np.abs(np.sin(RING)) ** power
    thick = 0.026 if style == "round" else 0.036
    front = bridge + 0.05

    def plane(spots: Points) -> Points:
        curve = front - 0.22 * spots[:, 0] ** 2  # the frame follows the face around
        return view.project(np.column_stack([spots, curve]))

    for side in (-1, 1):
        middle = (x + 0.005) * side
        lens = plane(np.column_stack([middle + round_x, y + 0.035 + round_y]))
        canvas.multiply(moved(lens, 0.02 * unit, 0.05 * unit), (0.80, 0.72, 0.70), opacity=0.28, blur=0.03 * unit)
        inside = canvas.within(lens)
        if inside is not None:
            glare = plane(
                np.column_stack(
                    [middle + np.array([-0.16, -0.02, -0.12, -0.26]), y + np.array([-0.20, -0.20, 0.25, 0.25])]
                )
            )
            inside.fill(glare, (255, 255, 255), opacity=0.10, blur=0.012 * unit)
        hinge = np.array([(middle + side * half[0] * 0.98, y - 0.01, front - 0.22 * (middle + side * half[0]) ** 2)])
        temple = np.concatenate([hinge, np.array([(0.78 * side, y + 0.02, 0.05), (0.79 * side, y + 0.06, -0.2)])])
        turned = view.turn(spline(temple, steps=6))
        line = view.place(turned)
        window = canvas if surface is None else in_front(canvas, line, turned[:, 2] + 0.05, surface)
        if window is not None:
            window.stroke(line, thick * 0.9 * unit, ink * 0.8)
        closed = np.concatenate([lens, lens[:1]])
        canvas.stroke(closed, thick * unit, ink)
        upper = closed[24:44]
        canvas.stroke(
            upper - (0, 0.006 * unit), 0.007 * unit, np.minimum(ink + 90, 255), opacity=0.6, blur=0.003 * unit
        )
    inner = x + 0.005 - half[0]
    bow = np.array(
        [
            (-inner - 0.01, y + 0.01),
            (-inner * 0.5, y - 0.025),
            (0, y - 0.035),
            (inner * 0.5, y - 0.025),
            (inner + 0.01, y + 0.01),
        ]
    )
    canvas.stroke(plane(spline(bow)), thick * unit, ink)
