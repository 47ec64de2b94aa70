"""What people are likely to write where no rule binds them: names, streets, towns, sites.

A lexicon is a prior over spellings and never a fence: a name that no list knows has a small probability, not
none, so that what the nets see clearly stands against every list.
"""

from collections.abc import Callable, Mapping
from functools import cache

from extractors.lexicons.sources import first_names, last_names, office_words, streets, towns
from extractors.lexicons.words import Words
from form_templates.model import FormField

_Source = Callable[[], Mapping[str, float]]

_SITES: tuple[_Source, ...] = (office_words, towns, last_names)
_BY_NAME: dict[str, tuple[_Source, ...]] = {
    "first_name": (first_names,),
    "last_name": (last_names,),
    "person": (first_names, last_names),
    "city": (towns,),
    "street": (streets, last_names, first_names),
    "facility": _SITES,
    "practice": _SITES,
    "pharmacy": _SITES,
}


def lexicon_of(field: FormField) -> Words | None:
    """The words that a field draws from, by the lexicon that its template names.

    Other text draws from the words of offices; kinds that rules bind draw from none.
    """
    if field.lexicon in _BY_NAME:
        return _words(_BY_NAME[field.lexicon])
    return _words((office_words,)) if field.kind in ("text", "free_text", "office_use") else None


@cache
def _words(sources: tuple[_Source, ...]) -> Words:
    return Words.of(*(source() for source in sources))
