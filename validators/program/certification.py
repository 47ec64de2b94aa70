"""Prescribers, facilities, pharmacies: how each gains and loses its standing (G1 to G4, E1, E2, N2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from validators.program.decisions import Decertified, Decision, Reinstated, RepresentativeLeft, Suspended
from validators.program.events import AssessmentAnswered, FormEvent, PrescriberEnrolled, SiteEnrolled
from validators.program.moments import add_months, start_of
from validators.program.rules import ProgramFinding, found
from validators.program.settings import ProgramSettings
from validators.program.standing import Cause, Change, add_change, by_form, first_in, state_at

CERTIFIED = "certified"
ACTIVE = "active"

AssessmentKey = Sequence[str]
"""The right answers to questions 1 to 8. Data, since the real key is not public."""


@dataclass(frozen=True)
class Attempt:
    """One knowledge assessment: the number of right answers, and whether that passes."""

    document_id: str
    score: int
    passed: bool


@dataclass(frozen=True)
class Standing:
    """What the program knows of a prescriber or a site.

    Attributes:
        changes: in order of time; their causes explain the state.
        attempts: of the assessment; prescribers only.
        expires_on: the last day before a site has to enroll again.
    """

    party: str
    changes: tuple[Change, ...]
    findings: tuple[ProgramFinding, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    expires_on: date | None = None

    def at(self, moment: datetime) -> str:
        """The state in force at a moment."""
        return state_at(self.changes, moment)

    def first_in(self, state: str, since: datetime) -> datetime | None:
        """The first moment from ``since`` on in ``state``."""
        return first_in(self.changes, state, since)


def score(answers: Sequence[str | None], key: AssessmentKey) -> int:
    """The number of right answers of an assessment, capitals aside."""
    return sum(
        given is not None and given.casefold() == right.casefold()
        for given, right in zip(answers, key, strict=True)
    )


@dataclass
class _Fold:
    """The state of the fold over one party's events."""

    party: str
    settings: ProgramSettings
    changes: list[Change] = field(default_factory=list)
    findings: list[ProgramFinding] = field(default_factory=list)
    suspended: bool = False
    decertified: bool = False
    enrolled: bool = False
    seen: bool = False
    last_form: str | None = None

    def decide(self, decision: Decision) -> Cause | None:
        """Take a decision on the standing in; none when it had no effect, which is a finding."""
        obstacle = ""
        if decision.who.role not in self.settings.standing_roles:
            obstacle = f"it needs one of the roles {', '.join(sorted(self.settings.standing_roles))}"
        elif not decision.reason.strip():
            obstacle = "it gives no reason"
        elif isinstance(decision, Reinstated) and self.decertified:
            obstacle = "a decertified party has to certify or enroll anew"
        elif isinstance(decision, Reinstated) and not self.suspended:
            obstacle = "the party is not suspended"
        if obstacle:
            self.findings.append(found("N2", party=self.party, reason=obstacle))
            return None
        if isinstance(decision, Suspended):
            self.suspended = True
        elif isinstance(decision, Reinstated):
            self.suspended = False
        elif isinstance(decision, Decertified):
            self.decertified, self.suspended, self.enrolled, self.seen = True, False, False, False
        return Cause("N2", None, decision.who, decision.reason)

    def barred(self) -> str | None:
        """The state that a decision put the party in, if it still does."""
        if self.decertified:
            return "decertified"
        return "suspended" if self.suspended else None

    def note(self, rule: str, **words: str | int) -> None:
        """Note a finding about the last form."""
        self.findings.append(found(rule, party=self.party, document_id=self.last_form, fields=(), **words))


def _timeline(events: Iterable[FormEvent], decisions: Iterable[Decision]) -> list[FormEvent | Decision]:
    def order(item: FormEvent | Decision) -> tuple[datetime, str]:
        return item.order

    return sorted([*events, *decisions], key=order)


@dataclass
class _PrescriberFold(_Fold):
    key: AssessmentKey = ()
    attempts: list[Attempt] = field(default_factory=list)
    passed: bool = False

    def take(self, item: FormEvent | Decision) -> Cause | None:
        if isinstance(item, Decision):
            cause = self.decide(item)
            self.passed = self.passed and not (cause and isinstance(item, Decertified))
            return cause
        if isinstance(item, AssessmentAnswered):
            right = score(item.answers, self.key)
            passes = right >= self.settings.assessment_pass_mark
            self.attempts.append(Attempt(item.head.document_id, right, passes))
            self.passed = self.passed or passes
            words = f"assessment: {right} of {len(self.key)} right"
        elif isinstance(item, PrescriberEnrolled):
            self.seen = True
            self.enrolled = self.enrolled or (item.head.complete and item.signed)
            words = "enrollment form"
        else:
            return None
        self.last_form = item.head.document_id
        self.decertified = self.decertified and not (self.passed and self.enrolled)
        return by_form("G1", item, words)

    @property
    def state(self) -> str:
        if (barred := self.barred()) is not None:
            return barred
        if self.passed and self.enrolled:
            return CERTIFIED
        if self.seen:
            return "pending"
        return "assessed" if self.passed else "training"


def prescriber_standing(
    party: str,
    events: Iterable[FormEvent],
    decisions: Iterable[Decision],
    key: AssessmentKey,
    settings: ProgramSettings,
) -> Standing:
    """Fold a prescriber's forms and the decisions about it, in order of receipt.

    Certified with a passed assessment and a complete, signed enrollment, in whichever order they came; a
    decertified prescriber needs both anew.

    Args:
        party: the prescriber's id.
        events: of the prescriber's own forms, any order.
        decisions: about this prescriber, any order.
        key: the right answers of the assessment.
        settings: pass mark, attempts, roles.
    """
    fold = _PrescriberFold(party, settings, key=key)
    for item in _timeline(events, decisions):
        if (cause := fold.take(item)) is not None:
            add_change(fold.changes, item.order[0], fold.state, cause)
    failures = sum(not attempt.passed for attempt in fold.attempts)
    if settings.assessment_attempts and failures >= settings.assessment_attempts and not fold.passed:
        fold.note("TRAIN-01", attempts=failures)
    if fold.seen and not (fold.passed and fold.enrolled):
        gaps = [] if fold.passed else ["no passed assessment"]
        gaps += [] if fold.enrolled else ["the enrollment form is not complete and signed"]
        fold.note("G2", missing=", ".join(gaps))
    return Standing(party, tuple(fold.changes), tuple(fold.findings), tuple(fold.attempts))


@dataclass
class _SiteFold(_Fold):
    represented: bool = False
    gaps: tuple[str, ...] = ()
    expires_on: date | None = None

    def take(self, item: FormEvent | Decision) -> Cause | None:
        if isinstance(item, RepresentativeLeft):
            self.represented = False
            return Cause("E1", None, item.who, item.reason)
        if isinstance(item, Decision):
            return self.decide(item)
        if not isinstance(item, SiteEnrolled):
            return None
        self.seen, self.last_form, self.gaps = True, item.head.document_id, _site_gaps(item)
        if not self.gaps:
            self.enrolled, self.represented, self.decertified = True, True, False
            period = self.settings.reenrollment_months
            self.expires_on = item.expires_on or add_months(item.head.received_on, period)
        rule = "G3" if item.head.form == "pharmacy_enrollment" else "G4"
        return by_form(rule, item, f"enrollment form ({item.request or 'new'})")

    def state_at(self, moment: datetime) -> str:
        if (barred := self.barred()) is not None:
            return barred
        if not self.enrolled:
            return "pending"
        if not self.represented:
            return "inactive"
        over = self.expired_at()
        return "expired" if over is not None and over <= moment else ACTIVE

    def expired_at(self) -> datetime | None:
        """When the period of re-enrollment ends and closes the gates; none where it does not."""
        if self.settings.reenrollment != "close" or self.expires_on is None:
            return None
        return start_of(self.expires_on + timedelta(days=1), self.settings.zone)

    def expire(self, until: datetime) -> None:
        """Close an active site whose period ended by ``until``."""
        over = self.expired_at()
        if over is not None and over <= until and self.changes and self.changes[-1].state == ACTIVE:
            add_change(self.changes, over, "expired", Cause("E1", reason="the period of re-enrollment ended"))


def site_standing(
    party: str,
    events: Iterable[FormEvent],
    decisions: Iterable[Decision],
    as_of: datetime,
    settings: ProgramSettings,
) -> Standing:
    """Fold a facility's or pharmacy's enrollment forms and the decisions about it, in order of receipt.

    Active with a complete, signed form that names a representative who is trained, and for a facility
    equipment on site. Each such form starts the period of re-enrollment anew.

    Args:
        party: the site's id.
        events: of the site's own forms, any order.
        decisions: about this site, any order.
        as_of: nothing later is known; expiry is judged up to here.
        settings: period and effect of re-enrollment, roles.
    """
    fold = _SiteFold(party, settings)
    for item in _timeline(events, decisions):
        fold.expire(item.order[0])
        if (cause := fold.take(item)) is not None:
            add_change(fold.changes, item.order[0], fold.state_at(item.order[0]), cause)
    fold.expire(as_of)
    over = fold.expires_on and start_of(fold.expires_on + timedelta(days=1), settings.zone)
    if settings.reenrollment != "off" and over and over <= as_of:
        fold.note("E1", months=settings.reenrollment_months)
    if fold.seen and fold.gaps:
        fold.note("SITE-01", missing=", ".join(fold.gaps))
    return Standing(party, tuple(fold.changes), tuple(fold.findings), expires_on=fold.expires_on)


def _site_gaps(form: SiteEnrolled) -> tuple[str, ...]:
    wanted = {
        "the form is not complete": form.head.complete,
        "no signature": form.signed,
        "no authorized representative": form.representative_named,
        "the representative's training is not confirmed": form.trained,
        "equipment on site is not confirmed": form.equipped,
    }
    return tuple(gap for gap, given in wanted.items() if not given)
