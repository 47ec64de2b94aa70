"""What people are likely to write where no rule binds them: names, streets, towns, sites.

A lexicon is a prior over spellings and never a fence: a name that no list knows has a small probability, not
none, so that what the nets see clearly stands against every list.
"""

from functools import cache

from extractors.lexicons.sources import first_names, last_names, office_words, streets, towns
from extractors.lexicons.words import Words
from form_templates.model import FormField

_BY_NAME = {
    "first_name": (first_names,),
    "last_name": (last_names,),
    "person": (first_names, last_names),
    "city": (towns,),
    "street": (streets, last_names, first_names),
    "facility": (office_words, towns, last_names),
    "practice": (office_words, towns, last_names),
    "pharmacy": (office_words, towns, last_names),
}


def lexicon_of(field: FormField) -> Words | None:
    """The words that a field draws from, by the lexicon that its template names.

    Text that names none is free; a medical vocabulary of our own would only guess.
    """
    if field.lexicon in _BY_NAME:
        return _words(field.lexicon)
    return _words("office") if field.kind in ("text", "free_text", "office_use") else None


@cache
def _words(name: str) -> Words:
    sources = _BY_NAME.get(name, (office_words,))
    return Words.of(*(source() for source in sources))
