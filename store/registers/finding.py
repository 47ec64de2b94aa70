"""Finding a party by what a caller has at hand."""

from store.errors import StoreError
from store.registers.opening import Opened
from validators.program.case_numbers import LETTER
from validators.program.rems_ids import PartyKind


class UnknownParty(StoreError):
    """Nobody in the registers has this identifier."""


class AmbiguousParty(StoreError):
    """Several parties have this identifier (X3)."""


def find(opened: Opened, kind: PartyKind, identifier: str) -> str:
    """The id of the party with a REMS ID, an NPI, an NCPDP number, its own id, or a case of one of its forms.

    Raises:
        UnknownParty: nobody of this kind has it.
        AmbiguousParty: several have it: a person has to say whose it is.
    """
    given = identifier.strip()
    registry, shelf = opened.ledger.registry, opened.shelf
    own = registry.current(given) if given.startswith(f"{kind}:") else None
    if own is not None and registry.founding_documents(own):
        return own
    given = given.upper()
    if given.startswith(f"{LETTER}-") and (form := opened.decisions.opener(given)) is not None:
        meant = opened.ledger.party(form, kind)
        if meant is None:
            raise UnknownParty(f"Nobody knows yet which {kind} the form of this case means; link it first.")
        return meant
    names = {name for name in shelf.holders(given) if name.startswith(f"{kind}:")}
    keys = frozenset(f"{kind[:2]}:{letter}:{given}" for letter in "rnc")
    named: set[str | None] = {*names}
    named |= {one.resolution.party for one in shelf.sharing(keys, teachers=True) if one.mention.founding}
    parties = {party for name in named if (party := registry.current(name)) is not None}
    if not parties:
        raise UnknownParty(
            f"No {kind} with this identifier is in the registers; check it, or look in the review queue."
        )
    if len(parties) > 1:
        raise AmbiguousParty(
            f"Several {_plural(kind)} bear this identifier (rule X3); a supervisor has to say whose it is."
        )
    return parties.pop()


def _plural(kind: PartyKind) -> str:
    return {"facility": "facilities", "pharmacy": "pharmacies"}.get(kind, f"{kind}s")
