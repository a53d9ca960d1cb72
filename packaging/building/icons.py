"""
The program's icon in the forms that systems ask for: `python icons.py FOLDER` makes union-desk.ico and PNG files.

The one source is resources/icons/union-desk.svg; run with the environment's Python, which has Qt.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "resources" / "icons" / "union-desk.svg"
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
PNG_SIZES = (16, 32, 48, 64, 128, 256)
_ENTRY = struct.Struct("<BBBBHHII")


def ico(pictures: dict[int, bytes]) -> bytes:
    """PNG pictures by their size as one Windows icon."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at = len(head) + _ENTRY.size * len(pictures)
    entries = []
    for size, content in sorted(pictures.items()):
        entries.append(_ENTRY.pack(size % 256, size % 256, 0, 0, 1, 32, len(content), at))
        at += len(content)
    return head + b"".join(entries) + b"".join(content for _, content in sorted(pictures.items()))


def main(folder: Path) -> None:
    """Draws the icon at every size."""
    from PySide6.QtCore import QBuffer, QIODevice, Qt  # noqa: PLC0415 the other builders run without Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter  # noqa: PLC0415
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

    app = QGuiApplication(["icons", "-platform", "offscreen"])
    drawing = QSvgRenderer(str(SOURCE))
    if not drawing.isValid():
        sys.exit(f"{SOURCE} cannot be drawn")
    pictures = {}
    for size in {*ICO_SIZES, *PNG_SIZES}:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload] # it takes text, whatever its stub says
        pictures[size] = bytes(buffer.data().data())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "union-desk.ico").write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    for size in PNG_SIZES:
        (folder / f"union-desk-{size}.png").write_bytes(pictures[size])
    del app


if __name__ == "__main__":
    main(Path(sys.argv[1]))
