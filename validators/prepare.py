"""Text as it was read, made ready for screening: short forms spelled out, lines joined, signs named."""

import re

_SHORT_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), wording)
    for pattern, wording in (
        (r"[\u2018\u2019\u02bc\u00b4`]", "'"),
        (r"[\u2010-\u2015\u2212]", "-"),
        (r"s̄", "without"),
        (r"\bw\s?/\s?o(ut)?\b", "without"),
        (r"\bw\s?/\s?(?=[a-z ])", "with "),
        (r"\bc\s?/\s?o\b", "complains of"),
        (r"\bh\s?/\s?o\b", "history of"),
        (r"\bs\s?/\s?p\b", "status post"),
        (r"\bd\s?/\s?t\b", "due to"),
        (r"\bb\s?/\s?c\b", "because"),
        (r"\bn\s?/\s?v\b", "nausea / vomiting"),
        (r"\bn\s?/\s?a\b", "na"),
        (r"\bs\s?/\s?s\b", "signs and symptoms"),
        (r"[(\[]\s*(-|neg\.?)\s*[)\]]", " minussign "),
        (r"[(\[]\s*(\+|pos\.?)\s*[)\]]", " plussign "),
        (r"(?<!\w)\+(?=\s?[a-z])", " plussign "),
        (r"(?<=[a-z])\s?\+(?![\w+])", " plussign "),
        (r"-\s?ve\b", " minussign "),
        # A platelet count of two digits is thrombocytopenia, whatever words stand beside it.
        (r"\b(plts?|platelets?)\b[^\d\n.;]{0,15}\d{1,2}(k|,?000)?\b(?!\s*[/\-,.:]?\d)", " low platelets "),
        (r"↓", " low "),
        (r"↑", " high "),
        (r"\b(neg|pos|pt|hx|vs|approx|poss|dx)\.(?=\s)", r"\1"),
        (r"\bcan't\b|\bcannot\b|\bcant\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"n't\b", " not"),
        (r"\b(did|does|has|have|had|is|was|were|are|do|could|would|should)nt\b", r"\1 not"),
        (r"(?<=[a-z])'(?=\W|$)", ""),
        (r"(?<=[a-z])'(?=[a-z])", " "),
        # Hyphens inside words fall away on both sides of the comparison.
        (r"(?<=[a-z0-9])-(?=[a-z0-9])", " "),
        (r"(?<=[a-z0-9])/(?=[a-z0-9])", " / "),
        (r"(?<=[a-z])[:;,=?](?=[a-z])", r"\g<0> "),
        (r"(?-i:(?<=[a-z)])\.(?=[A-Z]))", ". "),
        # A question and its short answer are one line: "Any rash? No".
        (r"\?\s*(?=(?:no|none|nil|never|denied|negative|yes)\b)", " : "),
        (r"[•·▪●|]|\s\*\s", "\n"),
        (r"[ \t]+", " "),
    )
)

_BROKEN_WORD = re.compile(r"(?<=[a-z])-[ \t]*\n[ \t]*(?=[a-z])")
_SOFT_BREAK = re.compile(
    r"(?i:(?<=,)|(?<=\b(?:or|no|of|to|in|an|by))|(?<=\b(?:and|nor|any|the|her|his|for|has|had))|(?<=\bwith)"
    r"|(?<=\bdenies|\bdenied)|(?<=\bwithout))[ \t]*\n[ \t]*(?=\S)"
    r"|(?<=[a-z0-9)])[ \t]*\n[ \t]*(?=[a-z])"
)


def prepare(text: str) -> str:
    """The text in the wording that the vocabulary uses.

    A line that runs on is joined with the next; every line break that is left ends what was said before it.
    """
    text = _BROKEN_WORD.sub("", text)
    text = _SOFT_BREAK.sub(" ", text)
    for pattern, wording in _SHORT_FORMS:
        text = pattern.sub(wording, text)
    return text
