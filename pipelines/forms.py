"""The catalog of forms, read once a process: reading it takes a third of a second."""

from functools import cache

from form_templates.catalog import Catalog, load_catalog


@cache
def forms() -> Catalog:
    """The packaged forms.

    Raises:
        BadTemplate: one of them is damaged.
    """
    return load_catalog()
