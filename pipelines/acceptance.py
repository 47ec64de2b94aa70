"""The lines of acceptance on their way from what people settled to the next reading."""

from sqlalchemy.engine import Engine

from extractors.acceptance import AcceptanceLine, Lines
from pipelines.logs import note
from pipelines.settings import ReadingSettings
from store.database import reading
from store.desk.lines import LineTerms, lines_now, move_lines


def line_terms(settings: ReadingSettings) -> LineTerms:
    """By what lines move."""
    return LineTerms(settings.target_error, settings.line_days, settings.line_confidence)


def let_lines_follow(database: Engine, settings: ReadingSettings) -> None:
    """Move the lines to where the fields that people settled of late show that the target error holds.

    Raises:
        StoreError: the lines stay as they are.
    """
    for line in move_lines(database, line_terms(settings)):
        note("acceptance line moved", of=line.line_kind, number=line.number, why=line.why, least=line.least)


def standing_lines(database: Engine) -> Lines:
    """The lines that the next reading goes by."""
    with reading(database) as session:
        return {
            line.line_kind: AcceptanceLine(line.least, line.confirmed)
            for line in lines_now(session).values()
            if line.least is not None
        }
