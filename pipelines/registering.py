"""The registers after the faxes: forms taken in, states folded, and what the program's rules say of them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.engine import Engine

from form_templates.catalog import Catalog
from form_templates.errors import UnknownForm
from pipelines.logs import note
from pipelines.settings import PipelineSettings
from store.desk.rules import Rules
from store.registers.asking import program_findings
from store.registers.forms import Judge
from store.registers.opening import Program
from store.registers.registering import register_waiting
from store.registers.settling import settle_by_register
from validators.check import check_form
from validators.completeness import check_completeness
from validators.model import CheckedForm, ProgramState, Receipt
from validators.program.moments import day_of
from validators.program.rules import ProgramFinding


def program_of(settings: PipelineSettings) -> Program:
    """What the registers need of the settings."""
    return Program(settings.program)


def rules_of(catalog: Catalog, settings: PipelineSettings) -> Rules:
    """What the checks of forms need of the settings."""
    return Rules(catalog, settings.rules, settings.program.zone, settings.reading.legible_confidence)


def judge_of(catalog: Catalog, settings: PipelineSettings) -> Judge:
    """Says whether every required answer and signature of a form is given, by the checks of forms."""

    def is_complete(form: CheckedForm, received_at: datetime) -> bool:
        try:
            template = catalog.get(form.form, form.version)
        except UnknownForm:  # of a version that was taken out of the catalog since
            return False
        receipt = Receipt(received_at=received_at, received_pages=len(template.pages))
        state = ProgramState(as_of=day_of(received_at, settings.program.zone))
        findings = check_form(
            template, form, receipt, state, settings=settings.rules, checks=(check_completeness,)
        )
        return all(finding.severity != "error" for finding in findings)

    return is_complete


def register(database: Engine, catalog: Catalog, settings: PipelineSettings, *, all_came: bool = True) -> int:
    """Take every form into the registers that was recorded or corrected since; returns how many.

    May be killed and called again at any moment, by several batches at once, after faxes in any order.

    Args:
        database: of the store.
        catalog: of the forms.
        settings: of the flow.
        all_came: nothing is left in the queue, so that REMS IDs may be issued.

    Raises:
        StoreError: the rest waits for the next call.
    """
    program, judge = program_of(settings), judge_of(catalog, settings)
    taken = register_waiting(database, program, judge, issue_ids=all_came)
    settled = settle_by_register(database, program, rules_of(catalog, settings)) if all_came and taken else 0
    if settled:
        note("fields settled by the register", fields=settled)
        register_waiting(database, program, judge, issue_ids=all_came)
    if taken:
        note("forms registered", forms=taken)
    return taken


def findings_of(
    database: Engine, documents: Collection[str], settings: PipelineSettings
) -> dict[str, tuple[ProgramFinding, ...]]:
    """What the program's rules say of these forms now, by document."""
    return program_findings(database, program_of(settings), documents)
