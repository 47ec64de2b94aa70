"""The catalog of forms, read once a process."""

from functools import cache

from form_templates.catalog import Catalog, load_catalog


@cache
def catalog() -> Catalog:
    """All forms and versions."""
    return load_catalog()


@cache
def titles() -> dict[str, str]:
    """The title of each form by its code; of several versions, the latest."""
    return {template.form: template.title for template in catalog().templates}
