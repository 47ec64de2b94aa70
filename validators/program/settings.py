"""What the program leaves open, each as one setting with its default and the reason for it."""

from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from validators.program import case_numbers, rems_ids


class ProgramSettings(BaseModel):
    """Settings of the program's rules. The first twelve are the program's open decisions, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    baseline_window: Literal["per_course", "first_only", "by_version"] = Field(
        default="per_course",
        description="Decision 1: whether baseline labs are due before each course or before the first "
        "infusion only. The program's words of 2015 allow both (W1, W2), those from 10/2019 "
        "say each course (W3); `by_version` follows the form's revision. Default: the "
        "stricter (W5).",
    )
    baseline_evidence: Literal["dates", "yes_only"] = Field(
        default="dates",
        description="Decision 2: what proves a baseline lab on the authorization form. `dates` wants "
        "yes and the date, without which the window cannot be checked; `yes_only` takes the "
        "yes. Values are never needed.",
    )
    assessment_pass_mark: int = Field(
        default=8,
        ge=1,
        le=8,
        description="Decision 3: right answers of 8 that pass the knowledge assessment. The sources say "
        "'successfully complete'; all of them is the strictest reading (G1).",
    )
    assessment_attempts: int | None = Field(
        default=3,
        ge=1,
        description="Decision 3: failed attempts after which staff talk to the prescriber about the "
        "training. No source limits attempts, so more are scored all the same.",
    )
    checklist_business_days: int = Field(
        default=5,
        ge=0,
        description="Decision 4: business days after the course's last day until the infusion checklist "
        "is due (C1, from memory of the public materials; sibling programs: 1 to 7 days, "
        "C2).",
    )
    checklist_from_version: str = Field(
        default="2014-11",
        description="Decision 4: the program version (YYYY-MM) from which checklists are due. When the "
        "form came in is unknown; default: from the first approval, so that no course goes "
        "without.",
    )
    authorization_life_days: int | None = Field(
        default=None,
        ge=0,
        description="Decision 5: days an authorization lives after its form's receipt. None: it lives "
        "while the oldest required lab is inside the baseline window on the first infusion "
        "day (A1).",
    )
    reenrollment_months: int = Field(
        default=24, ge=1, description="Decision 6: months until a facility or pharmacy enrolls again (E1)."
    )
    reenrollment: Literal["off", "warn", "close"] = Field(
        default="warn",
        description="Decision 6: what happens when the period of re-enrollment is over. The rule is "
        "from memory only (E1), so by default staff are told and the gates stay open.",
    )
    adverse_event_business_days: int = Field(
        default=1,
        ge=0,
        description="Decision 7: business days from the receipt of the fax (not from its review) until "
        "a possible adverse event is forwarded. Common contract practice, in no source of "
        "this program (V4).",
    )
    status_early_days: int = Field(
        default=60,
        ge=0,
        le=150,
        description="Decision 8: a status form counts for a slot from this many days before it is due; "
        "earlier forms are kept but fill no slot. Not public (T5); two months is a third of "
        "the interval.",
    )
    status_grace_days: int = Field(
        default=30,
        ge=0,
        le=120,
        description="Decision 8: a status form is on time within this many days of the due date, before "
        "and after it, and overdue from then on (T5: not public).",
    )
    rems_id_pattern: str = Field(
        default=rems_ids.DEFAULT_PATTERN,
        description="Decision 9: pattern of a whole REMS ID. The program's own is unknown (X3); this "
        "one is invented, with a check character by ISO 7064 mod 37,36 over the letter and "
        "the seven digits.",
    )
    case_number_pattern: str = Field(
        default=case_numbers.DEFAULT_PATTERN,
        description="Pattern of a case number, which an incomplete form gets and whoever answers names. "
        "The program's own is unknown; this one has the check character of a REMS ID.",
    )
    care_transfer_form: Literal["accept", "ask"] = Field(
        default="accept",
        description="Decision 10: whether a 'no longer under care' form ends a link by itself. The duty "
        "is known (L1), no paper form is; `ask` leaves the link until a person confirms.",
    )
    unknown_version_follows: str = Field(
        default="2021-03",
        description="Decision 11: the program version whose rules hold for versions whose changes are "
        "not known (the update of 03/2024 shows the same goal).",
    )
    fax_number: str = Field(
        default="8555572478",
        pattern=r"^\d{10}$",
        description="Decision 12: the fax number for every form. The brochure names it for enrollment "
        "and orders only; the same is assumed for authorizations and status forms.",
    )

    time_zone: str = Field(
        default="America/New_York", description="The program's time zone: it decides on which day a fax came."
    )
    window_days: int = Field(
        default=30, ge=0, description="Days of the baseline window, both ends count (W4)."
    )
    status_interval_months: int = Field(default=6, ge=1, description="Months between status forms (T1).")
    follow_up_months: int = Field(
        default=48, ge=1, description="Months of follow-up after the last infusion (T1)."
    )
    reminder_days: int = Field(
        default=30, ge=0, description="Days before the due date when a status form is reminded."
    )
    overdue_tiers_days: tuple[int, ...] = Field(
        default=(30, 60, 90),
        description="Days after the end of grace at which an overdue status form enters the next tier.",
    )
    course_span_days: int = Field(
        default=30,
        ge=5,
        description="Infusion days at most this far apart belong to one course (five or three "
        "consecutive days, D1).",
    )
    course_interval_months: int = Field(
        default=12,
        ge=0,
        description="Months from the first day of a course to the next course (D1, D2): a warning.",
    )
    maximum_courses: int | None = Field(
        default=None,
        ge=1,
        description="Courses that may be ordered. The brochure shows two, later labels more (D2).",
    )
    holidays: frozenset[str] = Field(
        default=frozenset(), description="Days (YYYY-MM-DD) that are no business days, besides weekends."
    )
    standing_roles: frozenset[str] = Field(
        default=frozenset({"lead", "supervisor"}),
        description="Roles that may suspend, decertify and reinstate, and merge parties.",
    )
    identity_roles: frozenset[str] = Field(
        default=frozenset({"triage", "reviewer", "safety", "lead", "supervisor"}),
        description="Roles that may say whom a form means, join forms, and note events of non-compliance.",
    )
    escalation: tuple[tuple[int, str], ...] = Field(
        default=((1, "follow_up"), (2, "warning"), (3, "propose_suspension")),
        description="Events of non-compliance within the period, and the step each number calls for. No "
        "step closes a gate by itself: a person suspends.",
    )
    escalation_months: int = Field(
        default=12, ge=1, description="The period in which events are counted, in months."
    )
    match_certain: float = Field(
        default=0.99,
        gt=0.5,
        lt=1,
        description="Probability from which a match may be taken without a person.",
    )
    match_offered: float = Field(
        default=0.002, gt=0, lt=0.5, description="Probability from which a candidate is shown to a person."
    )
    settle_by_register: bool = Field(
        default=True,
        description="Whether a phone, ZIP or number that was read in doubt is settled where an enrollment of "
        "whom the form surely means gives exactly what the reading offered.",
    )
    match_candidates: int = Field(default=5, ge=1, description="Candidates shown at most.")

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)
