"""Reading by what people said: a page turned by hand, told what it is, put into a form or kept out of all.

Where nobody said anything the machine has its way, so an empty plan reads as ever. Pure.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from extractors.blanks import Blanks
from extractors.identify import identify
from extractors.model import FormPages, PageIdentity, StraightPage
from extractors.split import SameSheet, Split, split
from extractors.straighten import turned
from store.triage.plan import PagePlan

SAID = 1.0
"""Probability of what a person said."""

GUESSED = 0.5
"""Probability that a page which nothing tells is the form's page next to come, where several are missing."""

Identified = Sequence[tuple[int, PageIdentity]]
FormKey = tuple[str, str]


def identify_as_said(
    straight: StraightPage, plan: PagePlan, blanks: Blanks, read_text: Callable[[StraightPage], str]
) -> tuple[StraightPage, PageIdentity]:
    """``extractors.identify.identify`` by what people said of the page.

    A page turned by a person stays so: what the machine would find only on the page turned otherwise is not
    found.
    """
    number = straight.received.number
    said, turns = plan.said.get(number), plan.turns.get(number)
    if turns is not None:
        straight = turned(straight, (turns - straight.quarter_turns) % 4)
    if number in plan.marks:
        return straight, PageIdentity("unknown", probability=SAID)
    if said is not None and said.kind != "form":
        return straight, PageIdentity(said.kind, probability=SAID)
    found, identity = identify(straight, blanks, None if said else read_text)
    if turns is not None and found.quarter_turns != straight.quarter_turns:
        found, identity = straight, PageIdentity("unknown", probability=GUESSED)
    if said is not None:
        identity = PageIdentity("form", said.form, said.version, said.form_page, SAID)
    return found, identity


@dataclass(frozen=True)
class PlannedSplit:
    """A transmission split by machine and people.

    Attributes:
        identities: of pages that are a form's page by the place that a person gave them.
    """

    split: Split
    identities: Mapping[int, PageIdentity]


def split_as_said(
    identified: Identified,
    plan: PagePlan,
    page_counts: Mapping[FormKey, int],
    same_sheet: SameSheet,
) -> PlannedSplit:
    """``extractors.split.split`` by what people said of the pages.

    Pages that a person put together make a form (of one form and version; where they are of several, one
    each); a page among them that nothing tells is the first that the form still lacks. The machine splits
    the rest, in the order that people gave the pages.

    Args:
        identified: received page number and identity, in the order received.
        plan: what people said.
        page_counts: number of pages by form and version.
        same_sheet: tells a doubled sheet from a second form.
    """
    known = dict(identified)
    order = [page for page in plan.order if page in known]
    order += [page for page in known if page not in set(order)]
    grouped = {page for group in plan.groups for page in group if page in known} - set(plan.marks)
    free = split([(page, known[page]) for page in order if page not in grouped], page_counts, same_sheet)
    documents, others = list(free.documents), list(free.other_pages)
    identities: dict[int, PageIdentity] = {}
    for group in plan.groups:
        gathered = _gather([(page, known[page]) for page in group if page in grouped], page_counts)
        documents += gathered.forms(page_counts)
        others += gathered.others
        identities |= gathered.placed
    documents.sort(key=lambda pages: min(pages.pages.values()))
    others.sort(key=lambda other: other[0])
    return PlannedSplit(replace(free, documents=tuple(documents), other_pages=tuple(others)), identities)


@dataclass
class _Sheaf:
    """The pages of one form while they are gathered."""

    pages: dict[int, int] = field(default_factory=dict)
    doubled: list[int] = field(default_factory=list)
    certain: float = SAID


@dataclass
class _Gathered:
    """What a person's group of pages makes."""

    sheaves: dict[FormKey, _Sheaf] = field(default_factory=dict)
    others: list[tuple[int, PageIdentity]] = field(default_factory=list)
    placed: dict[int, PageIdentity] = field(default_factory=dict)

    def take(self, key: FormKey, form_page: int, page: int, probability: float) -> None:
        sheaf = self.sheaves.setdefault(key, _Sheaf())
        if form_page in sheaf.pages:
            sheaf.doubled.append(page)
            return
        sheaf.pages[form_page] = page
        sheaf.certain = min(sheaf.certain, probability)

    def forms(self, page_counts: Mapping[FormKey, int]) -> Iterable[FormPages]:
        for (form, version), sheaf in self.sheaves.items():
            yield FormPages(
                form,
                version,
                dict(sorted(sheaf.pages.items())),
                tuple(_missing(sheaf, page_counts[form, version])),
                tuple(sheaf.doubled),
                sheaf.certain,
            )


def _gather(pages: Identified, page_counts: Mapping[FormKey, int]) -> _Gathered:
    gathered = _Gathered()
    untold: list[tuple[int, PageIdentity]] = []
    for page, identity in pages:
        if identity.form is None or identity.version is None or identity.form_page is None:
            untold.append((page, identity))
        else:
            key = identity.form, identity.version
            gathered.take(key, identity.form_page, page, identity.probability)
    if not gathered.sheaves:
        gathered.others += untold
        return gathered
    key, sheaf = next(iter(gathered.sheaves.items()))
    for page, identity in untold:
        missing = _missing(sheaf, page_counts[key])
        if not missing:
            gathered.others.append((page, identity))
            continue
        certain = SAID if len(missing) == 1 else GUESSED
        gathered.placed[page] = PageIdentity("form", *key, missing[0], certain)
        gathered.take(key, missing[0], page, certain)
    return gathered


def _missing(sheaf: _Sheaf, pages: int) -> list[int]:
    return [page for page in range(1, pages + 1) if page not in sheaf.pages]
