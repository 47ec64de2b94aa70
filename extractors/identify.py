"""Which form, version and page a received page is; or that it is none of them.

A page is a form's only when the form's own print was found on it, piece by piece and in its places; likeness
alone claims nothing. Which way is up the same print tells: forms hold too little running text for an engine's
guess (OCRmyPDF issues 65 and 454).
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np

from extractors.blanks import Blanks
from extractors.model import WORK_DPI, Gray, PageIdentity, PageKind, Sighting, StraightPage
from extractors.patches import halved
from extractors.place import Coarse, Fit, Scale, coarse_guesses, scales, verify, view
from extractors.specks import ink_without_specks
from extractors.straighten import turned

_PATCHES = 36
_GUESSES = 2
_LEAST_INLIERS = 9
_LEAST_SHARE = 0.4
_CLEAR_SHARE = 0.6
_RIVAL = 0.7
_BLANK_INK = 0.0004
_NEVER_BLANK_INK = 0.003
_EDGE_IN = 0.3

_COVER_WORDS = re.compile(
    r"\b(fax|facsimile|cover\s+(?:sheet|page)|to|from|attn|attention|pages?|re|subject|urgent|confidential\w*"
    r"|phone|date|comments?|message|recipient|sender)\b",
    re.IGNORECASE,
)
_TO_WORD = re.compile(r"\b(to|attn|attention)\b", re.IGNORECASE)
_FROM_WORD = re.compile(r"\bfrom\b", re.IGNORECASE)
_COVER_TITLE = re.compile(
    r"^\W*(?:fax|facsimile)\s+(?:cover|transmission|transmittal|message)\b|^\W*cover\s+(?:sheet|page)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""The title tells a cover sheet whose other words a hand or a bad line made unreadable."""
_FAX_ALONE = re.compile(r"^\W*(?:fax|facsimile)\W*$", re.IGNORECASE | re.MULTILINE)
"""A title of this one word stands for the one of "to" and "from" that a bad line took."""
_LAB_WORDS = re.compile(
    r"\b(laborator\w+|lab|results?|reference\s+(?:range|interval)|ref\.?\s+range|specimen|collected|units?|flag"
    r"|hemoglobin|hematocrit|platelets?|wbc|rbc|creatinine|tsh|cbc|urinalysis|mg/dl|g/dl|k/ul|accession|abnormal)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class _Verified:
    quarter_turns: int
    scale: Scale
    guess: Coarse
    fit: Fit
    rival_share: float

    @property
    def strength(self) -> float:
        return self.fit.share * math.sqrt(float(self.fit.inliers.sum()))


def identify(
    straight: StraightPage, blanks: Blanks, read_text: Callable[[StraightPage], str] | None = None
) -> tuple[StraightPage, PageIdentity]:
    """Turns a page upright and says what it is.

    Args:
        straight: the page laid straight, perhaps on its side or upside down.
        blanks: all blank forms.
        read_text: reads the text of a page that is no form, to tell a cover sheet and a lab report from the
            rest; called at most once. Without it such a page is ``unknown``.

    Returns:
        The page upright where a form's print told which way is up (as it came in otherwise), and what it is.
        ``probability`` of a form page is that of form, version and page together being right.
    """
    if is_blank(straight.pixels):
        return straight, PageIdentity("blank", probability=0.97)
    best: _Verified | None = None
    for candidate in _candidates(straight, blanks):
        if best is None or candidate.strength > best.strength:
            best = candidate
        if best.fit.share >= _CLEAR_SHARE and best.fit.inliers.sum() >= 14:
            break
    if best is None:
        return straight, _no_form(straight, read_text)
    key = best.guess.page.key
    upright = turned(straight, best.quarter_turns)
    sighting = Sighting(key, best.scale, best.fit.matrix)
    return replace(upright, sighting=sighting), PageIdentity("form", *key, _probability(best))


def _candidates(straight: StraightPage, blanks: Blanks) -> Iterator[_Verified]:
    """Verified guesses, the likeliest turns and scales first."""
    if not blanks.pages:
        return
    tried = [[(turns, scale) for scale in scales(straight, turns)] for turns in range(4)]
    upright = [pair for both in zip(tried[0], tried[2], strict=True) for pair in both]
    lying = [pair for both in zip(tried[1], tried[3], strict=True) for pair in both]
    if not straight.sure:
        upright = [pair for both in zip_longest(upright, lying) for pair in both if pair is not None]
        lying = []
    half = halved(straight.pixels)
    laid: dict[int, Gray] = {}
    for turns, scale in upright + lying:
        if turns not in laid:
            laid[turns] = np.ascontiguousarray(np.rot90(half, turns))
        found = _verified(laid[turns], turns, scale, blanks)
        if found is not None:
            yield found


def _verified(half_page: Gray, turns: int, scale: Scale, blanks: Blanks) -> _Verified | None:
    """The best blank whose print is on the page as it lies, at one scale; none where no blank's is."""
    seen = view(half_page, scale)
    guesses = coarse_guesses(seen, blanks, _GUESSES)
    fits: list[tuple[Coarse, Fit]] = []
    for guess in guesses:
        # A second guess far behind a first that holds needs no look.
        if fits and guess.likeness < _RIVAL * guesses[0].likeness:
            break
        found = verify(seen.half, guess, _PATCHES)
        if found is not None and _holds(found):
            fits.append((guess, found))
    if not fits:
        return None
    fits.sort(key=lambda pair: -pair[1].share)
    rival = fits[1][1].share if len(fits) > 1 else 0.0
    return _Verified(turns, scale, fits[0][0], fits[0][1], rival)


def _holds(fit: Fit) -> bool:
    return int(fit.inliers.sum()) >= _LEAST_INLIERS and fit.share >= _LEAST_SHARE


def _probability(found: _Verified) -> float:
    """From the share of the print found, its number, and how far behind the next blank is.

    On pages with 5 to 14 % bad rows the right blank showed 0.6 to 1 of its patches, no other over 0.25.
    """
    count = float(found.fit.inliers.sum())
    evidence = 9.0 * (found.fit.share - 0.3) + 0.12 * (count - 9) + 2.0
    evidence -= 6.0 * max(0.0, found.rival_share - 0.3)
    if found.rival_share > 0.85 * found.fit.share:
        evidence = min(evidence, 0.5)
    return round(min(0.999, 1 / (1 + math.exp(-evidence))), 4)


def is_blank(pixels: Gray) -> bool:
    """Whether a page holds no writing: hardly any ink inside its edges once specks are gone.

    A signature alone is more ink than that. A page full of specks is too faint to tell, never blank.
    """
    edge = int(_EDGE_IN * WORK_DPI)
    inside = pixels[edge:-edge, edge:-edge]
    if inside.size == 0 or float(np.mean(inside < 128)) > _NEVER_BLANK_INK:
        return False
    return float(ink_without_specks(inside).mean()) < _BLANK_INK


def _no_form(straight: StraightPage, read_text: Callable[[StraightPage], str] | None) -> PageIdentity:
    if read_text is None:
        return PageIdentity("unknown", probability=0.5)
    return PageIdentity(*kind_by_words(read_text(straight)))


def kind_by_words(text: str) -> tuple[PageKind, None, None, None, float]:
    """What the words of a page that is no form make it: a cover sheet, a lab report, or unknown.

    Returns:
        The leading fields of a ``PageIdentity``.
    """
    words = max(1, len(text.split()))
    cover = {match.lower() for match in _COVER_WORDS.findall(text)}
    lab = {match.lower() for match in _LAB_WORDS.findall(text)}
    is_fax = bool(re.search(r"\b(fax|facsimile)\b", text, re.IGNORECASE))
    to, sender, title = (bool(pattern.search(text)) for pattern in (_TO_WORD, _FROM_WORD, _FAX_ALONE))
    addressed = to + sender + title >= 2
    if len(lab) >= 4 and len(lab) >= len(cover) - 1:
        return "lab_report", None, None, None, min(0.97, 0.6 + 0.07 * len(lab))
    if is_fax and addressed and len(cover) >= 5 and words < 400:
        return "cover", None, None, None, min(0.97, 0.55 + 0.06 * len(cover))
    if is_fax and _COVER_TITLE.search(text) and words < 400:
        return "cover", None, None, None, 0.9
    return "unknown", None, None, None, 0.6
