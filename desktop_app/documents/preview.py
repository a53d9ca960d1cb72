"""Pages of a PDF as pictures, for the preview and for printers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """One page; `pixels` are rows of red, green, blue, unused, each row `stride` bytes."""

    width: int
    height: int
    stride: int
    pixels: bytes


def pictures(content: bytes, dpi: float) -> Iterator[Picture]:
    """The pages of a PDF, one at a time: at 300 dpi a page takes 35 MB."""
    import pypdfium2  # noqa: PLC0415 only who looks waits for the library

    document = pypdfium2.PdfDocument(content)
    try:
        for page in document:
            bitmap = page.render(scale=dpi / 72, rev_byteorder=True, prefer_bgrx=True)
            yield Picture(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))
    finally:
        document.close()
