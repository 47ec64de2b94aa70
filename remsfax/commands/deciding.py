"""What people decide about parties and forms, and what waits for their word."""

# ruff: noqa: PLC0415 - rooms are imported when a command runs, so that help answers at once

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remsfax.commands.opened import Kind, opened

if TYPE_CHECKING:
    from store.registers.following import Followed

JSON = Annotated[bool, typer.Option("--json", help="Print JSON.")]
BY = Annotated[str, typer.Option(help="Account of the person who decides.")]
ROLE = Annotated[str, typer.Option(help="The person's role; the settings under program say which may.")]
REASON = Annotated[str, typer.Option(help="Why, in the person's words; no patient data.")]
PARTY_ID = typer.Argument(help="REMS ID, NPI or NCPDP number.", metavar="ID")
DOCUMENT = typer.Argument(help="Id of the form, as `remsfax questions` names it.", metavar="DOCUMENT")

NEW = "new"
"""In place of a party: somebody whom the registers do not know yet."""


class Step(StrEnum):
    """What ``decide`` does to a party."""

    SUSPEND = "suspend"
    DECERTIFY = "decertify"
    REINSTATE = "reinstate"
    REPRESENTATIVE_LEFT = "representative-left"


class FormRole(StrEnum):
    """In which role a form mentions somebody."""

    PATIENT = "patient"
    PRESCRIBER = "prescriber"
    NEW_PRESCRIBER = "new_prescriber"
    FACILITY = "facility"
    PHARMACY = "pharmacy"


class How(StrEnum):
    """What a form is to an earlier one."""

    RESEND = "resend"
    LATE_PAGE = "late_page"
    CORRECTED = "corrected"
    RETURNED_PRINT = "returned_print"
    SEPARATE = "separate"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (correct, decide, note, questions, link, join, merge, unmerge):
        app.command(command.__name__)(command)


def correct(  # noqa: PLR0917 - a command's arguments
    document: Annotated[str, typer.Argument(help="Id of the form.", metavar="DOCUMENT")],
    field: Annotated[str, typer.Argument(help="Name of the field.", metavar="FIELD")],
    value: Annotated[
        str, typer.Argument(help="What stands there, in normal form; empty for nothing.", metavar="VALUE")
    ],
    by: BY,
    why: Annotated[str, typer.Option(help="Why, in the person's words; no patient data.")],
    as_json: JSON = False,
) -> None:
    """Give a field of a form another value; all rules run again, and the states follow."""
    from form_templates.catalog import load_catalog
    from pipelines.correcting import correct as say
    from remsfax.settings import load_settings

    database, _ = opened()
    said = {"true": True, "false": False, "": None}.get(value, value)
    done = say(database, load_catalog(), load_settings().pipeline(), (document, field), said, by=by, why=why)
    asked = [one for own in done.rechecked.findings.values() for one in own]
    if as_json:
        _print_json(
            {
                "findings": [
                    {"rule": one.rule, "severity": one.severity, "message": one.message, "fields": one.fields}
                    for one in asked
                ],
                "tasks_opened": done.rechecked.opened,
                "tasks_closed": done.rechecked.closed,
                "states": done.rechecked.states,
                "status": done.rechecked.status,
                "registers": _followed(done.registers),
            }
        )
        return
    sys.stdout.write(f"The fax is {done.rechecked.status.replace('_', ' ')}\n")
    sys.stdout.writelines(f"  {one.rule}: {one.message}\n" for one in asked)
    _tell(done.registers, as_json=False)


def decide(  # noqa: PLR0917 - a command's arguments
    step: Annotated[Step, typer.Argument(help="What is decided.")],
    kind: Annotated[Kind, typer.Argument(help="About whom: prescriber, facility or pharmacy.")],
    identifier: Annotated[str, PARTY_ID],
    by: BY,
    role: ROLE,
    reason: REASON,
    as_json: JSON = False,
) -> None:
    """Suspend, decertify or reinstate a prescriber or site, or note that its representative left."""
    from store.registers.deciding import decide_on_standing

    database, program = opened()
    done = decide_on_standing(
        database,
        program,
        step.value.replace("-", "_"),
        kind.value,
        identifier,
        by=by,
        role=role,
        reason=reason,
    )
    _tell(done, as_json=as_json)


def note(  # noqa: PLR0917 - a command's arguments
    kind: Annotated[Kind, typer.Argument(help="Whose event: a prescriber's, facility's or pharmacy's.")],
    identifier: Annotated[str, PARTY_ID],
    what: Annotated[
        str, typer.Argument(help="A short code, such as dispensed_unauthorized.", metavar="WHAT")
    ],
    by: BY,
    role: ROLE,
    reason: REASON,
    as_json: JSON = False,
) -> None:
    """Note an event of non-compliance; the settings say what their number calls for."""
    from store.registers.deciding import note_non_compliance

    database, program = opened()
    done = note_non_compliance(
        database, program, kind.value, identifier, what, by=by, role=role, reason=reason
    )
    _tell(done, as_json=as_json)


def questions(
    limit: Annotated[int, typer.Option(help="So many of each kind at most.", min=1)] = 50,
    as_json: JSON = False,
) -> None:
    """List the forms of which nobody knows whom they mean, and those that differ from an earlier one."""
    from store.registers.questions import joining_questions, matching_questions

    database, program = opened()
    matches = matching_questions(database, program, limit=limit)
    joins = joining_questions(database, program, limit=limit)
    if as_json:
        _print_json(
            {
                "matches": [
                    {
                        "document": one.document_id,
                        "role": one.form_role,
                        "form": one.form,
                        "received_at": one.received_at.isoformat(),
                        "outcome": one.outcome,
                        "id_claimed": one.id_claimed,
                        "candidates": [
                            {
                                "party": offered.party,
                                "rems_id": offered.rems_id,
                                "state": offered.state,
                                "probability": offered.probability,
                                "levels": offered.levels,
                            }
                            for offered in one.candidates
                        ],
                    }
                    for one in matches
                ],
                "joins": [
                    {
                        "document": one.document_id,
                        "earlier": one.earlier_id,
                        "party": one.party,
                        "rems_id": one.rems_id,
                        "form": one.form,
                        "received_at": one.received_at.isoformat(),
                        "fields": [name for name, _, _ in one.differences],
                    }
                    for one in joins
                ],
            }
        )
        return
    for one in matches:
        sys.stdout.write(f"{one.document_id}: who is the {one.form_role} of this {one.form}?\n")
        for offered in one.candidates:
            same = ", ".join(name for name, level in offered.levels.items() if level == "same")
            name = offered.rems_id or offered.party
            sys.stdout.write(f"  {name} ({offered.probability:.1%}; same: {same})\n")
    for pair in joins:
        fields = ", ".join(name for name, _, _ in pair.differences)
        sys.stdout.write(f"{pair.document_id}: differs from {pair.earlier_id} in {fields}\n")


def link(  # noqa: PLR0917 - a command's arguments
    document: Annotated[str, DOCUMENT],
    form_role: Annotated[FormRole, typer.Argument(help="The role in which the form mentions somebody.")],
    party: Annotated[
        str, typer.Argument(help="Whom it means: an identifier, or `new` for somebody new.", metavar="PARTY")
    ],
    by: BY,
    role: ROLE,
    reason: REASON,
    as_json: JSON = False,
) -> None:
    """Say whom a form means."""
    from store.registers.deciding import link as say

    database, program = opened()
    done = say(
        database,
        program,
        document,
        form_role.value,
        None if party == NEW else party,
        by=by,
        role=role,
        reason=reason,
    )
    _tell(done, as_json=as_json)


def join(  # noqa: PLR0917 - a command's arguments
    document: Annotated[str, DOCUMENT],
    earlier: Annotated[
        str, typer.Argument(help="Id of the earlier form, or its case number.", metavar="EARLIER")
    ],
    how: Annotated[How, typer.Argument(help="What the later form is to the earlier one.")],
    by: BY,
    role: ROLE,
    reason: REASON,
    as_json: JSON = False,
) -> None:
    """Say how a form relates to an earlier one; both are kept."""
    from store.registers.deciding import join as say

    database, program = opened()
    done = say(database, program, document, earlier, how.value, by=by, role=role, reason=reason)
    _tell(done, as_json=as_json)


def merge(  # noqa: PLR0917 - a command's arguments
    kind: Annotated[Kind, typer.Argument(help="What both are.")],
    kept: Annotated[str, typer.Argument(help="Identifier of the one whose id stays.", metavar="KEPT")],
    gone: Annotated[str, typer.Argument(help="Identifier of the other.", metavar="GONE")],
    by: BY,
    role: ROLE,
    reason: REASON,
    as_json: JSON = False,
) -> None:
    """Make two parties one. The decision's number undoes it."""
    from store.registers.deciding import merge as make_one

    database, program = opened()
    done = make_one(database, program, kind.value, kept, gone, by=by, role=role, reason=reason)
    _tell(done, as_json=as_json)


def unmerge(
    merge_id: Annotated[str, typer.Argument(help="Number of the merge.", metavar="MERGE")],
    by: BY,
    role: ROLE,
    reason: REASON,
    as_json: JSON = False,
) -> None:
    """Undo a merge; each form means again whom it meant before."""
    from store.registers.deciding import unmerge as undo

    database, program = opened()
    _tell(undo(database, program, merge_id, by=by, role=role, reason=reason), as_json=as_json)


def _tell(done: "Followed", *, as_json: bool) -> None:
    """What followed: who was looked at again, and what is asked now or no more."""
    if as_json:
        _print_json(_followed(done))
        return
    sys.stdout.write(f"{done.decision_id}: {len(done.parties)} parties were looked at again\n")
    for change in done.parties:
        if change.before != change.after:
            before, after = (state or "not known" for state in (change.before, change.after))
            name = change.rems_id or change.party
            sys.stdout.write(f"  {change.kind} {name}: {before} -> {after}\n".replace("_", " "))
    sys.stdout.writelines(f"  now: {one.rule}: {one.message}\n" for one in done.opened)
    sys.stdout.writelines(f"  no longer: {one.rule}: {one.message}\n" for one in done.closed)


def _followed(done: "Followed") -> dict[str, Any]:
    return {
        "decision": done.decision_id,
        "parties": [
            {
                "party": one.party,
                "kind": one.kind,
                "rems_id": one.rems_id,
                "before": one.before,
                "after": one.after,
            }
            for one in done.parties
        ],
        "documents": sorted(done.documents),
        "opened": [_finding(one) for one in done.opened],
        "closed": [_finding(one) for one in done.closed],
    }


def _finding(one: Any) -> dict[str, Any]:
    return {"rule": one.rule, "message": one.message, "party": one.party, "document": one.document_id}


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
