"""A reader that answers from a recording: the same crops give the same texts, without any engine at hand."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from extractors.readers.protocol import LineCrop, LineReader, LineReading, ReaderError


class CropNotRecorded(ReaderError):
    """The recording has no answer for a crop."""


def crop_key(crop: LineCrop) -> str:
    """What a crop is filed under: a hash of its shape, pixels and letters."""
    rows, columns = crop.pixels.shape
    whole = f"{rows}x{columns}:{crop.letters or ''}:".encode() + crop.pixels.tobytes()
    return hashlib.sha256(whole).hexdigest()[:24]


class RecordedReader:
    """Answers from a JSON file ``{"version": ..., "crops": {key: [text, probability]}}``; see ``record``."""

    name = "recorded"

    def __init__(self, file: Path) -> None:
        """Open a recording.

        Raises:
            ReaderError: the file is no recording.
        """
        try:
            recording = json.loads(file.read_text(encoding="utf-8"))
            self.version = str(recording["version"])
            self._crops: dict[str, list[float | str]] = dict(recording["crops"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            message = f"{file.name} is no recording of a reader: record it again."
            raise ReaderError(message) from error

    def read(self, crops: Sequence[LineCrop]) -> tuple[LineReading, ...]:
        """The recorded answers.

        Raises:
            CropNotRecorded: a crop is not in the recording.
        """
        found = []
        for crop in crops:
            answer = self._crops.get(crop_key(crop))
            if answer is None:
                message = "A crop is not in the recording: record again with the engine at hand."
                raise CropNotRecorded(message)
            found.append(LineReading(str(answer[0]), float(answer[1])))
        return tuple(found)


class RecordingReader:
    """Passes crops on to an engine and remembers its answers; ``save`` writes them as a recording."""

    def __init__(self, engine: LineReader) -> None:
        self._engine = engine
        self._crops: dict[str, list[float | str]] = {}
        self.name = engine.name
        self.version = engine.version

    def read(self, crops: Sequence[LineCrop]) -> tuple[LineReading, ...]:
        """The engine's answers."""
        readings = self._engine.read(crops)
        for crop, reading in zip(crops, readings, strict=True):
            self._crops[crop_key(crop)] = [reading.text, reading.probability]
        return readings

    def save(self, file: Path) -> None:
        """Write what was read so far; the same crops give the same bytes."""
        recording = {"version": f"{self.name} {self.version}", "crops": self._crops}
        file.write_text(json.dumps(recording, indent=1, sort_keys=True) + "\n", encoding="utf-8")
