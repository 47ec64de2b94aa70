"""The log: JSON lines of identifiers, counts and codes. Nothing that was read in a fax ever gets here.

Foreign exceptions may quote what they choked on, so that of these only type and place are written, never the
words.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

log = logging.getLogger("remsfax")

MAX_LOG_BYTES = 20_000_000


class JsonLines(logging.Formatter):
    """One object a line: time, level, event, and what the event carries."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "event": record.getMessage(),
        }
        line.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["failure"] = where_it_failed(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def start_log(file: str) -> None:
    """Write the log to a file, once a process.

    Where the file cannot be written the batch goes on: the store, not the log, is the record.
    """
    if log.handlers:
        return
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler: logging.Handler = RotatingFileHandler(
            file, maxBytes=MAX_LOG_BYTES, backupCount=5, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    logging.raiseExceptions = False  # a full disk must not fill the terminal too


def note(event: str, **facts: object) -> None:
    """Log an event. Facts are identifiers, counts and codes."""
    log.info(event, extra={"facts": facts})


def note_failure(event: str, **facts: object) -> None:
    """Log the exception being handled, without its words."""
    log.error(event, extra={"facts": facts}, exc_info=True)


def where_it_failed(error: BaseException) -> dict[str, Any]:
    """Type and places of an exception and of what caused it; its message may quote a fax and is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    told: dict[str, Any] = {
        "type": type(error).__name__,
        "at": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        told["cause"] = where_it_failed(cause)
    return told
