"""The program as a fold over everything known: take in forms and decisions in any order, ask of any moment.

The ledger holds no state of a party: it holds what was recorded, and folds on demand. What it does keep up to
date is who is meant by which form, and which parties and documents a new fact touches.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from validators.program.asked import Asked
from validators.program.book import STANDING, Book, MemoryBook
from validators.program.care import PartyEvent, References
from validators.program.certification import AssessmentKey, Standing, prescriber_standing, site_standing
from validators.program.compliance import NonCompliance, noted_by
from validators.program.decisions import (
    CaseOpened,
    Decision,
    Joined,
    Linked,
    Merged,
    NonComplianceNoted,
    RemsIdIssued,
    Unmerged,
)
from validators.program.events import RecordedForm
from validators.program.joining import Join, joined_forms
from validators.program.matching import Match
from validators.program.mentions import FOUNDING, REFERRING, Mention, mentions_of
from validators.program.patients import PatientState, patient_state
from validators.program.reading_forms import events_of
from validators.program.registry import Registry
from validators.program.rules import ProgramFinding, found
from validators.program.settings import ProgramSettings
from validators.program.shelf import Shelf

SPECIMEN_KEY: AssessmentKey = ("d", "d", "c", "b", "d", "true", "true", "true")
"""Key of our specimen assessment; the real key is not public, so it is an argument everywhere."""

_EVER = datetime.max.replace(tzinfo=UTC)
"""A moment after everything."""

_IDENTITY = (Linked, Merged, Unmerged, RemsIdIssued)


@dataclass(frozen=True)
class Touched:
    """What has to be looked at again after something new was taken in."""

    parties: frozenset[str]
    documents: frozenset[str]


@dataclass(frozen=True)
class Snapshot:
    """Everything that is known at a moment: what replays are compared by, and what lists are made of."""

    standings: dict[str, Standing]
    patients: dict[str, PatientState]
    rems_ids: dict[str, str]
    joins: tuple[Join, ...]
    findings: tuple[ProgramFinding, ...]


class Ledger:
    """Forms and decisions as recorded; answers what the program knew and what follows from it."""

    def __init__(
        self,
        settings: ProgramSettings,
        key: AssessmentKey = SPECIMEN_KEY,
        *,
        book: Book | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self._settings = settings
        self._key = key
        self._book: Book = book if book is not None else MemoryBook()
        self.registry = Registry(settings, shelf)

    def record(self, form: RecordedForm) -> Touched:
        """Take in a form, or a corrected version of one; earlier versions stay."""
        before = self._parties_of({form.document_id})
        self._book.save(form)
        newest = self._book.revisions(form.document_id)[-1]
        mentions = mentions_of(newest, self._settings.rems_id_pattern)
        roles = {mention.role for mention in mentions}
        # A form may turn out to be another, or none; whom its earlier versions mentioned it mentions no more.
        earlier = {role for one in self._book.revisions(form.document_id) for role in _roles_of(one.form)}
        gone = sorted(earlier - roles)
        documents = self.registry.withdraw(form.document_id, gone) | self.registry.record(
            mentions, newest.order
        )
        return self._touched(documents | {form.document_id}, before)

    def decide(self, decision: Decision) -> Touched:
        """Take in what a person decided."""
        before: frozenset[str] = frozenset()
        if isinstance(decision, Merged):
            both = (self.registry.current(decision.kept), self.registry.current(decision.gone))
            before = frozenset(party for party in both if party is not None)
        self._book.decide(decision)
        documents: frozenset[str] = frozenset()
        if isinstance(decision, _IDENTITY):
            documents = self.registry.decide(decision)
        elif isinstance(decision, Joined):
            documents = frozenset({decision.document_id, decision.earlier_id})
        elif isinstance(decision, CaseOpened):
            # By itself a case changes nothing: only what names it, and came before it was opened, joins now.
            documents = self._book.case(decision.case_number) - {decision.document_id}
        elif isinstance(decision, STANDING):
            party = self.registry.current(decision.party)
            before = frozenset({party}) if party else frozenset()
            documents = self._documents(party) if party else frozenset()
        return self._touched(documents, before)

    def _touched(self, documents: frozenset[str], before: frozenset[str]) -> Touched:
        """The parties whose state follows from the documents, and what leans on those."""
        parties = before | self._parties_of(documents)
        leaning = {
            document
            for party in parties
            if not party.startswith("patient:")
            for document in self._documents(party)
        }
        return Touched(parties | self._parties_of(leaning), documents | leaning)

    def _parties_of(self, documents: Iterable[str]) -> frozenset[str]:
        """The parties whose own state a document bears on: the patient it names, or whom it enrolls."""
        every = frozenset(documents)
        self._book.expect(every)
        self.registry.expect(every)
        return frozenset(
            party
            for document in every
            if (revisions := self._book.revisions(document))
            for role in {"patient", FOUNDING.get(revisions[-1].form, "patient")}
            if (party := self.party(document, role)) is not None
        )

    def party(self, document: str, role: str) -> str | None:
        """Whom a form means; a page that fits nobody by itself means the patient of its case."""
        party = self.registry.party(document, role)
        if party is not None or role != "patient":
            return party
        if self.registry.resolution(document, role).match.outcome != "unknown":
            return None
        mates = sorted(
            (self._book.revisions(mate)[-1] for mate in self._mates(document)), key=lambda form: form.order
        )
        parties = (self.registry.party(mate.document_id, role) for mate in mates)
        return next((one for one in parties if one is not None), None)

    def _mates(self, document: str) -> frozenset[str]:
        """The other forms of a form's case."""
        revisions = self._book.revisions(document)
        case_number = revisions[-1].case_number if revisions else None
        return self._book.case(case_number) - {document} if case_number else frozenset()

    def _documents(self, party: str) -> frozenset[str]:
        """The documents that mention a party, and those of the same cases that mention nobody."""
        own = self.registry.documents(party)
        if not party.startswith("patient:"):
            return own
        self._book.expect(own)
        mates = {mate for document in own for mate in self._mates(document)}
        return own | {mate for mate in mates if self.party(mate, "patient") == party}

    def known_at(self, moment: datetime) -> "Ledger":
        """The ledger as it was at a moment: later forms, corrections and decisions taken away."""
        earlier = Ledger(self._settings, self._key)
        for form in self._book.forms():
            if (form.known_at or form.received_at) <= moment:
                earlier.record(form)
        for decision in self._book.decisions():
            if decision.at <= moment:
                earlier.decide(decision)
        return earlier

    def expect(self, parties: Collection[str]) -> None:
        """A hint that the states of these parties will be asked for."""
        patients = [party for party in parties if party.startswith("patient:")]
        self.registry.expect_parties(parties, whole=patients)
        documents = {document for party in patients for document in self.registry.documents(party)}
        documents |= {document for party in parties for document in self.registry.founding_documents(party)}
        self._book.expect(documents)
        self._book.expect(self.registry.expect(documents))

    def standing(self, party: str | None, moment: datetime) -> Standing | None:
        """What is known of a prescriber or a site at a moment; none for nobody."""
        if party is None or party.startswith("patient:"):
            return None
        forms, _, _ = self._forms(party, moment)
        events = [event for form in forms for event in events_of(form, self._settings)]
        decisions = [
            decision
            for decision in self._book.standing_decisions(self.registry.names(party))
            if decision.at <= moment
        ]
        if party.startswith("prescriber:"):
            return prescriber_standing(party, events, decisions, self._key, self._settings)
        return site_standing(party, events, decisions, moment, self._settings)

    def patient(self, party: str, moment: datetime) -> PatientState:
        """What is known of a patient at a moment."""
        forms, _, findings = self._forms(party, moment)
        state = self._folded(party, forms, moment)
        contradicted = self._contradicted(party, state, moment)
        return replace(state, findings=tuple(sorted({*state.findings, *findings, *contradicted}, key=_place)))

    def ask(self, party: str, moment: datetime) -> Asked:
        """A question about a party at a moment, as the gates take it."""
        return Asked(party, cache(lambda other: self.standing(other, moment)), moment, self._settings)

    def _folded(self, party: str, forms: Iterable[RecordedForm], moment: datetime) -> PatientState:
        standing_of = self.ask(party, moment).standing_of
        events = [
            PartyEvent(event, self._references(form))
            for form in forms
            for event in events_of(form, self._settings)
        ]
        return patient_state(party, events, standing_of, moment, self._settings)

    def _contradicted(self, party: str, state: PatientState, moment: datetime) -> list[ProgramFinding]:
        """AUT-01: authorizations in force when a correction was made, and without ground since."""
        findings: list[ProgramFinding] = []
        holding = {one.document_id for one in state.treatment.authorizations if one.granted_at is not None}
        documents = self._documents(party)
        if not any(self._is_authorization(document) for document in documents - holding):
            return findings
        for document in documents:
            for form in self._book.revisions(document):
                if form.known_at is None or form.revision == 0 or form.known_at > moment:
                    continue
                just_before = form.known_at - timedelta(microseconds=1)
                findings += [
                    found("AUT-01", party=party, document_id=document, course=one.course)
                    for one in self._folded(
                        party, self._forms(party, just_before)[0], just_before
                    ).treatment.authorizations
                    if one.granted_at is not None and one.document_id not in holding
                ]
        return findings

    def _is_authorization(self, document: str) -> bool:
        revisions = self._book.revisions(document)
        return bool(revisions) and revisions[-1].form == "patient_authorization"

    def _references(self, form: RecordedForm) -> References:
        def named(role: str) -> str | None:
            return self.registry.party(form.document_id, role)

        return References(named("prescriber"), named("facility"), named("pharmacy"), named("new_prescriber"))

    def _forms(
        self, party: str, moment: datetime
    ) -> tuple[tuple[RecordedForm, ...], tuple[Join, ...], tuple[ProgramFinding, ...]]:
        """The forms of a party that count then: its own for prescribers and sites, all for a patient."""
        role = party.partition(":")[0]
        patient = role == "patient"
        documents = self._documents(party) if patient else self.registry.founding_documents(party)
        self._book.expect(documents)
        if patient:
            self._book.expect(self.registry.expect(documents))
        forms = []
        for document in documents:
            revisions = self._book.revisions(document)
            known = [one for one in revisions if (one.known_at or one.received_at) <= moment]
            if not known or self.party(document, role) != party:
                continue
            if patient or FOUNDING.get(known[-1].form) == role:
                forms.append(known[-1])
        joined = self._book.joined({form.document_id for form in forms}, moment)
        return joined_forms(forms, party, joined)

    def joins(self, party: str, moment: datetime | None = None) -> tuple[Join, ...]:
        """How the forms of a party that do not count by themselves relate to earlier ones."""
        return self._forms(party, moment or _EVER)[1]

    def lacks(self, document: str) -> bool:
        """Whether a form counts and lacks something still, which no later page or form has brought."""
        revisions = self._book.revisions(document)
        if not revisions or revisions[-1].complete:
            return False
        own = self._own_party(document)
        counting = self._forms(own, _EVER)[0] if own else revisions[-1:]
        return any(form.document_id == document and not form.complete for form in counting)

    def is_in_doubt(self, document: str) -> bool:
        """Whether a form differs from an earlier one, and a person has to say what it is to that."""
        own = self._own_party(document)
        return own is not None and any(
            one.document_id == document and one.kind == "doubtful" for one in self.joins(own)
        )

    def _own_party(self, document: str) -> str | None:
        """The patient whom a form names, or whom it enrolls."""
        revisions = self._book.revisions(document)
        return self.party(document, FOUNDING.get(revisions[-1].form, "patient")) if revisions else None

    def case_finding(self, document: str) -> ProgramFinding | None:
        """CASE-01: the case under which what a form lacks is asked for; none where it lacks nothing."""
        revisions = self._book.revisions(document)
        case_number = revisions[-1].case_number if revisions else None
        if case_number is None or not self.lacks(document):
            return None
        return found("CASE-01", document_id=document, case_number=case_number)

    def noted(self, party: str, moment: datetime) -> tuple[NonCompliance, ...]:
        """The events of non-compliance that people noted about a party up to a moment."""
        names = self.registry.names(party)
        return tuple(
            noted_by(one, self._settings, party)
            for one in self._book.decisions()
            if isinstance(one, NonComplianceNoted) and one.party in names and one.at <= moment
        )

    def snapshot(self, moment: datetime) -> Snapshot:
        """Everything at a moment, questions of the register included."""
        parties = sorted(self.registry.parties())
        standings = {
            party: standing for party in parties if (standing := self.standing(party, moment)) is not None
        }
        patients = {party: self.patient(party, moment) for party in parties if party.startswith("patient:")}
        rems_ids = {party: given for party in parties if (given := self.registry.rems_id(party)) is not None}
        joins: list[Join] = []
        findings: set[ProgramFinding] = set(self._register_findings())
        for party in parties:
            _, related, noted = self._forms(party, moment)
            joins += related
            findings |= set(noted)
        for standing in standings.values():
            findings |= set(standing.findings)
        for patient in patients.values():
            findings |= set(patient.findings)
        return Snapshot(standings, patients, rems_ids, tuple(joins), tuple(sorted(findings, key=_place)))

    def questions_of_matching(self) -> Sequence[tuple[Mention, Match]]:
        """The mentions that wait for a person or for an enrollment."""
        return [
            (mention, result)
            for mention, result in self.registry.unresolved()
            if self.party(mention.document_id, mention.role) is None
        ]

    def _register_findings(self) -> Iterable[ProgramFinding]:
        for mention, result in self.questions_of_matching():
            yield from findings_of_match(mention, result)
        roles = self._settings.standing_roles
        for decision in self._book.decisions():
            if isinstance(decision, CaseOpened) and (asked := self.case_finding(decision.document_id)):
                yield asked
            if isinstance(decision, Merged | Unmerged) and decision.who.role not in roles:
                party = self.registry.current(decision.kept) if isinstance(decision, Merged) else None
                yield found("N2", party=party, reason=f"it needs one of the roles {', '.join(sorted(roles))}")
        for _, parties in self.registry.doubly_issued():
            for party in sorted(parties):
                yield found("X3", party=party)


def findings_of_match(mention: Mention, result: Match) -> Iterable[ProgramFinding]:
    """X3, MATCH-01, MATCH-02: what a mention that means nobody known asks of a person."""
    words = mention.role.replace("_", " ")
    if result.id_claimed:
        yield found("X3", document_id=mention.document_id, fields=(f"{mention.role}_rems_id",))
    if result.candidates:
        count = len(result.candidates)
        yield found("MATCH-01", document_id=mention.document_id, role=words, count=count)
    else:
        yield found("MATCH-02", document_id=mention.document_id, role=words)


def _roles_of(form: str) -> tuple[str, ...]:
    founded = FOUNDING.get(form)
    return ((founded,) if founded else ()) + REFERRING.get(form, ())


def _place(finding: ProgramFinding) -> tuple[str, str, str, str]:
    return finding.rule, finding.party or "", finding.document_id or "", finding.message
