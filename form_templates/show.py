"""Templates as plain data for other programs, in the shape of the template contract."""

from typing import Any

from form_templates.catalog import Catalog
from form_templates.model import Box, FormField, Template

_COPIED = ("comb", "lines", "lexicon", "pattern", "unit", "minimum", "maximum")


def template_json(template: Template) -> dict[str, Any]:
    """The whole of a template: its pages, and every field with its kind, place, options and condition.

    Boxes are ``[x, y, width, height]`` in points from the page's top left. A key without a value is left out;
    ``style`` says how the place for writing is printed, for whoever fills a form by program.
    """
    shown: dict[str, Any] = {
        "form": template.form,
        "version": template.version,
        "title": template.title,
        "pages": [{"width": _number(page.width), "height": _number(page.height)} for page in template.pages],
        "fields": [_field_json(field) for field in template.fields],
    }
    if template.key:
        shown["key"] = dict(template.key)
    return shown


def catalog_json(catalog: Catalog) -> list[dict[str, Any]]:
    """One short object for each template: form, version, title and the number of pages."""
    return [
        {"form": t.form, "version": t.version, "title": t.title, "pages": len(t.pages)}
        for t in catalog.templates
    ]


def _field_json(field: FormField) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": field.name,
        "label": field.label,
        "kind": field.kind,
        "page": field.page,
    }
    if field.box is not None:
        shown["box"] = _box_json(field.box)
    shown["required"] = field.required
    shown["section"] = field.section
    if field.options:
        shown["options"] = [
            {"value": option.value, "label": option.label, "box": _box_json(option.box)}
            for option in field.options
        ]
    elif field.kind != "check":
        shown["style"] = field.drawn_style
    shown.update({name: getattr(field, name) for name in _COPIED if getattr(field, name) is not None})
    if field.future:
        shown["future"] = True
    if field.adverse_event:
        shown["adverse_event"] = list(field.adverse_event)
    return shown


def _box_json(box: Box) -> list[float]:
    return [_number(side) for side in box]


def _number(value: float) -> float:
    return int(value) if value == int(value) else value
