"""From a form's normal values to the events they stand for: one maker a form."""

from collections.abc import Callable

from validators.program import answers
from validators.program.answers import Values
from validators.program.events import (
    AssessmentAnswered,
    BaselineFiled,
    BaselineLab,
    CareEnded,
    ChecklistFiled,
    DeathReported,
    FormEvent,
    Head,
    InfusionDay,
    InfusionReported,
    OrderPlaced,
    PatientEnrolled,
    PrescriberEnrolled,
    RecordedForm,
    SiteEnrolled,
    StatusReported,
)
from validators.program.moments import day_of
from validators.program.settings import ProgramSettings

BASELINE_LABS = ("cbc", "creatinine", "urinalysis", "thyroid", "skin_exam", "liver", "urine_ratio")
INFUSION_DAYS = range(1, 6)
QUESTIONS = range(1, 9)


def events_of(form: RecordedForm, settings: ProgramSettings) -> tuple[FormEvent, ...]:
    """The events of one recorded form; a form that is none of the program's gives none.

    Fields that wait for a person count as unanswered.

    Raises:
        ValueError: ``received_at`` has no time zone.
    """
    maker = MAKERS.get(form.form)
    if maker is None:
        return ()
    head = Head(
        document_id=form.document_id,
        form=form.form,
        version=form.version,
        received_at=form.received_at,
        received_on=day_of(form.received_at, settings.zone),
        complete=form.complete and not form.missing_pages,
        by=form.by,
    )
    return maker(head, form.sure_values)


def _prescriber(head: Head, values: Values) -> tuple[FormEvent, ...]:
    return (PrescriberEnrolled(head, signed=answers.yes(values, "signature") is True),)


def _assessment(head: Head, values: Values) -> tuple[FormEvent, ...]:
    given = tuple(answers.text(values, f"question_{number}") for number in QUESTIONS)
    return (AssessmentAnswered(head, given),)


def _site(head: Head, values: Values) -> tuple[FormEvent, ...]:
    pharmacy = head.form == "pharmacy_enrollment"
    return (
        SiteEnrolled(
            head,
            request=answers.text(values, "request"),
            signed=answers.yes(values, "signature") is True,
            representative_named=answers.text(values, "representative_last_name") is not None,
            trained=pharmacy or answers.yes(values, "training_done") is True,
            equipped=pharmacy or answers.yes(values, "equipment_on_site") is True,
            expires_on=answers.day(values, "office_expiry"),
        ),
    )


def _patient(head: Head, values: Values) -> tuple[FormEvent, ...]:
    signed = answers.yes(values, "patient_signature") or answers.yes(values, "guardian_signature")
    enrolled = PatientEnrolled(
        head,
        patient_signed=signed is True,
        prescriber_signed=answers.yes(values, "prescriber_signature") is True,
        counseled=answers.yes(values, "counseled") is not False,
    )
    last = answers.day(values, "last_infusion_date")
    if last is None:
        return (enrolled,)
    return enrolled, InfusionReported(head, first_on=None, last_on=last, course=None, outside=True)


def _order(head: Head, values: Values) -> tuple[FormEvent, ...]:
    chosen = answers.text(values, "vials")
    return (
        OrderPlaced(
            head,
            course=answers.course(values),
            vials=answers.whole(values, "vials_other" if chosen == "other" else "vials"),
            first_infusion_on=answers.day(values, "first_infusion_date"),
            pharmacy_needed=answers.text(values, "dispensing") != "buy_and_bill",
            signed=answers.yes(values, "signature") is True,
        ),
    )


def _authorization(head: Head, values: Values) -> tuple[FormEvent, ...]:
    labs = {
        lab: BaselineLab(answers.yes(values, f"{lab}_done"), answers.day(values, f"{lab}_date"))
        for lab in BASELINE_LABS
    }
    return (
        BaselineFiled(
            head,
            course=answers.course(values),
            first_infusion_on=answers.day(values, "first_infusion_date"),
            labs=labs,
            authorized=answers.yes(values, "authorized"),
            signed=answers.yes(values, "signature") is True,
        ),
    )


def _status(head: Head, values: Values) -> tuple[FormEvent, ...]:
    under_care = answers.yes(values, "still_under_care")
    events: list[FormEvent] = [
        StatusReported(
            head,
            month=answers.whole(values, "reporting_month"),
            period_to=answers.day(values, "period_to"),
            under_care=under_care,
        )
    ]
    last = answers.day(values, "infusion_last_date") or answers.day(values, "infusion_first_date")
    if answers.yes(values, "infused_since_last") and last is not None:
        first = answers.day(values, "infusion_first_date")
        course = answers.course(values, "infusion_course", "infusion_course_number")
        events.append(InfusionReported(head, first_on=first, last_on=last, course=course, outside=False))
    if answers.yes(values, "alive") is False:
        events.append(DeathReported(head, answers.day(values, "death_date")))
    if under_care is False:
        events.append(CareEnded(head, effective_on=None, accepted=False))
    return tuple(events)


def _checklist(head: Head, values: Values) -> tuple[FormEvent, ...]:
    days = tuple(
        InfusionDay(
            number,
            given_on=answers.day(values, f"day_{number}_date"),
            infused=answers.yes(values, f"day_{number}_infused"),
            observed=answers.yes(values, f"day_{number}_observed"),
            reaction=answers.yes(values, f"day_{number}_reaction"),
            serious=answers.yes(values, f"day_{number}_serious"),
        )
        for number in INFUSION_DAYS
    )
    return (
        ChecklistFiled(
            head,
            course=answers.course(values),
            authorized=answers.yes(values, "patient_authorized"),
            equipped=answers.yes(values, "equipment_present"),
            days=days,
            steroid_days=tuple(answers.yes(values, f"steroid_day_{number}") for number in (1, 2, 3)),
            antiviral=answers.yes(values, "antiviral_started"),
            outcome=answers.text(values, "course_outcome"),
            ended_on=answers.day(values, "course_end_date"),
        ),
    )


def _transfer(head: Head, values: Values) -> tuple[FormEvent, ...]:
    events: list[FormEvent] = [
        CareEnded(
            head,
            effective_on=answers.day(values, "effective_date"),
            accepted=answers.yes(values, "new_prescriber_signature") is True,
        )
    ]
    last = answers.day(values, "last_infusion_date")
    if last is not None:
        events.append(InfusionReported(head, first_on=None, last_on=last, course=None, outside=False))
    if answers.text(values, "reason") == "died":
        events.append(DeathReported(head, answers.day(values, "effective_date")))
    return tuple(events)


MAKERS: dict[str, Callable[[Head, Values], tuple[FormEvent, ...]]] = {
    "prescriber_enrollment": _prescriber,
    "knowledge_assessment": _assessment,
    "facility_enrollment": _site,
    "pharmacy_enrollment": _site,
    "patient_enrollment": _patient,
    "prescription_order": _order,
    "patient_authorization": _authorization,
    "patient_status": _status,
    "infusion_checklist": _checklist,
    "care_transfer": _transfer,
}
