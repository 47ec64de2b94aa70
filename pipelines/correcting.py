"""A correction by a person, with everything that follows from it: rules, tasks, records, registers.

What the rules found before stays on record. The web desk does the same within transactions of its own
(``store.desk.settling``); this is the way for everybody else.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Engine

from form_templates.catalog import Catalog
from pipelines.registering import judge_of, program_of, rules_of
from pipelines.settings import PipelineSettings
from store.database import writing
from store.desk.settling import Rechecked, correct_in
from store.errors import UnknownField
from store.model import Value
from store.registers.following import Followed
from store.registers.registering import follow_form
from store.tables import Document, Transmission


@dataclass(frozen=True)
class Corrected:
    """What followed from a correction.

    Attributes:
        rechecked: what the rules of forms say now, and the tasks, records and fax that follow.
        registers: the parties that were looked at again, and what the program's rules ask now or no more.
    """

    rechecked: Rechecked
    registers: Followed


def correct(
    database: Engine,
    catalog: Catalog,
    settings: PipelineSettings,
    field: tuple[str, str],
    value: Value,
    *,
    by: str,
    why: str,
) -> Corrected:
    """Give a field another value, or confirm the one it has, and let everything follow.

    Args:
        database: of the store.
        catalog: of the forms.
        settings: of the flow.
        field: id of the form, and name of its field.
        value: normal value, none for empty.
        by: account of the person.
        why: reason, in the person's words or a code.

    Raises:
        UnknownField: there is no such field; nothing was changed.
        StoreUnreachable, StoreBusy, DiskFull: what was not done yet waits for the next batch.
    """
    document_id, name = field
    with writing(database) as session:
        document = session.get(Document, document_id)
        if document is None:
            raise UnknownField(f"There is no document {document_id}; look it up again.")
        fax = Transmission.id == document.transmission_id
        session.execute(select(Transmission.id).where(fax).with_for_update())
        rules = rules_of(catalog, settings)
        rechecked = correct_in(session, rules, document_id, name, value, by=by, why=why)
    program, judge = program_of(settings), judge_of(catalog, settings)
    return Corrected(rechecked, follow_form(database, document_id, program, judge))
