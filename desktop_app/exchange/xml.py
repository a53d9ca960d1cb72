"""The parts of a workbook as a stream of XML events; a part that declares entities is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

CHUNK = 1 << 18


class Malformed(Exception):
    """A part is not the XML it should be."""


def new_parser() -> expat.XMLParserType:
    """A parser that refuses document types, which is where the bombs are, and gives each text whole."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise Malformed("DOCTYPE")


def feed(parser: expat.XMLParserType, chunk: bytes, *, is_last: bool = False) -> None:
    """
    Parses one more piece.

    Raises:
        Malformed: It is no XML.
    """
    try:
        parser.Parse(chunk, is_last)
    except expat.ExpatError as error:
        raise Malformed(str(error)) from error


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def elements(stream: IO[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """Local name and attributes of every element, in order; for small parts."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = new_parser()
    parser.StartElementHandler = lambda name, attributes: found.append((local(name), attributes))
    while chunk := stream.read(CHUNK):
        feed(parser, chunk)
        yield from found
        found.clear()
    feed(parser, b"", is_last=True)
    yield from found


def texts(stream: IO[bytes], item: str) -> list[str]:
    """The text of each `item` element: its `t` parts joined, those of phonetic hints left out."""
    found: list[str] = []
    parts: list[str] = []
    is_hint = takes = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal is_hint, takes
        name = local(name)
        if name == "t":
            takes = not is_hint
        elif name == "rPh":
            is_hint = True
        elif name == item:
            parts.clear()

    def end(name: str) -> None:
        nonlocal is_hint, takes
        name = local(name)
        if name == "t":
            takes = False
        elif name == "rPh":
            is_hint = False
        elif name == item:
            found.append("".join(parts))

    def text(data: str) -> None:
        if takes:
            parts.append(data)

    parser = new_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    read_all(stream, parser)
    return found


def read_all(stream: IO[bytes], parser: expat.XMLParserType, prepare: Callable[[bytes], bytes] = bytes) -> None:
    """Parses a whole part."""
    while chunk := stream.read(CHUNK):
        feed(parser, prepare(chunk))
    feed(parser, b"", is_last=True)
