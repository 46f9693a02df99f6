"""Draws assets/icons/avatarify.png from the SVG beside it, for desktops that want a picture: python assets/draw_app_icon.py"""

from __future__ import annotations

import os
from pathlib import Path

ICONS = Path(__file__).parent / "icons"
SIDE = 256


def main() -> None:
    """Writes the file anew."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication([])
    image = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(ICONS / "avatarify.svg")).render(painter)
    painter.end()
    image.save(str(ICONS / "avatarify.png"))
    application.quit()


if __name__ == "__main__":
    main()
