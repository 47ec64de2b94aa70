"""The door through which every reader of text enters, our own and strangers' alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from extractors.calibrated import judge_of
from extractors.model import BoxPx, Gray
from extractors.readers.ctc import LogProbabilities


class ReaderError(Exception):
    """A reader cannot work; the message is one line that names the remedy."""


@dataclass(frozen=True, eq=False)
class LineCrop:
    """One line of writing, cleaned of print and cut tight to its ink.

    Attributes:
        pixels: rows x columns, 0 is ink, at ``WORK_DPI``.
        letters: letters that may stand here; none for all.
    """

    pixels: Gray
    letters: str | None = None


@dataclass(frozen=True, eq=False)
class LineReading:
    """What one reader saw in one crop.

    Attributes:
        text: as read, without surrounding spaces; empty where nothing was made out.
        probability: the reader's own figure for the whole line, 0 to 1. An input to a calibrated confidence,
            never one by itself.
        letter_probabilities: one figure a letter of ``text``; empty where the reader has none.
        log_probabilities: steps x 96 (see ``ctc``) where the reader is a CTC net; to search in.
    """

    text: str
    probability: float
    letter_probabilities: tuple[float, ...] = ()
    log_probabilities: LogProbabilities | None = None


@dataclass(frozen=True)
class PageLine:
    """One line that a page reader found.

    Attributes:
        box_px: in pixels of the page that was given.
        probability: the reader's own figure, 0 to 1.
        word_height_px: median height of its words.
    """

    text: str
    box_px: BoxPx
    probability: float
    word_height_px: float


@runtime_checkable
class LineReader(Protocol):
    """Reads crops of single lines."""

    @property
    def name(self) -> str:
        """A short name for the record: ``ppocr``, ``tesseract``."""

    @property
    def version(self) -> str:
        """Changes whenever the same crop may be read differently."""

    def read(self, crops: Sequence[LineCrop]) -> tuple[LineReading, ...]:
        """Read every crop, in order.

        Raises:
            ReaderError: the reader cannot work at all; a crop that it cannot read is an empty text.
        """


@runtime_checkable
class PageReader(Protocol):
    """Finds and reads the lines of a whole page that is no known form."""

    @property
    def name(self) -> str:
        """A short name for the record."""

    @property
    def version(self) -> str:
        """Changes whenever the same page may be read differently."""

    def read_page(self, page: Gray, dpi: int) -> tuple[PageLine, ...]:
        """The lines of ``page``, top to bottom.

        Raises:
            ReaderError: the reader cannot work at all.
        """


@dataclass(frozen=True)
class Readers:
    """The voices that read a fax.

    Attributes:
        hand: reads handwriting.
        typed: reads typed or printed writing; may be the same net.
        second: an engine of another kind, asked about typed fields that the nets leave open; none to do
            without.
        page: reads pages that are no form; none to do without.
        witness: an independent net that reads every written field beside the leading one; none to do without.
    """

    hand: LineReader
    typed: LineReader
    second: LineReader | None = None
    page: PageReader | None = None
    witness: LineReader | None = None

    @property
    def nets(self) -> str:
        """Names and versions of the voices that read written fields: what a calibration is fitted for.

        Of the second only the name: it comes with the system, in many versions.
        """
        nets = {
            f"{net.name} {net.version}" for net in (self.hand, self.typed, self.witness) if net is not None
        }
        return ", ".join([*sorted(nets), *([self.second.name] if self.second is not None else [])])

    @property
    def version(self) -> str:
        """Names and versions of every voice and of the calibration, for the record of a value's origin."""
        voices = {
            f"{voice.name} {voice.version}"
            for voice in (self.hand, self.typed, self.second, self.page, self.witness)
            if voice is not None
        }
        return ", ".join([*sorted(voices), judge_of(self.nets).name])
