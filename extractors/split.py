"""Which pages of one transmission make one form.

Pages come in order, out of order, doubled, or not at all, of several patients in one call. Two pages of a
form belong together when nothing speaks against it; where it is a guess, the document is marked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from extractors.model import FormPages, PageIdentity

SameSheet = Callable[[int, int], bool | None]
"""Of two received copies of one page of a form: is it the same sheet sent twice? None: cannot tell."""

SamePerson = Callable[[int, int], bool | None]
"""Of two received pages of one form: is it the same patient or prescriber? None: cannot tell."""


@dataclass(frozen=True)
class Split:
    """A transmission, split.

    Attributes:
        documents: in the order of their first received page.
        other_pages: received numbers of pages that are no form's, with what they are.
        unsure: received numbers of pages whose document is a guess.
    """

    documents: tuple[FormPages, ...]
    other_pages: tuple[tuple[int, PageIdentity], ...]
    unsure: frozenset[int] = frozenset()


@dataclass
class _Sheaf:
    """A document while it is gathered."""

    form: str
    version: str
    pages: dict[int, int] = field(default_factory=dict)
    doubled: list[int] = field(default_factory=list)
    certain: float = 1.0

    def take(self, form_page: int, received: int, probability: float) -> None:
        self.pages[form_page] = received
        self.certain = min(self.certain, probability)

    @property
    def first(self) -> int:
        return min(self.pages.values())


def _cannot_tell(_first: int, _second: int) -> bool | None:
    return None


def split(
    identified: Sequence[tuple[int, PageIdentity]],
    page_counts: Mapping[tuple[str, str], int],
    same_sheet: SameSheet = _cannot_tell,
    same_person: SamePerson = _cannot_tell,
) -> Split:
    """Gathers the pages of one transmission into forms.

    A page joins the first form that still lacks it: pages 1, 2, 1, 2 and 1, 1, 2, 2 are both two forms. A
    page that is there already is a double where ``same_sheet`` says so; where nobody can tell it begins a
    document of its own and is marked unsure.

    Args:
        identified: received page number and identity, in the order received.
        page_counts: number of pages by form and version.
        same_sheet: tells a doubled sheet from a second form.
        same_person: tells to whose form a page belongs.
    """
    sheaves: list[_Sheaf] = []
    others: list[tuple[int, PageIdentity]] = []
    unsure: set[int] = set()
    for received, identity in identified:
        if (
            identity.kind != "form"
            or identity.form is None
            or identity.version is None
            or identity.form_page is None
        ):
            others.append((received, identity))
            continue
        form, version, form_page = identity.form, identity.version, identity.form_page
        alike = [sheaf for sheaf in sheaves if (sheaf.form, sheaf.version) == (form, version)]
        double = _doubled(alike, form_page, received, same_sheet)
        if double is not None:
            double.doubled.append(received)
            continue
        if any(
            form_page in sheaf.pages and same_sheet(sheaf.pages[form_page], received) is None
            for sheaf in alike
        ):
            unsure.add(received)
        sheaf, guessed = _home(alike, form_page, received, same_person)
        if sheaf is None:
            sheaf = _Sheaf(form, version)
            sheaves.append(sheaf)
        if guessed:
            unsure.update((received, *sheaf.pages.values()))
        sheaf.take(form_page, received, identity.probability)
    documents = [
        _closed(sheaf, page_counts.get((sheaf.form, sheaf.version), max(sheaf.pages))) for sheaf in sheaves
    ]
    documents.sort(key=lambda pages: min(pages.pages.values()))
    return Split(tuple(documents), tuple(others), frozenset(unsure))


def _doubled(alike: Sequence[_Sheaf], form_page: int, received: int, same_sheet: SameSheet) -> _Sheaf | None:
    """The document that holds this very sheet already."""
    for sheaf in alike:
        held = sheaf.pages.get(form_page)
        if held is not None and same_sheet(held, received):
            return sheaf
    return None


def _home(
    alike: Sequence[_Sheaf], form_page: int, received: int, same_person: SamePerson
) -> tuple[_Sheaf | None, bool]:
    """The document that a page joins, none for a new one; and whether that is a guess.

    Who is named on the pages decides where it can be read. A page that could go with several documents goes
    with the first that lacks it, as the pages of 1, 1, 2, 2 do, and is a guess.
    """
    lacking = [sheaf for sheaf in alike if form_page not in sheaf.pages]
    told = {id(sheaf): same_person(next(iter(sheaf.pages.values())), received) for sheaf in lacking}
    for sheaf in lacking:
        if told[id(sheaf)]:
            return sheaf, False
    open_ones = [sheaf for sheaf in lacking if told[id(sheaf)] is None]
    if not open_ones:
        return None, False
    return open_ones[0], len(open_ones) > 1


def _closed(sheaf: _Sheaf, pages: int) -> FormPages:
    return FormPages(
        sheaf.form,
        sheaf.version,
        dict(sorted(sheaf.pages.items())),
        tuple(page for page in range(1, pages + 1) if page not in sheaf.pages),
        tuple(sheaf.doubled),
        sheaf.certain,
    )
