"""What models/MODELS.toml says of each model, in the user's language. The English is written there."""

from __future__ import annotations

import re

from avatarify.app.text.text import tr, tr_or

_NAMES = {
    "The embedded model: small and quick": "lite",
    "Trained on face clips and portraits under several licences (named in the model card); whether those reach the "
    "weights is not settled.": "lite_unclear",
    "VoxCeleb faces, keypoint-aware discriminator": "vox_adv",
    "The usual choice for live avatars. The published hash is that of the pruned file; older copies are larger.": (
        "vox_adv_quality"
    ),
    "VoxCeleb faces, the paper's own model": "vox",
    "Tai-Chi-HD bodies": "taichi",
    "Tai-Chi-HD bodies, keypoint-aware discriminator": "taichi_adv",
    "Fashion, people who show clothes": "fashion",
    "MGif, cartoon animals in motion": "mgif",
    "UvA-Nemo, smiling faces": "nemo",
    "BAIR, a robot arm at a table": "bair",
    "Wants a graphics card to run live.": "graphics_card",
    "not stated for the weights (the original code is MIT)": "licence_not_stated",
    "Whether the code's MIT licence covers weights trained on VoxCeleb is not stated.": "unclear_voxceleb",
    "Whether the code's MIT licence covers weights trained on Tai-Chi-HD is not stated.": "unclear_taichi",
    "Whether the code's MIT licence covers weights trained on this data is not stated.": "unclear_data",
}

# What is written with each new embedded model has its figures in it (embed/card.py).
_WITH_FIGURES = {
    r"([\d.]+) million parameters: made for a plain CPU\.": "lite_speed",
    r"Sharp, because it warps the portrait itself\. On clips that it never saw the head turns (\d+ %) as far as the driver's, "
    r"the mouth opens (\d+ %), the lids (\d+ %)\.": "lite_quality",
}


def model_words(english: str) -> str:
    """A text of the catalogue; one that is not known here stays English."""
    name = _NAMES.get(english)
    if name is not None:
        return tr_or(f"models.words_{name}", english)
    for pattern, key in _WITH_FIGURES.items():
        found = re.fullmatch(pattern, english)
        if found is not None:
            point = tr("models.decimal_point")
            figures = [figure.replace(".", point) for figure in found.groups()]
            return tr_or(f"models.words_{key}", english).format(*figures)
    return english
