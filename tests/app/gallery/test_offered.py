"""What a clipboard or a drag holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from avatarify.app.gallery.offered import may_be_offered, offered


def files(*paths: Path | str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) if isinstance(path, Path) else QUrl(path) for path in paths])
    return mime


def test_files_come_first(qapp: object, tmp_path: Path) -> None:
    mime = files(tmp_path / "me.png", "https://example.org/me.png")
    mime.setImageData(QImage(3, 3, QImage.Format.Format_RGB32))
    given = offered(mime)
    assert given.files == (tmp_path / "me.png",)
    assert given.image is None


def test_no_disk_is_asked(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(path: Path, **_: object) -> None:
        raise AssertionError(f"{path} was asked for in the Qt thread")

    monkeypatch.setattr(Path, "stat", hang)
    assert offered(files(Path("/net/gone/me.png"), Path("/net/gone"))).files == (
        Path("/net/gone/me.png"),
        Path("/net/gone"),
    )


def test_a_picture_without_a_file_is_taken(qapp: object) -> None:
    mime = QMimeData()
    mime.setImageData(QImage(3, 5, QImage.Format.Format_RGB32))
    assert may_be_offered(mime)
    image = offered(mime).image
    assert image is not None
    assert image.height() == 5


def test_text_and_web_addresses_are_nothing(qapp: object) -> None:
    text = QMimeData()
    text.setText("me.png")
    for mime in (text, files("https://example.org/me.png")):
        assert not may_be_offered(mime)
        assert not offered(mime)
