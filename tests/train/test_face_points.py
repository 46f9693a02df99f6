from __future__ import annotations

import pytest

from avatarify.train.face_points import FACE


def test_places_are_counted_after_the_guided_points() -> None:
    lips = FACE.ties[0].mesh
    assert FACE.places((lips[0], lips[3])) == (7, 10)
    assert FACE.places(FACE.ties[-1].mesh)[-1] == FACE.count - 1
    with pytest.raises(KeyError):
        FACE.places((4711,))


def test_a_mirrored_face_has_the_same_places() -> None:
    """Left and right change; what is in the middle stays; mirrored twice everything is as before."""
    places = {point.mesh: point.mirrored for point in FACE.points}
    assert len(places) == len(FACE.points) == 7
    assert all(places[mirrored] == mesh for mesh, mirrored in places.items())
    swapped = [point.name for point in FACE.points if point.mesh != point.mirrored]
    assert [name.split()[0] for name in swapped] == ["right", "left", "right", "left"]
