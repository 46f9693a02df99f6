"""How a drawn person looks: everything that does not change from one moment to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Colour: TypeAlias = tuple[int, int, int]
"""Red, green, blue, 0..255."""

HairStyle: TypeAlias = Literal["bald", "cropped", "swept", "parted", "curly", "long", "bun", "beanie", "scarf"]
BeardStyle: TypeAlias = Literal["none", "stubble", "full", "moustache"]
GlassesStyle: TypeAlias = Literal["none", "round", "square"]
ClothesCut: TypeAlias = Literal["crew", "shirt", "hood", "rollneck"]
Finish: TypeAlias = Literal["soft", "cel"]


@dataclass(frozen=True)
class FaceShape:
    """Proportions of the head. 1 (or 0 where the range is signed) is the average adult.

    width .8..1.2; jaw -1 narrow .. 1 square; chin -1 short .. 1 long; cheeks -1 hollow .. 1 round;
    nose_width, nose_length .7..1.3; nose_height .5..1.4; eye_size .8..1.7; eye_spacing .85..1.15;
    eye_tilt -1 outer corner low .. 1 high; lips .6..1.5 fullness; mouth .8..1.2 width; brows .5..1.8 thickness;
    age 0 child .. 1 old (lines and folds).
    """

    width: float = 1.0
    jaw: float = 0.0
    chin: float = 0.0
    cheeks: float = 0.0
    nose_width: float = 1.0
    nose_length: float = 1.0
    nose_height: float = 1.0
    eye_size: float = 1.0
    eye_spacing: float = 1.0
    eye_tilt: float = 0.0
    lips: float = 1.0
    mouth: float = 1.0
    brows: float = 1.0
    age: float = 0.3


@dataclass(frozen=True)
class Hair:
    """Hair or what is worn over it (`beanie`, `scarf`). colour: of the hair or of the cloth."""

    style: HairStyle = "cropped"
    colour: Colour = (70, 50, 38)


@dataclass(frozen=True)
class Beard:
    style: BeardStyle = "none"
    colour: Colour = (70, 50, 38)


@dataclass(frozen=True)
class Glasses:
    style: GlassesStyle = "none"
    colour: Colour = (38, 34, 36)


@dataclass(frozen=True)
class Clothes:
    """colour: the garment. accent: what shows at the neck (a shirt under a hood, a collar's inside, a stripe)."""

    cut: ClothesCut = "crew"
    colour: Colour = (92, 110, 140)
    accent: Colour = (236, 232, 224)


@dataclass(frozen=True)
class Character:
    """A drawn person. Equal characters draw equal pictures.

    skin, lips, iris, brow: colours in neutral light. lashes: 0 faint .. 1 strong. blush and freckles: 0..1.
    background: the colours at the picture's centre and rim. finish: "soft" shading, or "cel" with few clear tones.
    """

    name: str
    skin: Colour = (226, 178, 150)
    lips: Colour = (186, 98, 92)
    iris: Colour = (96, 70, 48)
    brow: Colour = (70, 50, 38)
    lashes: float = 0.5
    blush: float = 0.4
    freckles: float = 0.0
    shape: FaceShape = field(default_factory=FaceShape)
    hair: Hair = field(default_factory=Hair)
    beard: Beard = field(default_factory=Beard)
    glasses: Glasses = field(default_factory=Glasses)
    clothes: Clothes = field(default_factory=Clothes)
    background: tuple[Colour, Colour] = ((196, 204, 208), (140, 152, 162))
    finish: Finish = "soft"
