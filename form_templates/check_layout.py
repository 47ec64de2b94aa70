"""What is printed where: boxes that overlap or leave the page, words that run into something."""

from collections.abc import Iterator
from itertools import combinations

from form_templates.model import MARKED_KINDS, Box, FormField, Template
from form_templates.print_layout import Printed, field_words, section_words, text_height_pt, text_words

LOWEST_WRITING_PT = 14.0
"""Lower places for writing cannot be written in by hand; faxed at 98 rows an inch they hold 19 rows."""
NARROWEST_CELL_PT = 12.0
TICK_BOX_PT = (8.0, 10.0)
TOUCH_PT = 0.35
"""Boxes and words may touch by this much: coordinates are rounded to a tenth of a point."""


def layout_faults(template: Template) -> Iterator[str]:
    """A sentence for each fault of place on any page."""
    yield from _unknown_places(template)
    for field in template.fields:
        if field.page <= len(template.pages):
            yield from _faults_of_boxes(template, field)
    for page in range(1, len(template.pages) + 1):
        yield from _overlapping_boxes(template, page)
        yield from _faults_of_words(template, page)


def _unknown_places(template: Template) -> Iterator[str]:
    sections = {(section.name, section.page) for section in template.sections}
    last = len(template.pages)
    for field in template.fields:
        if field.page > last:
            yield f"{field.name}: the form has no page {field.page}."
        elif (field.section, field.page) not in sections:
            yield f"{field.name}: page {field.page} has no section {field.section}."
    printed = (
        *(section.page for section in template.sections),
        *(text.page for text in template.texts),
        *(shape.page for shape in template.shapes),
    )
    for page in sorted(set(printed)):
        if page > last:
            yield f"Something is printed on page {page}, but the form has no page {page}."


def _faults_of_boxes(template: Template, field: FormField) -> Iterator[str]:
    size = template.pages[field.page - 1]
    page: Box = (0, 0, size.width, size.height)
    for box in (*field.boxes, *((field.frame,) if field.frame is not None else ())):
        if box[2] <= 0 or box[3] <= 0:
            yield f"{field.name}: a box has no width or no height."
        if not _inside(box, page):
            yield f"{field.name}: a box leaves page {field.page}."
    if field.frame is not None and field.box is not None and not _inside(field.box, field.frame):
        yield f"{field.name}: the box leaves its frame."
    yield from _faults_of_size(field)


def _faults_of_size(field: FormField) -> Iterator[str]:
    ticks = [option.box for option in field.options]
    if field.kind == "check" and field.box is not None:
        ticks.append(field.box)
    low, high = TICK_BOX_PT
    if any(not low <= side <= high for box in ticks for side in box[2:]):
        yield f"{field.name}: tick boxes are squares of {low:g} to {high:g} pt."
    if field.kind in MARKED_KINDS or field.box is None:
        return
    _, _, width, height = field.box
    lines = field.lines or 1
    if height / lines < LOWEST_WRITING_PT:
        yield f"{field.name}: a place for writing is at least {LOWEST_WRITING_PT:g} pt high for each line."
    if field.comb and width / field.comb < NARROWEST_CELL_PT:
        yield f"{field.name}: a cell of a comb is at least {NARROWEST_CELL_PT:g} pt wide."


def _overlapping_boxes(template: Template, page: int) -> Iterator[str]:
    boxes = [(field.name, box) for field in template.fields_on(page) for box in field.boxes]
    for (one, box), (other, another) in combinations(boxes, 2):
        if _overlap(box, another):
            yield f"Boxes of {one} and {other} overlap on page {page}."


def _faults_of_words(template: Template, page: int) -> Iterator[str]:
    size = template.pages[page - 1]
    words = list(_words_of(template, page))
    boxes = [(field.name, box) for field in template.fields_on(page) for box in field.boxes]
    for whose, printed in words:
        if not _inside(printed.box, (0, 0, size.width, size.height)):
            yield f"{whose}: printed words leave page {page}: {_short(printed)}"
        for name, box in boxes:
            if _overlap(printed.box, box):
                yield f"{whose}: printed words run into the box of {name} on page {page}: {_short(printed)}"
    for (whose, printed), (other, another) in combinations(words, 2):
        if _overlap(printed.box, another.box):
            yield f"{whose}: printed words run into those of {other} on page {page}: {_short(printed)}"
    for text in template.texts_on(page):
        if text_height_pt(text) > text.box[3] + TOUCH_PT:
            yield f"A text does not fit into its box on page {page}: {text.text[:30]}"


def _words_of(template: Template, page: int) -> Iterator[tuple[str, Printed]]:
    for section in template.sections:
        if section.page == page:
            yield from ((f"Section {section.name}", printed) for printed in section_words(section))
    for text in template.texts_on(page):
        yield from (("A text", printed) for printed in text_words(text))
    for field in template.fields_on(page):
        yield from ((field.name, printed) for printed in field_words(field))


def _short(printed: Printed) -> str:
    return printed.text if len(printed.text) <= 40 else printed.text[:37] + "..."


def _inside(box: Box, outer: Box) -> bool:
    x, y, width, height = box
    left, top, outer_width, outer_height = outer
    return (
        x >= left - TOUCH_PT
        and y >= top - TOUCH_PT
        and x + width <= left + outer_width + TOUCH_PT
        and y + height <= top + outer_height + TOUCH_PT
    )


def _overlap(one: Box, other: Box) -> bool:
    return (
        min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0]) > TOUCH_PT
        and min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1]) > TOUCH_PT
    )
