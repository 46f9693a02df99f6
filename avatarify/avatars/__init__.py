"""The pictures to choose an avatar from: read, judged and framed as they come, in an order of the user's own."""

from avatarify.avatars.avatar import Avatar, Encodes, FaceTools, ReadImage
from avatarify.avatars.avatars import Avatars, Removed
from avatarify.avatars.cache import PortraitCache
from avatarify.avatars.card import Card, Consent
from avatarify.avatars.folder import SUFFIXES
from avatarify.avatars.portrait import Portrait, Sighting, look_for_faces, portrait_of

__all__ = [
    "SUFFIXES",
    "Avatar",
    "Avatars",
    "Card",
    "Consent",
    "Encodes",
    "FaceTools",
    "Portrait",
    "PortraitCache",
    "ReadImage",
    "Removed",
    "Sighting",
    "look_for_faces",
    "portrait_of",
]
