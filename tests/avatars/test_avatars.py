"""Avatars: folders of pictures, judged, in the user's order, encoded one at a time."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as Pillow

from avatarify import Animator
from avatarify.avatars import Avatars, Consent, FaceTools
from avatarify.errors import FaceError, MediaError, RuntimeUnavailableError
from avatarify.face.crop import Crop
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.media.images import read_image, write_image
from avatarify.paths import AVATARS
from avatarify.runtime.base import Source
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from tests.face.face_pictures import Canvas
from tests.fakes.models import tiny_model

FACE = read_image(AVATARS / "suvi.png", max_side=256)


class CountingReader:
    """Reads pictures and counts them."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> Image:
        self.read.append(path.name)
        return read_image(path)


class FullDevice:
    """Has no memory for any source."""

    def encode_source(self, image: Image) -> Source:
        raise RuntimeUnavailableError("The device is out of memory.")


@pytest.fixture(scope="module")
def tools() -> FaceTools:
    return FaceTools(FaceSearch(), FaceMesh())


@pytest.fixture(scope="module")
def animator() -> Animator:
    return Animator(EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test")))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    for name in ("berta.png", "Anna.jpg"):
        write_image(folder / name, FACE)
    (folder / "notes.txt").write_text("not a picture")
    return folder


def avatars(own: Path, tools: FaceTools, reader: CountingReader | None = None, shipped: Path | None = None) -> Avatars:
    return Avatars([shipped or own.parent / "shipped", own], reader or CountingReader(), tools, size=64)


def test_they_are_ordered_by_name_numbered_and_framed(own: Path, tools: FaceTools) -> None:
    first, second = avatars(own, tools).reload()
    assert (first.name, first.number, second.name, second.number) == ("Anna", 1, "berta", 2)
    assert first.portrait is not None
    assert first.portrait.shape == (64, 64, 3)
    assert first.usable
    assert first.source is None
    assert abs(first.target.pose.yaw) < 10


def test_the_tenth_has_no_number(own: Path, tools: FaceTools) -> None:
    for index in range(9):
        (own / f"c{index}.png").symlink_to(own / "berta.png")
    assert [avatar.number for avatar in avatars(own, tools).reload()] == [*range(1, 10), None, None]


def test_encoding_goes_one_at_a_time_and_tells_its_memory(own: Path, tools: FaceTools, animator: Animator) -> None:
    shelf = avatars(own, tools)
    before = shelf.reload()[0].megabytes
    assert shelf.encode_next(animator)
    assert [avatar.source is not None for avatar in shelf.all] == [True, False]
    assert shelf.encode_next(animator)
    assert not shelf.encode_next(animator)
    assert shelf.all[0].megabytes > before > 0.01
    shelf.forget_encodings()
    assert shelf.all[0].source is None


def test_reloading_reads_only_what_is_new_or_changed(own: Path, tools: FaceTools, animator: Animator) -> None:
    reader = CountingReader()
    shelf = avatars(own, tools, reader)
    shelf.reload()
    shelf.encode_next(animator)
    encoded = shelf.all[0].source
    reader.read.clear()
    write_image(own / "zoe.png", FACE)
    os.utime(own / "berta.png", ns=(1, 1))
    shelf.reload()
    assert sorted(reader.read) == ["berta.png", "zoe.png"]
    assert shelf.all[0].source is encoded
    (own / "Anna.jpg").unlink()
    assert [avatar.name for avatar in shelf.reload()] == ["berta", "zoe"]


def test_one_that_will_not_work_says_why_and_the_others_do(own: Path, tools: FaceTools, animator: Animator) -> None:
    write_image(own / "wall.png", np.full((80, 80, 3), 128, np.uint8))
    (own / "broken.png").write_bytes(b"no picture")
    write_image(own / "far.png", Canvas(400, 300).put(FACE, left=150, top=100, side=60).image)
    shelf = avatars(own, tools)
    shelf.reload()
    while shelf.encode_next(animator):
        pass
    assert [avatar.name for avatar in shelf.all if avatar.source is not None] == ["Anna", "berta"]
    assert "No face" in shelf.find("wall").problems[0]
    assert "broken.png" in shelf.find("broken").problems[0]
    assert "pixels" in shelf.find("far").problems[0]
    assert not shelf.find("far").usable


def test_a_device_that_cannot_encode_is_told_and_not_asked_again(own: Path, tools: FaceTools) -> None:
    shelf = avatars(own, tools)
    shelf.reload()
    calls = 0
    while shelf.encode_next(FullDevice()):
        calls += 1
    assert calls == 2
    assert "out of memory" in shelf.find(1).problems[-1]


def test_adding_copies_with_its_card_and_the_new_one_is_last(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    elsewhere = tmp_path / "Aaron.png"
    write_image(elsewhere, FACE)
    shelf = avatars(own, tools)
    shelf.reload()
    added = shelf.add(elsewhere, consent=Consent.DRAWN)
    assert (added.name, added.number, added.own) == ("Aaron", 3, True)
    assert added.card is not None
    assert (added.card.consent, added.card.original, added.card.crop) == (Consent.DRAWN, "Aaron.png", None)
    assert (own / "Aaron.png").read_bytes() == elsewhere.read_bytes()
    assert elsewhere.exists()
    with pytest.raises(MediaError, match="already"):
        shelf.add(elsewhere, consent=Consent.DRAWN, name="aaron")
    again = avatars(own, tools)
    assert [avatar.name for avatar in again.reload()] == ["Anna", "berta", "Aaron"]
    assert again.find("Aaron").card == added.card


def test_a_square_chosen_by_hand_is_kept(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    write_image(tmp_path / "zoe.png", FACE)
    shelf = avatars(own, tools)
    by_itself = shelf.add(tmp_path / "zoe.png", consent=Consent.ME)
    by_hand = shelf.add(tmp_path / "zoe.png", consent=Consent.ME, crop=Crop(30, 40, 200), name="mine")
    assert by_hand.portrait is not None
    assert by_itself.portrait is not None
    assert np.array_equal(by_hand.portrait, Crop(30, 40, 200).apply(FACE, 64))
    assert not np.array_equal(by_hand.portrait, by_itself.portrait)
    found = avatars(own, tools)
    found.reload()
    assert np.array_equal(found.find("mine").portrait, by_hand.portrait)


def test_a_huge_picture_is_kept_as_the_part_around_the_face(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    huge = Canvas(5000, 1200).put(FACE, left=3500, top=200, side=800).image
    write_image(tmp_path / "huge.jpg", huge)
    shelf = avatars(own, tools)
    added = shelf.add(tmp_path / "huge.jpg", consent=Consent.DRAWN)
    assert added.path.name == "huge.png"
    kept = read_image(added.path)
    assert max(kept.shape) < 2500
    assert added.card is not None
    assert added.card.original == "huge.jpg"
    assert added.portrait is not None
    face = tools.detector.detect(added.portrait)[0]
    assert 0.4 < face.side / 64 < 0.7
    assert abs(float(face.centre[0]) / 64 - 0.5) < 0.1


def test_odd_pictures_make_avatars_all_the_same(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    face = Pillow.fromarray(FACE)
    sideways = Pillow.Exif()
    sideways[0x0112] = 6  # turned by the camera
    face.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=sideways, quality=95)
    face.convert("L").save(tmp_path / "grey.png")
    cut_out = face.convert("RGBA")
    cut_out.putalpha(Pillow.radial_gradient("L").resize(face.size).point(lambda far: 255 if far < 200 else 0))
    cut_out.save(tmp_path / "cut.png")
    face.save(tmp_path / "moves.gif", save_all=True, append_images=[face.rotate(3)])
    face.save(tmp_path / "moves.webp", save_all=True, append_images=[face.rotate(3)])
    face.save(tmp_path / "rare.tga")
    shelf = avatars(own, tools)
    added = [
        shelf.add(tmp_path / name, consent=Consent.DRAWN, name=name.replace(".", " "))
        for name in ("turned.jpg", "grey.png", "cut.png", "moves.gif", "moves.webp", "rare.tga")
    ]
    assert all(avatar.usable for avatar in added)
    assert all(abs(avatar.target.pose.roll) < 8 for avatar in added)
    assert added[-1].path.suffix == ".png"
    assert [avatar.name for avatar in shelf.all[2:]] == [avatar.name for avatar in added]


def test_a_picture_that_will_not_work_is_not_added(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    write_image(tmp_path / "wall.png", np.full((80, 80, 3), 128, np.uint8))
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 20)
    shelf = avatars(own, tools)
    shelf.reload()
    with pytest.raises(FaceError, match=r"wall\.png will not work.*No face"):
        shelf.add(tmp_path / "wall.png", consent=Consent.ME)
    with pytest.raises(MediaError, match=r"HEIC.*Export it as JPEG"):
        shelf.add(tmp_path / "phone.heic", consent=Consent.ME)
    assert sorted(path.name for path in own.iterdir()) == ["Anna.jpg", "berta.png", "notes.txt"]


def test_removing_can_be_undone_until_the_bin_is_emptied(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    write_image(tmp_path / "zoe.png", FACE)
    shelf = avatars(own, tools)
    card = shelf.add(tmp_path / "zoe.png", consent=Consent.ME).card
    shelf.reorder(["zoe"])
    removed = shelf.remove("zoe")
    assert [avatar.name for avatar in shelf.all] == ["Anna", "berta"]
    assert not list(own.glob("zoe*"))
    back = shelf.restore(removed)
    assert (back.number, back.card) == (1, card)
    shelf.remove("zoe")
    shelf.empty_bin()
    assert not [path for path in own.rglob("*") if path.name.startswith("zoe")]
    shelf.empty_bin()
    with pytest.raises(MediaError, match="cannot be moved"):
        shelf.restore(removed)


def test_two_removed_of_one_name_both_come_back(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    shelf = avatars(own, tools)
    removed = []
    for ending, by in ((".png", Consent.ME), (".jpg", Consent.DRAWN), (".png", Consent.PERMISSION)):
        write_image(tmp_path / f"zoe{ending}", FACE)
        shelf.add(tmp_path / f"zoe{ending}", consent=by)
        removed.append(shelf.remove("zoe"))
    for one, by in zip(removed, (Consent.ME, Consent.DRAWN, Consent.PERMISSION), strict=True):
        card = shelf.restore(one).card
        assert card is not None
        assert card.consent is by
        shelf.remove("zoe")


def test_the_programs_own_are_hidden_not_deleted(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    shipped = tmp_path / "with the program"
    shipped.mkdir()
    for name in ("suvi.png", "berta.png"):
        write_image(shipped / name, FACE)
    shelf = avatars(own, tools, shipped=shipped)
    shelf.reload()
    assert [(avatar.name, avatar.own) for avatar in shelf.all] == [("Anna", True), ("berta", True), ("suvi", False)]
    with pytest.raises(MediaError, match="comes with the program"):
        shelf.rename("suvi", "mine")
    hidden = shelf.remove("suvi")
    assert shelf.hidden == ("suvi",)
    assert [avatar.name for avatar in shelf.all] == ["Anna", "berta"]
    assert (shipped / "suvi.png").exists()
    assert shelf.restore(hidden).number == 3
    shelf.remove("berta")
    assert not shelf.find("berta").own
    shelf.remove("suvi")
    shelf.remove("berta")
    assert [avatar.name for avatar in shelf.show_hidden()] == ["Anna", "berta", "suvi"]


def test_the_order_is_the_users_and_so_are_the_numbers(own: Path, tools: FaceTools) -> None:
    write_image(own / "clara.png", FACE)
    shelf = avatars(own, tools)
    shelf.reload()
    assert [avatar.name for avatar in shelf.reorder(["clara", "Anna"])] == ["clara", "Anna", "berta"]
    assert [avatar.name for avatar in shelf.move_to("berta", 1)] == ["berta", "clara", "Anna"]
    assert [avatar.name for avatar in shelf.move_to("berta", 99)] == ["clara", "Anna", "berta"]
    assert shelf.find(1).name == "clara"
    write_image(own / "aaa.png", FACE)
    again = avatars(own, tools)
    assert [avatar.name for avatar in again.reload()] == ["clara", "Anna", "berta", "aaa"]
    with pytest.raises(MediaError, match="no avatar 'nobody'"):
        again.reorder(["nobody"])


def test_another_name_keeps_place_and_card(own: Path, tools: FaceTools, tmp_path: Path) -> None:
    write_image(tmp_path / "zoe.png", FACE)
    shelf = avatars(own, tools)
    card = shelf.add(tmp_path / "zoe.png", consent=Consent.PERMISSION).card
    shelf.move_to("zoe", 1)
    renamed = shelf.rename("zoe", " Zoë ")
    assert (renamed.name, renamed.number, renamed.card) == ("Zoë", 1, card)
    assert shelf.rename("Zoë", "zoË").name == "zoË"
    with pytest.raises(MediaError, match="already"):
        shelf.rename("zoË", "BERTA")
    with pytest.raises(MediaError, match="cannot have '/'"):
        shelf.rename("zoË", "../up")
    assert [avatar.name for avatar in shelf.all] == ["zoË", "Anna", "berta"]


def test_a_damaged_card_is_told_and_the_picture_still_works(own: Path, tools: FaceTools) -> None:
    (own / "berta.avatar.json").write_text("{")
    shelf = avatars(own, tools)
    shelf.reload()
    berta = shelf.find("berta")
    assert berta.usable
    assert berta.card is None
    assert "berta.avatar.json cannot be read" in berta.problems[0]


def test_an_unknown_one_is_answered_with_those_there_are(own: Path, tools: FaceTools) -> None:
    shelf = avatars(own, tools)
    shelf.reload()
    with pytest.raises(MediaError, match="Anna, berta"):
        shelf.find("nobody")
    assert shelf.find(2).name == "berta"


def test_folders_that_are_not_there_are_empty(tmp_path: Path, tools: FaceTools) -> None:
    assert avatars(tmp_path / "own", tools).reload() == ()
