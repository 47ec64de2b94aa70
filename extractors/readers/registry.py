"""Readers by name: our own and those that other packages register enter through the same door.

A package offers a reader by an entry point of the group ``remsfax.readers`` that names a callable without
arguments which returns a ``LineReader`` (and, to read whole pages, also a ``PageReader``).
"""

from collections.abc import Callable
from importlib.metadata import entry_points

from extractors.readers.protocol import LineReader, PageReader, ReaderError, Readers

GROUP = "remsfax.readers"


class UnknownReader(ReaderError):
    """No reader of that name is installed."""


def _ppocr() -> LineReader:
    from extractors.readers.ppocr import PpOcr  # noqa: PLC0415 - onnxruntime takes a while to load

    return PpOcr()


def _ppocr_tiny() -> LineReader:
    from extractors.readers.ppocr import TINY, PpOcr  # noqa: PLC0415

    return PpOcr(shipped=TINY)


def _tesseract() -> LineReader:
    from extractors.readers.tesseract import Tesseract  # noqa: PLC0415 - looks for the program

    return Tesseract()


def _null() -> LineReader:
    from extractors.readers.null import NullReader  # noqa: PLC0415

    return NullReader()


_OWN: dict[str, Callable[[], LineReader]] = {
    "ppocr": _ppocr,
    "ppocr_tiny": _ppocr_tiny,
    "tesseract": _tesseract,
    "null": _null,
}


def reader_names() -> tuple[str, ...]:
    """Every name that ``open_reader`` knows, sorted."""
    return tuple(sorted({*_OWN, *(point.name for point in entry_points(group=GROUP))}))


def open_reader(name: str) -> LineReader:
    """Make a reader.

    Raises:
        UnknownReader: no reader of that name is installed, or what is registered under it is none.
        ReaderError: the reader cannot work here.
    """
    for point in entry_points(group=GROUP, name=name):
        reader = point.load()()
        if not isinstance(reader, LineReader):
            message = f"What {point.value} makes is no reader: it needs a name, a version and read()."
            raise UnknownReader(message)
        return reader
    if name not in _OWN:
        message = f"There is no reader {name}: choose one of {', '.join(reader_names())}."
        raise UnknownReader(message)
    return _OWN[name]()


def open_readers(
    hand: str = "ppocr",
    typed: str = "ppocr",
    second: str | None = "tesseract",
    page: str | None = "tesseract",
    witness: str | None = None,
) -> Readers:
    """The voices by name; one engine is made for each name, however many parts it has.

    Raises:
        UnknownReader: a name is unknown, or the page's reader cannot read pages.
        ReaderError: a reader cannot work here.
    """
    made = {
        name: open_reader(name) for name in {hand, typed, second, page, witness} - {None} if name is not None
    }
    whole = made[page] if page is not None else None
    if whole is not None and not isinstance(whole, PageReader):
        message = f"The reader {page} cannot read whole pages: choose tesseract."
        raise UnknownReader(message)
    return Readers(
        hand=made[hand],
        typed=made[typed],
        second=made[second] if second else None,
        page=whole,
        witness=made[witness] if witness else None,
    )
