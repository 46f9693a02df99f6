from __future__ import annotations

from avatarify.train.face_points import FACE


def test_a_mirrored_face_has_the_same_places() -> None:
    """Left and right change; what is in the middle stays; mirrored twice everything is as before."""
    places = {point.mesh: point.mirrored for point in FACE.points}
    assert len(places) == len(FACE.points) == 7
    assert all(places[mirrored] == mesh for mesh, mirrored in places.items())
    swapped = [point.name for point in FACE.points if point.mesh != point.mirrored]
    assert [name.split()[0] for name in swapped] == ["right", "left", "right", "left"]
