"""The clocks that an infusion starts: status forms, tests, the end of follow-up (T1 to T6, M1 to M3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from validators.program.moments import add_months
from validators.program.settings import ProgramSettings

SlotState = Literal[
    "scheduled", "reminded", "due", "overdue", "missed", "early", "on_time", "late", "not_applicable"
]
FILLED: frozenset[SlotState] = frozenset({"early", "on_time", "late"})
OPEN: frozenset[SlotState] = frozenset({"reminded", "due", "overdue", "missed"})


@dataclass(frozen=True)
class FollowUp:
    """The span of follow-up: anchored at the first infusion, ended by the last.

    Attributes:
        first_infusion: the anchor of every series (T1, T6).
        last_infusion: each new one pushes the end out (T4).
        ends_on: the last day of follow-up, last infusion + 48 months.
    """

    first_infusion: date
    last_infusion: date
    ends_on: date


@dataclass(frozen=True)
class Slot:
    """One status form that is due.

    Attributes:
        month: months since the first infusion: 6, 12, ...
        state: what became of it by the day asked about.
        document_id: the form that fills it.
        received_on: the day that form came.
        tier: 0 while not overdue, then 1, 2, ... by the settings' tiers.
    """

    month: int
    due_on: date
    state: SlotState = "scheduled"
    document_id: str | None = None
    received_on: date | None = None
    tier: int = 0


@dataclass(frozen=True)
class StatusForm:
    """What a status form says of its slot: the month ticked, the end of its period, the day it came."""

    document_id: str
    received_on: date
    month: int | None = None
    period_to: date | None = None


def follow_up(
    infusions: Iterable[date], settings: ProgramSettings, anchor: date | None = None
) -> FollowUp | None:
    """The span of follow-up that a patient's infusion days give, or none before the first.

    Args:
        infusions: every infusion day known, any order.
        settings: gives the months of follow-up.
        anchor: the first infusion inside the program, where earlier ones were given outside it.
    """
    days = sorted(infusions)
    if not days:
        return None
    return FollowUp(anchor or days[0], days[-1], add_months(days[-1], settings.follow_up_months))


def series(span: FollowUp, every_months: int) -> tuple[date, ...]:
    """Due dates at ``every_months`` from the first infusion while they are inside the span (T2).

    Each is counted from the anchor, never from the one before, so that a clipped month end does not stick.
    """
    dates = []
    count = 1
    while (due := add_months(span.first_infusion, every_months * count)) <= span.ends_on:
        dates.append(due)
        count += 1
    return tuple(dates)


@dataclass(frozen=True)
class MonitoringCalendar:
    """Due dates of the tests whose results stay in the prescriber's chart (M1, M2, M3, M5)."""

    monthly: tuple[date, ...]
    quarterly: tuple[date, ...]
    yearly: tuple[date, ...]


def monitoring_calendar(span: FollowUp) -> MonitoringCalendar:
    """Blood and urine each month, thyroid each third month, skin each year, to the end of follow-up."""
    return MonitoringCalendar(series(span, 1), series(span, 3), series(span, 12))


def status_slots(span: FollowUp, settings: ProgramSettings) -> tuple[Slot, ...]:
    """The status forms that are due over the whole span."""
    step = settings.status_interval_months
    return tuple(Slot(step * (i + 1), due) for i, due in enumerate(series(span, step)))


def fill_slots(
    slots: Sequence[Slot], forms: Iterable[StatusForm], settings: ProgramSettings
) -> tuple[tuple[Slot, ...], tuple[str, ...]]:
    """Put each status form into its slot, in order of receipt.

    A ticked month says which slot is meant; else the end of the period, else the day of receipt does. A form
    that comes before its slot opens fills none, and the first form keeps the slot.

    Args:
        slots: from ``status_slots``.
        forms: in order of receipt.
        settings: days before the due date when a slot opens, days of grace.

    Returns:
        The slots, and the document ids of forms that filled none.
    """
    filled = list(slots)
    homeless = []
    for form in forms:
        index = _slot_of(filled, form, settings)
        if index is None:
            homeless.append(form.document_id)
            continue
        due = filled[index].due_on
        grace = timedelta(days=settings.status_grace_days)
        state: SlotState = "on_time"
        if form.received_on < due - grace:
            state = "early"
        elif form.received_on > due + grace:
            state = "late"
        filled[index] = replace(
            filled[index], state=state, document_id=form.document_id, received_on=form.received_on
        )
    return tuple(filled), tuple(homeless)


def _slot_of(slots: Sequence[Slot], form: StatusForm, settings: ProgramSettings) -> int | None:
    early = timedelta(days=settings.status_early_days)
    opened = [i for i, slot in enumerate(slots) if slot.due_on - early <= form.received_on]
    free = [i for i in opened if slots[i].document_id is None]
    if form.month is not None and any(slot.month == form.month for slot in slots):
        return next((i for i in free if slots[i].month == form.month), None)
    if not opened:
        return None
    said = form.period_to or form.received_on
    meant = [i for i in opened if slots[i].due_on - early <= said]
    return meant[-1] if meant and meant[-1] in free else None


def age_slots(
    slots: Sequence[Slot],
    today: date,
    settings: ProgramSettings,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> tuple[Slot, ...]:
    """What became of each slot by ``today``: reminded, due, overdue in tiers, missed, or not applicable.

    Args:
        slots: filled by ``fill_slots``.
        today: the day asked about.
        settings: reminder days, grace, tiers.
        starts_on: slots due before this day were never asked of this program (a patient treated elsewhere).
        ends_on: slots due after this day are not asked (the patient died).
    """
    aged = []
    for slot, follower in zip(slots, [*slots[1:], None], strict=True):
        if slot.document_id is not None:
            aged.append(slot)
        elif (starts_on and slot.due_on < starts_on) or (ends_on and slot.due_on > ends_on):
            aged.append(replace(slot, state="not_applicable"))
        else:
            missed_on = missed_from(slot, follower, settings)
            state, tier = age_of(slot.due_on, missed_on, today, settings)
            aged.append(replace(slot, state=state, tier=tier))
    return tuple(aged)


def missed_from(slot: Slot, follower: Slot | None, settings: ProgramSettings) -> date:
    """The day from which a slot that is still open is missed: when the next one is due."""
    return follower.due_on if follower else add_months(slot.due_on, settings.status_interval_months)


def age_of(due_on: date, missed_on: date, today: date, settings: ProgramSettings) -> tuple[SlotState, int]:
    """What became of a status form that has not come, and its tier.

    Args:
        due_on: the day on which it is due.
        missed_on: the day on which the next one is due: from then on it is missed.
        today: the day asked about.
        settings: reminder days, grace, tiers.
    """
    if today < due_on - timedelta(days=settings.reminder_days):
        return "scheduled", 0
    if today < due_on:
        return "reminded", 0
    days_over = (today - due_on).days - settings.status_grace_days
    if days_over <= 0:
        return "due", 0
    tier = 1 + sum(days_over > limit for limit in settings.overdue_tiers_days)
    return ("missed" if today >= missed_on else "overdue"), tier
