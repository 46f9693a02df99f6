"""Networks are read only from the bytes we know."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import AvatarifyError
from avatarify.face.nets import LANDMARKS, SHORT_RANGE, NetFile, net_input, read_net, sigmoid
from avatarify.paths import MODELS


@pytest.mark.parametrize("file", [SHORT_RANGE, LANDMARKS], ids=lambda file: file.name)
def test_shipped_network_is_read(file: NetFile) -> None:
    assert not read_net(file).empty()


def test_altered_file_is_refused(tmp_path: Path) -> None:
    data = bytearray((MODELS / "face" / SHORT_RANGE.name).read_bytes())
    data[1000] ^= 1
    (tmp_path / SHORT_RANGE.name).write_bytes(data)
    with pytest.raises(AvatarifyError, match="not the file we ship") as caught:
        read_net(SHORT_RANGE, tmp_path)
    assert "git checkout" in caught.value.hint


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AvatarifyError, match=r"face_landmark\.tflite cannot be read: No such file"):
        read_net(LANDMARKS, tmp_path)


def test_known_bytes_that_are_no_network_are_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "junk.tflite").write_bytes(b"junk")
    junk = NetFile("junk.tflite", hashlib.sha256(b"junk").hexdigest())
    with pytest.raises(AvatarifyError, match=r"OpenCV .* cannot read"):
        read_net(junk, tmp_path)


def test_readme_names_the_hashes_we_check() -> None:
    text = (MODELS / "face" / "README.md").read_text(encoding="utf-8")
    for file in (SHORT_RANGE, LANDMARKS):
        assert f"`{file.name}`" in text
        assert file.sha256 in text


def test_input_planes_are_channels_first() -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    image[1, 2] = (255, 0, 51)
    planes = net_input(image, scale=1 / 255, shift=-1.0)
    assert planes.shape == (1, 3, 2, 3)
    assert planes[0, :, 1, 2] == pytest.approx([0.0, -1.0, -0.8])
    assert sigmoid(np.array([-1e9, 0, 1e9])) == pytest.approx([0, 0.5, 1])
