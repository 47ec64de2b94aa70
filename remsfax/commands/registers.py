"""``remsfax status``, ``verify``, ``due`` and ``why``: what the registers know."""

# ruff: noqa: PLC0415 - rooms are imported when a command runs, so that help answers at once

import json
import sys
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remsfax.commands import deciding
from remsfax.commands.opened import Kind, opened

if TYPE_CHECKING:
    from store.registers.opening import Program

JSON_OPTION = typer.Option("--json", help="Print JSON.")
AS_OF_OPTION = typer.Option(
    "--as-of", help="What was known at the end of this day (YYYY-MM-DD), or at this moment.", metavar="DAY"
)
PATIENT = typer.Argument(help="The patient's REMS ID.", metavar="PATIENT_ID")


class Purpose(StrEnum):
    """What a caller wants to do for a patient."""

    INFUSION = "infusion"
    DISPENSING = "dispensing"


class NoDay(Exception):
    """A day or moment that is none."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("status")(status)
    app.command("verify")(verify)
    app.command("due")(due)
    app.command("why")(why)
    deciding.register(app)


def status(
    patient_id: Annotated[str, PATIENT],
    as_of: Annotated[str | None, AS_OF_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Show a patient's stage, courses, status forms and every form on record. Ends with 1 for nobody."""
    from remsfax.shown_patient import form_json, patient_json, print_patient
    from store.database import reading
    from store.queries import forms_of, patient_status
    from store.registers.asking import patient
    from store.registers.finding import UnknownParty
    from validators.program.compliance import shown_by

    database, program = opened()
    moment = _moment(as_of, program)
    try:
        answer = patient(database, program, patient_id, moment)
    except UnknownParty:
        answer = None
    with reading(database) as session:
        if answer is None:
            forms = patient_status(session, patient_id.strip().upper())
        else:
            forms = forms_of(session, answer.documents)
    forms = tuple(form for form in forms if moment is None or form.received_at <= moment)
    events = () if answer is None else shown_by(answer.state, program.settings)
    if as_json:
        whole = {
            "patient": None if answer is None else patient_json(answer, events),
            "forms": [form_json(form) for form in forms],
        }
        _print_json(whole)
    elif answer is None and not forms:
        sys.stderr.write(
            "remsfax: no form is on record under this REMS ID; check it, or look in the review queue.\n"
        )
    else:
        print_patient(answer, forms, events)
    raise typer.Exit(0 if answer is not None or forms else 1)


def verify(
    kind: Annotated[Kind, typer.Argument(help="Whom the caller asks about.")],
    identifier: Annotated[
        str,
        typer.Argument(help="REMS ID; or the NPI of a prescriber or site, or an NCPDP number.", metavar="ID"),
    ],
    purpose: Annotated[
        Purpose, typer.Option("--for", help="What the caller wants to do for a patient.")
    ] = Purpose.INFUSION,
    as_of: Annotated[str | None, AS_OF_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Answer a caller: may this party go on? With the time and a confirmation number. Ends with 1 for no."""
    from store.registers.asking import verify as ask
    from store.registers.finding import UnknownParty

    database, program = opened()
    moment = _moment(as_of, program)
    try:
        answer = ask(database, program, kind.value, identifier, moment, purpose=purpose.value)
    except UnknownParty as nobody:
        if as_json:
            refusal = {"rule": "X3", "message": str(nobody)}
            asked = {"kind": kind.value, "id": identifier}
            told = {"state": "unknown", "allowed": False, "refusals": [refusal]}
            _print_json({**asked, **told, "answered_at": None, "confirmation": None})
        else:
            sys.stdout.write(f"NO: {nobody}\n")
        raise typer.Exit(1) from None
    refusals = [{"rule": one.rule, "message": one.message} for one in answer.refusals]
    if as_json:
        _print_json(
            {
                "kind": kind.value,
                "id": identifier,
                "state": answer.state,
                "allowed": answer.allowed,
                "refusals": refusals,
                "answered_at": answer.answered_at.isoformat(),
                "confirmation": answer.confirmation,
            }
        )
    else:
        at = answer.answered_at.astimezone(program.settings.zone)
        verdict = "YES" if answer.allowed else "NO"
        sys.stdout.write(f"{verdict}: {kind.value} {identifier} is {answer.state.replace('_', ' ')}\n")
        sys.stdout.writelines(f"  {one['rule']}: {one['message']}\n" for one in refusals)
        sys.stdout.write(f"As of {at:%Y-%m-%d %H:%M:%S %Z}, confirmation number {answer.confirmation}\n")
    raise typer.Exit(0 if answer.allowed else 1)


def due(
    as_of: Annotated[str | None, AS_OF_OPTION] = None,
    since: Annotated[
        str | None, typer.Option(help="Leave out what was due before this day (YYYY-MM-DD).", metavar="DAY")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Leave out what is due after this day (YYYY-MM-DD).", metavar="DAY")
    ] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """List status forms due, patients without a prescriber, events to forward, steps for non-compliance."""
    from store.registers.asking import due as ask
    from store.registers.compliance import escalations
    from store.registers.events_due import events_to_forward

    database, program = opened()
    days = [None if one is None else _day(one) for one in (since, until)]
    moment = _moment(as_of, program)
    listed = ask(database, program, moment, since=days[0], until=days[1])
    escalated = escalations(database, program, moment)
    events = events_to_forward(database, program, moment)
    names = listed.rems_ids
    if as_json:
        lines = [
            {
                "due_on": line.due_on.isoformat(),
                "patient": names.get(line.patient),
                "party": line.patient,
                "month": line.month,
                "state": line.state,
                "tier": line.tier,
                "prescriber": names.get(line.prescriber or ""),
                "orphaned": line.orphaned,
            }
            for line in listed.lines
        ]
        steps = [
            {"party": one.party, "rems_id": one.rems_id, "events": one.events, "step": one.step}
            for one in escalated
        ]
        orphaned = [names.get(party, party) for party in listed.orphaned]
        forward = [
            {"fax": one.transmission_id, "forward_by": one.forward_by.isoformat(), "overdue": one.overdue}
            for one in events
        ]
        _print_json({"due": lines, "orphaned": orphaned, "escalations": steps, "adverse_events": forward})
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("due on", "patient", "month", "state", "tier", "prescriber")
    for line in listed.lines:
        carer = "orphaned" if line.orphaned else names.get(line.prescriber or "", line.prescriber or "")
        table.add_row(
            line.due_on.isoformat(), names.get(line.patient, line.patient), str(line.month), line.state,
            str(line.tier or ""), carer,
        )  # fmt: skip
    console.print(table)
    for party in listed.orphaned:
        console.print(f"needs a new prescriber: {names.get(party, party)}", highlight=False)
    for one in escalated:
        word = "event" if one.events == 1 else "events"
        step = one.step.replace("_", " ")
        console.print(
            f"{step}: {one.rems_id or one.party}, {one.events} {word} of non-compliance", highlight=False
        )
    for event in events:
        late = ", overdue" if event.overdue else ""
        console.print(
            f"forward by {event.forward_by}{late}: possible adverse event, fax {event.transmission_id[:12]}",
            highlight=False,
        )


def why(
    identifier: Annotated[
        str, typer.Argument(help="The patient's REMS ID; of another party with --kind.", metavar="PATIENT_ID")
    ],
    kind: Annotated[Kind, typer.Option(help="Whom the identifier names.")] = Kind.PATIENT,
    as_of: Annotated[str | None, AS_OF_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Explain a state: the forms, rules and people that led there, what is open. Ends with 1 for nobody."""
    from store.registers.asking import why as ask
    from store.registers.finding import UnknownParty

    database, program = opened()
    try:
        reasons = ask(database, program, kind.value, identifier, _moment(as_of, program))
    except UnknownParty as nobody:
        sys.stderr.write(f"remsfax: {nobody}\n")
        raise typer.Exit(1) from None
    if as_json:
        _print_json(
            [
                {
                    "at": reason.at.isoformat() if reason.at else None,
                    "text": reason.text,
                    "rule": reason.rule,
                    "document": reason.document_id,
                    "who": reason.who,
                }
                for reason in reasons
            ]
        )
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("when", "what", "rule", "form", "who")
    for reason in reasons:
        when = f"{reason.at.astimezone(program.settings.zone):%Y-%m-%d %H:%M}" if reason.at else ""
        table.add_row(
            when, escape(reason.text), reason.rule, (reason.document_id or "")[:12], escape(reason.who)
        )
    Console().print(table)


def _moment(given: str | None, program: "Program") -> datetime | None:
    """The end of a day, or the moment itself; none where none is given."""
    from validators.program.moments import end_of, moment_of

    if given is None:
        return None
    if len(given) == len("YYYY-MM-DD"):
        return end_of(_day(given), program.settings.zone)
    try:
        return moment_of(datetime.fromisoformat(given), program.settings.zone)[0]
    except ValueError:
        raise NoDay(f"{given} is no day and no moment; write it as YYYY-MM-DD.") from None


def _day(given: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(given)
    except ValueError:
        raise NoDay(f"{given} is no day; write it as YYYY-MM-DD.") from None


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
