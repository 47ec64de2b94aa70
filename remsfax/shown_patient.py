"""How ``remsfax status`` and ``remsfax verify`` show what the registers know."""

# ruff: noqa: PLC0415 - rich takes a moment to load, which JSON need not wait for

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.queries import PatientForm
    from store.registers.asking import PatientAnswer
    from validators.program.compliance import NonCompliance


def patient_json(answer: "PatientAnswer", events: "Sequence[NonCompliance]") -> dict[str, Any]:
    """A patient's state as an object, with the events of non-compliance that the forms show."""
    state = answer.state
    return {
        "rems_id": answer.rems_id,
        "stage": state.stage,
        "course": state.course,
        "orphaned": state.orphaned,
        "as_of": state.as_of.isoformat(),
        "follow_up_ends_on": state.span.ends_on.isoformat() if state.span else None,
        "courses": [
            {
                "number": one.number,
                "started_on": one.started_on.isoformat(),
                "ended_on": one.ended_on.isoformat(),
            }
            for one in state.treatment.courses
        ],
        "status_forms": [
            {
                "month": slot.month,
                "due_on": slot.due_on.isoformat(),
                "state": slot.state,
                "tier": slot.tier,
                "document": slot.document_id,
            }
            for slot in state.slots
        ],
        "findings": [
            {"rule": one.rule, "severity": one.severity, "message": one.message, "document": one.document_id}
            for one in state.findings
        ],
        "non_compliance": [
            {"on": one.on.isoformat(), "party": one.party, "kind": one.kind, "document": one.document_id}
            for one in events
        ],
    }


def form_json(form: "PatientForm") -> dict[str, Any]:
    """A form on record as an object."""
    return {
        "form": form.form,
        "version": form.version,
        "state": form.state,
        "received_at": form.received_at.isoformat(),
        "transmission": form.transmission_id,
        "document": form.document_id,
        "open_tasks": form.open_tasks,
        "case": form.case_number,
        "content": form.content,
    }


def print_patient(
    answer: "PatientAnswer | None", forms: "tuple[PatientForm, ...]", events: "Sequence[NonCompliance]"
) -> None:
    """A patient's state, events of non-compliance and forms as text."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    if answer is not None:
        state = answer.state
        course = f", course {state.course}" if state.course else ""
        orphaned = ", needs a new prescriber" if state.orphaned else ""
        console.print(f"Stage: {state.stage.replace('_', ' ')}{course}{orphaned}")
        if state.span:
            console.print(f"Follow-up ends on {state.span.ends_on}")
        waiting = [slot for slot in state.slots if slot.state in ("reminded", "due", "overdue", "missed")]
        for slot in waiting:
            console.print(f"Status form of month {slot.month}, due {slot.due_on}: {slot.state}")
        for finding in state.open_findings:
            console.print(f"{finding.rule}: {escape(finding.message)}")
        for event in events:
            kind = event.kind.replace("_", " ")
            console.print(f"Non-compliance on {event.on}: {kind} ({event.party.partition(':')[0]})")
    table = Table("received", "form", "version", "state", "open tasks", "case", "fax")
    for form in forms:
        received = f"{form.received_at:%Y-%m-%d %H:%M}"
        said = form.state.replace("_", " ")
        table.add_row(
            received, form.form, form.version, said, str(form.open_tasks), form.case_number or "",
            form.transmission_id[:12],
        )  # fmt: skip
    console.print(table)
