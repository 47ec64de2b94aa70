"""How likely two sets of particulars mean the same person or site, and what may be decided from that alone.

Each agreement or difference weighs as a natural logarithm of odds (Fellegi and Sunter); the sum over the
prior is the probability. The weights are data. A match is taken without a person only where the particulars
that tell twins, parents and namesakes apart agree outright, whatever the probability.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from types import MappingProxyType
from typing import Literal

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio

from validators.program.mentions import Particulars
from validators.program.rems_ids import PartyKind
from validators.program.settings import ProgramSettings

Level = Literal["same", "near", "part", "differs", "unknown"]

WEIGHTS: Mapping[str, Mapping[Level, float]] = MappingProxyType(
    {
        "rems_id": {"same": 12.0, "differs": -6.0},
        "npi": {"same": 13.0, "differs": -8.0},
        "ncpdp": {"same": 12.0, "differs": -5.0},
        "date_of_birth": {"same": 8.0, "near": 2.0, "differs": -8.0},
        "last": {"same": 5.0, "part": 3.5, "near": 2.5, "differs": -4.0},
        "first": {"same": 4.0, "part": 1.5, "near": 1.0, "differs": -4.0},
        "middle": {"same": 1.0, "differs": -2.0},
        "suffix": {"same": 1.0, "part": -0.5, "differs": -6.0},
        "sex": {"same": 0.4, "differs": -4.0},
        "zip": {"same": 4.0, "near": 1.5, "differs": -1.5},
        "phone": {"same": 6.0, "near": 3.0, "differs": -1.0},
        "street": {"same": 3.0, "near": 1.5, "differs": -1.0},
        "name": {"same": 7.0, "near": 4.0, "part": 1.0, "differs": -5.0},
    }
)
PRIOR: Mapping[PartyKind, float] = MappingProxyType(
    {"patient": -13.8, "prescriber": -11.0, "facility": -9.5, "pharmacy": -9.5}
)
"""Log odds that a mention and a party drawn at random are the same: about one over the register's size."""

MARGIN = 7.0
"""Log odds by which the best candidate must lead the second to be taken without a person.

More than the day of birth with one digit misread costs (6), so that a misread day cannot turn a parent into
the namesake child; less than another first name costs (8), so that twins do not hold each other up.
"""


@dataclass(frozen=True)
class Evidence:
    """How the particulars of a mention and of a party compare, by field, and the log odds they add up to."""

    levels: Mapping[str, Level]
    log_odds: float

    @property
    def probability(self) -> float:
        """That both mean the same."""
        return 1 / (1 + exp(-max(-60.0, min(60.0, self.log_odds))))


@dataclass(frozen=True)
class Candidate:
    """A party that a mention may mean."""

    party: str
    probability: float
    evidence: Evidence


@dataclass(frozen=True)
class Match:
    """What became of a mention.

    Attributes:
        outcome: ``certain``: ``party`` is meant; ``doubtful``: a person chooses; ``unknown``: nobody fits.
        candidates: best first, for a person to choose from.
        id_claimed: the form bears an identifier of somebody whose other particulars contradict it (X3).
    """

    outcome: Literal["certain", "doubtful", "unknown"]
    party: str | None
    candidates: tuple[Candidate, ...]
    id_claimed: bool = False


def _exact(one: str, other: str) -> Level:
    if not one or not other:
        return "unknown"
    return "same" if one == other else "differs"


def _slip(one: str, other: str) -> Level:
    """Digits that may differ by one misread or two swapped."""
    level = _exact(one, other)
    if (
        level == "differs"
        and len(one) == len(other)
        and DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1
    ):
        return "near"
    return level


def _birth(one: str, other: str) -> Level:
    level = _slip(one, other)
    if level == "differs" and one[:4] == other[:4] and one[5:7] == other[8:] and one[8:] == other[5:7]:
        return "near"
    return level


def _last(one: str, other: str) -> Level:
    level = _exact(one, other)
    if level != "differs":
        return level
    first, second = set(one.split()), set(other.split())
    if one.replace(" ", "") == other.replace(" ", ""):
        return "same"
    if first & second and (first <= second or second <= first):
        return "part"
    return "near" if JaroWinkler.similarity(one, other) >= 0.88 else "differs"


def _first(one: str, other: str) -> Level:
    level = _exact(one, other)
    if level != "differs":
        return level
    if one.startswith(other) or other.startswith(one):
        return "part"
    return "near" if JaroWinkler.similarity(one, other) >= 0.85 else "differs"


def _suffix(one: str, other: str) -> Level:
    if one == other:
        return "same" if one else "unknown"
    return "differs" if one and other else "part"


def _site_name(one: str, other: str) -> Level:
    level = _exact(one, other)
    if level != "differs":
        return level
    likeness = token_sort_ratio(one, other)
    if likeness >= 90:
        return "near"
    words, others = set(one.split()), set(other.split())
    return "part" if words <= others or others <= words or likeness >= 75 else "differs"


def _street(one: str, other: str) -> Level:
    level = _exact(one, other)
    return "near" if level == "differs" and token_sort_ratio(one, other) >= 85 else level


PERSON = {
    "rems_id": _exact,
    "npi": _exact,
    "date_of_birth": _birth,
    "last": _last,
    "first": _first,
    "middle": _exact,
    "suffix": _suffix,
    "sex": _exact,
    "zip": _slip,
    "phone": _slip,
    "street": _street,
}
SITE = {
    "rems_id": _exact,
    "npi": _exact,
    "ncpdp": _exact,
    "name": _site_name,
    "zip": _slip,
    "phone": _slip,
    "street": _street,
}


UNKNOWN_LEVELS: Mapping[PartyKind, Mapping[str, Level]] = MappingProxyType(
    {
        kind: MappingProxyType(dict.fromkeys(SITE if kind in ("facility", "pharmacy") else PERSON, "unknown"))
        for kind in PRIOR
    }
)
"""The fields that are compared of each kind of party, when nothing is known of them."""


def compare(mention: Particulars, known: Particulars) -> Evidence:
    """Compare two sets of particulars of the same kind of party."""
    fields = SITE if mention.kind in ("facility", "pharmacy") else PERSON
    levels: dict[str, Level] = {
        name: level(getattr(mention, name), getattr(known, name)) for name, level in fields.items()
    }
    total = PRIOR[mention.kind] + sum(WEIGHTS[name].get(level, 0.0) for name, level in levels.items())
    return Evidence(MappingProxyType(levels), total)


def may_matter(mention: Particulars, known: Particulars, settings: ProgramSettings) -> bool:
    """Whether a set of particulars can bear on a match at all, whatever else is known.

    It can where it makes its party a candidate, or takes a candidate's lead away: every party that is taken
    has at least the probability ``match_certain``.
    """
    evidence = compare(mention, known)
    if "same" in (evidence.levels["rems_id"], evidence.levels["npi"]):
        return True
    offered, certain = (log(one / (1 - one)) for one in (settings.match_offered, settings.match_certain))
    return evidence.log_odds >= min(offered, certain - MARGIN)


Levels = Mapping[str, Level]


def _site_is_sure(levels: Levels, *, by_id: bool) -> bool:
    place = "same" in (levels["zip"], levels["phone"], levels["street"])
    if by_id:
        return levels["name"] in ("same", "near", "part") or (levels["name"] == "unknown" and place)
    whole_place = levels["zip"] == "same" and "same" in (levels["phone"], levels["street"])
    return levels["name"] == "same" and whole_place


def _prescriber_is_sure(levels: Levels, *, by_id: bool) -> bool:
    if by_id:
        return levels["last"] in ("same", "part", "near") and levels["first"] != "differs"
    place = levels["phone"] == "same" and levels["zip"] == "same"
    return levels["first"] == levels["last"] == "same" and place and levels["suffix"] != "part"


def _patient_is_sure(levels: Levels, *, by_id: bool) -> bool:
    """The day of birth tells parents from children, the first name tells twins apart."""
    born = levels["date_of_birth"]
    if born in ("differs", "near"):
        return False
    if by_id:
        known_as = levels["last"] in ("same", "part", "near") or born == "same"
        return levels["first"] in ("same", "part") and known_as
    place = "same" in (levels["zip"], levels["phone"])
    same_names = levels["first"] == levels["last"] == "same" and levels["middle"] != "differs"
    return same_names and born == "same" and place


_SURE: Mapping[PartyKind, Callable[..., bool]] = MappingProxyType(
    {
        "patient": _patient_is_sure,
        "prescriber": _prescriber_is_sure,
        "facility": _site_is_sure,
        "pharmacy": _site_is_sure,
    }
)


def _beyond_doubt(kind: PartyKind, levels: Levels) -> bool:
    """Whether what tells namesakes, twins and parents apart agrees outright."""
    if any(levels.get(name) == "differs" for name in ("rems_id", "npi", "ncpdp", "suffix", "sex")):
        return False
    by_id = any(levels.get(name) == "same" for name in ("rems_id", "npi", "ncpdp"))
    return _SURE[kind](levels, by_id=by_id)


def match(
    mention: Particulars, profiles: Mapping[str, Sequence[Particulars]], settings: ProgramSettings
) -> Match:
    """Find whom a mention means among the parties that share a blocking key with it.

    Args:
        mention: the particulars on the form.
        profiles: what is known of each party, by id; a party may have several sets (moved, renamed).
        settings: the probabilities from which a match is taken and a candidate offered.
    """
    ranked = sorted(
        (_best(party, mention, known) for party, known in profiles.items()),
        key=lambda one: (-one.evidence.log_odds, one.party),
    )
    same_id = [
        one
        for one in ranked
        if one.evidence.levels["rems_id"] == "same" or one.evidence.levels["npi"] == "same"
    ]
    offered = [one for one in ranked if one.probability >= settings.match_offered or one in same_id]
    shown = tuple(offered[: settings.match_candidates])
    if not shown:
        return Match("unknown", None, ())
    best = ranked[0]
    lead = best.evidence.log_odds - ranked[1].evidence.log_odds if len(ranked) > 1 else MARGIN
    taken = (
        best.probability >= settings.match_certain
        and lead >= MARGIN
        and _beyond_doubt(mention.kind, best.evidence.levels)
        and all(one is best for one in same_id)
    )
    if taken:
        return Match("certain", best.party, shown)
    claimed = len(same_id) > 1 or any(not _beyond_doubt(mention.kind, one.evidence.levels) for one in same_id)
    return Match("doubtful", None, shown, id_claimed=claimed)


def _best(party: str, mention: Particulars, known: Iterable[Particulars]) -> Candidate:
    evidence = max((compare(mention, one) for one in known), key=lambda one: one.log_odds)
    return Candidate(party, evidence.probability, evidence)
