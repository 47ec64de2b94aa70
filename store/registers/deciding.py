"""What people decide about parties and forms: always with their account, their role and a reason.

Each decision is one transaction with its row in the audit trail; then the states that lean on it follow, and
what changed is told.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.engine import Engine

from store.database import reading, writing
from store.errors import StoreError
from store.registers.finding import find
from store.registers.folding import fold_stale
from store.registers.following import Followed, told, what_is_known
from store.registers.opening import Opened, Program, lock_registers, open_ledger
from store.registers.registering import take_decision
from validators.program.decisions import (
    Decertified,
    Decision,
    Joined,
    JoinedAs,
    Linked,
    Merged,
    NonComplianceNoted,
    Reinstated,
    RepresentativeLeft,
    Suspended,
    Unmerged,
)
from validators.program.events import Who
from validators.program.mentions import FOUNDING, KIND_OF, REFERRING, Role
from validators.program.registry import party_id
from validators.program.rems_ids import PartyKind

STEPS: dict[str, type[Suspended | Decertified | Reinstated | RepresentativeLeft]] = {
    "suspend": Suspended,
    "decertify": Decertified,
    "reinstate": Reinstated,
    "representative_left": RepresentativeLeft,
}

Decide = Callable[[Opened, datetime, Who], Sequence[Decision]]
"""The decisions to take, once the registers are held and all that they hang on can be looked at."""


class DecisionRefused(StoreError):
    """A decision that has no ground, no reason, or not the role that it needs; nothing was kept."""


def decide_on_standing(
    engine: Engine,
    program: Program,
    step: str,
    kind: PartyKind,
    identifier: str,
    *,
    by: str,
    role: str,
    reason: str,
) -> Followed:
    """Suspend, decertify or reinstate a prescriber or a site as of now, or note that its representative left.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        step: one of ``STEPS``.
        kind: of the party; a patient has no standing.
        identifier: REMS ID, NPI, NCPDP number, or the party's own id.
        by: account of the person.
        role: the person's role; ``standing_roles`` of the settings may decide.
        reason: in the person's words.

    Raises:
        DecisionRefused: the role may not, there is no reason, or the party is no such thing.
        UnknownParty, AmbiguousParty: nobody, or several, bear the identifier.
        StoreUnreachable, StoreBusy, DiskFull: nothing was kept.
    """
    _check(program.settings.standing_roles, step.replace("_", " "), role, reason)
    if kind == "patient":
        raise DecisionRefused("A patient is neither suspended nor reinstated; name a prescriber or a site.")
    if step == "representative_left" and kind == "prescriber":
        raise DecisionRefused("A prescriber has no representative; name a facility or a pharmacy.")

    def decide(opened: Opened, now: datetime, who: Who) -> Sequence[Decision]:
        party = find(opened, kind, identifier)
        return [STEPS[step](decision_id=str(uuid4()), at=now, who=who, reason=reason, party=party)]

    return _take(engine, program, decide, Who(by, role))


def note_non_compliance(
    engine: Engine,
    program: Program,
    kind: PartyKind,
    identifier: str,
    what: str,
    *,
    by: str,
    role: str,
    reason: str,
) -> Followed:
    """Note an event of non-compliance of a prescriber or a site; raises as ``decide_on_standing`` does.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        kind: of the party.
        identifier: REMS ID, NPI, NCPDP number, or the party's own id.
        what: a short code of the kind of event, such as ``dispensed_unauthorized``.
        by: account of the person.
        role: the person's role; ``identity_roles`` of the settings may.
        reason: in the person's words.
    """
    _check(program.settings.identity_roles, "note an event of non-compliance", role, reason)
    if kind == "patient":
        raise DecisionRefused("Events of non-compliance are a prescriber's or a site's; name one.")
    if not what.strip():
        raise DecisionRefused("Say in a word what happened, such as dispensed_unauthorized.")

    def decide(opened: Opened, now: datetime, who: Who) -> Sequence[Decision]:
        party = find(opened, kind, identifier)
        return [
            NonComplianceNoted(
                decision_id=str(uuid4()), at=now, who=who, reason=reason, party=party, kind=what.strip()
            )
        ]

    return _take(engine, program, decide, Who(by, role))


def link(
    engine: Engine,
    program: Program,
    document_id: str,
    form_role: Role,
    party: str | None,
    *,
    by: str,
    role: str,
    reason: str,
) -> Followed:
    """Say whom a form means in a role.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        document_id: of the form.
        form_role: in which the form mentions somebody.
        party: an identifier of whom it means; none for somebody new, whom only an enrollment brings in.
        by: account of the person.
        role: the person's role; ``identity_roles`` of the settings may.
        reason: in the person's words.

    Raises:
        DecisionRefused: the role may not, there is no reason, or the form mentions nobody in that role.
        UnknownParty, AmbiguousParty: nobody, or several, bear the identifier.
        StoreUnreachable, StoreBusy, DiskFull: nothing was kept.
    """
    _check(program.settings.identity_roles, "say whom a form means", role, reason)

    def decide(opened: Opened, now: datetime, who: Who) -> Sequence[Decision]:
        form = _form_of(opened, document_id)
        if form_role not in {FOUNDING.get(form), *REFERRING.get(form, ())}:
            raise DecisionRefused(
                f"A form of the kind {form} mentions nobody as {form_role}; look at the form again."
            )
        if party is None and form_role != FOUNDING.get(form):
            raise DecisionRefused(
                f"Only an enrollment form brings in somebody new; ask for the {form_role}'s enrollment."
            )
        meant = None if party is None else find(opened, KIND_OF[form_role], party)
        return [_link(document_id, form_role, meant, at=now, who=who, reason=reason)]

    return _take(engine, program, decide, Who(by, role))


def merge(
    engine: Engine,
    program: Program,
    kind: PartyKind,
    kept: str,
    gone: str,
    *,
    by: str,
    role: str,
    reason: str,
) -> Followed:
    """Make two parties one; ``decision_id`` of the answer is what ``unmerge`` undoes it by.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        kind: of both parties.
        kept: an identifier of the one whose id stays.
        gone: an identifier of the other.
        by: account of the person.
        role: the person's role; ``standing_roles`` of the settings may.
        reason: in the person's words.

    Raises:
        DecisionRefused: the role may not, there is no reason, or both are one already.
        UnknownParty, AmbiguousParty: nobody, or several, bear an identifier.
        StoreUnreachable, StoreBusy, DiskFull: nothing was kept.
    """
    _check(program.settings.standing_roles, "merge", role, reason)

    def decide(opened: Opened, now: datetime, who: Who) -> Sequence[Decision]:
        both = find(opened, kind, kept), find(opened, kind, gone)
        if both[0] == both[1]:
            raise DecisionRefused("Both identifiers are one party's already; there is nothing to merge.")
        return [Merged(decision_id=str(uuid4()), at=now, who=who, reason=reason, kept=both[0], gone=both[1])]

    return _take(engine, program, decide, Who(by, role))


def unmerge(engine: Engine, program: Program, merge_id: str, *, by: str, role: str, reason: str) -> Followed:
    """Undo a merge; each form means again whom it meant before.

    Raises:
        DecisionRefused: the role may not, there is no reason, or there is no such merge in force.
        StoreUnreachable, StoreBusy, DiskFull: nothing was kept.
    """
    _check(program.settings.standing_roles, "undo a merge", role, reason)

    def decide(opened: Opened, now: datetime, who: Who) -> Sequence[Decision]:
        if opened.decisions.merge(merge_id) is None:
            raise DecisionRefused("There is no merge of this number; look it up with the party again.")
        if opened.decisions.is_undone(merge_id):
            raise DecisionRefused("This merge was undone already.")
        return [Unmerged(decision_id=str(uuid4()), at=now, who=who, reason=reason, merge_id=merge_id)]

    return _take(engine, program, decide, Who(by, role))


def join(
    engine: Engine,
    program: Program,
    document_id: str,
    earlier_id: str,
    how: JoinedAs,
    *,
    by: str,
    role: str,
    reason: str,
) -> Followed:
    """Say how a form relates to an earlier one of the same party; both are kept.

    A page that tells nobody's name joins the earlier form's patient by it.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        document_id: of the later form.
        earlier_id: of the earlier form, or the number of the case that was opened for it.
        how: what the later one is to the earlier one.
        by: account of the person.
        role: the person's role; ``identity_roles`` of the settings may.
        reason: in the person's words.

    Raises:
        DecisionRefused: the role may not, there is no reason, or the two cannot belong together.
        StoreUnreachable, StoreBusy, DiskFull: nothing was kept.
    """
    _check(program.settings.identity_roles, "join forms", role, reason)

    def decide(opened: Opened, now: datetime, who: Who) -> Sequence[Decision]:
        earlier = opened.decisions.opener(earlier_id.strip().upper()) or earlier_id
        form, earlier_form = _form_of(opened, document_id), _form_of(opened, earlier)
        orders = [opened.book.revisions(one)[0].order for one in (earlier, document_id)]
        if form != earlier_form or orders[0] >= orders[1]:
            raise DecisionRefused(
                "Only a later form of the same kind joins an earlier one; name the later one first."
            )
        joined = Joined(
            decision_id=str(uuid4()),
            at=now,
            who=who,
            reason=reason,
            document_id=document_id,
            earlier_id=earlier,
            kind=how,
        )
        own: Role = FOUNDING.get(form, "patient")
        meant, theirs = (opened.ledger.party(one, own) for one in (document_id, earlier))
        if meant == theirs or how == "separate":
            return [joined]
        if meant is not None or theirs is None:
            raise DecisionRefused(
                "The two forms are about different people; say first whom each of them means."
            )
        return [_link(document_id, own, theirs, at=now, who=who, reason=reason), joined]

    return _take(engine, program, decide, Who(by, role))


def _check(allowed: frozenset[str], what: str, role: str, reason: str) -> None:
    if role not in allowed:
        raise DecisionRefused(f"Only {', '.join(sorted(allowed))} may {what} (N2); ask one of them.")
    if not reason.strip():
        raise DecisionRefused("A decision needs its reason (N2); give it in your words.")


def _form_of(opened: Opened, document_id: str) -> str:
    revisions = opened.book.revisions(document_id)
    if not revisions:
        raise DecisionRefused("The registers have no such form; look the document up again.")
    return revisions[-1].form


def _link(
    document_id: str, form_role: Role, party: str | None, *, at: datetime, who: Who, reason: str
) -> Linked:
    return Linked(
        decision_id=str(uuid4()),
        at=at,
        who=who,
        reason=reason,
        document_id=document_id,
        role=form_role,
        party=party,
    )


def _take(engine: Engine, program: Program, decide: Decide, who: Who) -> Followed:
    """Take decisions in one transaction, fold what they touch, and tell what changed."""
    now = datetime.now(UTC)
    with writing(engine) as session:
        lock_registers(session)
        opened = open_ledger(session, program)
        decisions = decide(opened, now, who)
        parties, documents = set[str](), set[str]()
        for decision in decisions:
            touched = take_decision(opened, decision)
            parties |= touched.parties
            documents |= touched.documents
        if isinstance(decisions[-1], Linked) and decisions[-1].party is None:
            parties.add(party_id(decisions[-1].role, decisions[-1].document_id))
        before = what_is_known(session, parties)
    fold_stale(engine, program)
    with reading(engine) as session:
        after = what_is_known(session, parties)
    return told(decisions[-1].decision_id, before, after, frozenset(documents))
