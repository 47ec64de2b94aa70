"""Who may say what of a task: by role, by who entered a value already, and by what the task asks."""

from store.desk.double_entry import FIELD_VERDICTS
from store.desk.entitled import EVENT, kinds_of
from store.desk.errors import OwnWork, RoleRefused, VerdictRefused
from store.desk.model import Person, Said
from store.desk.settings import ReviewSettings
from store.tables import Field, ReviewTask
from validators.catalog import RULES

WHY_CHARS = 2_000
VALUE_CHARS = 10_000


def refuse_role(settings: ReviewSettings, person: Person, task: ReviewTask, field: Field | None) -> None:
    """Refuse what the person may not say.

    Raises:
        RoleRefused: not with this role.
        OwnWork: the person would confirm itself.
    """
    asks_sender = task.stage == "outreach" and person.role in ("triage", "reviewer", "safety", "lead")
    if task.kind == EVENT and person.role not in settings.event_roles:
        raise RoleRefused(
            f"Only {' or '.join(settings.event_roles)} may close the flag of a possible adverse event."
        )
    if task.kind not in kinds_of(person, settings) and not asks_sender:
        raise RoleRefused(f"The role {person.role} does not work on this; pass it to a reviewer.")
    signature = field is not None and field.kind == "signature" and task.kind == "field"
    if signature and person.role not in settings.signature_roles:
        raise RoleRefused(f"Only {' or '.join(settings.signature_roles)} may accept a doubtful signature.")
    if task.stage == "lead" and person.role != "lead":
        raise RoleRefused("Two entries disagree here; a lead who made neither has to decide.")
    if task.stage in ("second", "lead") and person.account in (task.first_by, task.second_by):
        raise OwnWork("Nobody confirms himself: somebody else has to look at this field.")


def refuse_verdict(task: ReviewTask, said: Said) -> None:
    """Refuse what does not answer the task.

    Raises:
        VerdictRefused: it does not.
    """
    if len(said.why) > WHY_CHARS or len(str(said.value)) > VALUE_CHARS:
        raise VerdictRefused(
            f"At most {VALUE_CHARS} characters of a value and {WHY_CHARS} of a reason are kept; shorten it."
        )
    if task.kind == "field":
        allowed = FIELD_VERDICTS
        if said.verdict == "value" and said.value in (None, "", ()):
            raise VerdictRefused("A value is missing; type it, or say that the field is empty.")
    elif task.kind == EVENT:
        allowed = frozenset({"confirmed", "dismissed", "ask_sender"})
        if said.verdict == "dismissed" and not said.why.strip():
            raise VerdictRefused("Say in a few words why this is no adverse event.")
    else:
        allowed = frozenset({"confirmed", "ask_sender"})
        if said.verdict == "confirmed" and task.reason in RULES:
            raise VerdictRefused(
                "This rule stands until the form changes: correct a field, ask the sender or reject the form."
            )
    if said.verdict not in allowed:
        raise VerdictRefused(f"This task is answered by {', '.join(sorted(allowed))}.")
    if said.verdict != "value" and said.value is not None:
        raise VerdictRefused("Only the verdict `value` comes with a value; leave it out.")
