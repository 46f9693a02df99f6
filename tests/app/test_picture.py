"""Pictures as Qt paints them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from avatarify.app.picture import Picture, fitted, round_corners


def test_red_stays_red_and_the_pixels_are_its_own() -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    image[0, 2] = (250, 20, 10)
    picture = Picture(image)
    image[:] = 77
    assert picture.size == QSize(3, 2)
    assert QColor(picture.image.pixel(2, 0)).getRgb() == (250, 20, 10, 255)
    assert QColor(picture.image.pixel(0, 1)).getRgb() == (0, 0, 0, 255)


def test_a_mirrored_picture_has_left_and_right_swapped() -> None:
    image = np.zeros((1, 3, 3), np.uint8)
    image[0, 2] = (250, 20, 10)
    assert QColor(Picture(image, mirrored=True).image.pixel(0, 0)).getRgb() == (250, 20, 10, 255)


def test_a_picture_fits_into_the_middle() -> None:
    assert fitted(QSize(100, 100), QRect(0, 0, 400, 200)) == QRect(100, 0, 200, 200)
    assert fitted(QSize(200, 100), QRect(0, 0, 100, 100)) == QRect(0, 25, 100, 50)
    assert not fitted(QSize(0, 0), QRect(0, 0, 0, 0)).isEmpty()


def test_only_the_corners_are_painted_over() -> None:
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    round_corners(painter, image.rect(), 10, "#0000ff")
    painter.end()
    assert QColor(image.pixel(0, 0)) == QColor("#0000ff")
    assert QColor(image.pixel(39, 39)) == QColor("#0000ff")
    assert QColor(image.pixel(20, 0)) == QColor("#ffffff")
    assert QColor(image.pixel(20, 20)) == QColor("#ffffff")
