"""Where every printed word of a form lies: one answer for what draws the form and what checks it."""

from collections.abc import Iterator
from dataclasses import dataclass

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont

from form_templates.model import Box, Font, FormField, PrintedText, Section

# The fonts that come with reportlab are embedded: one of the standard 14 would be drawn with whatever a
# machine has in its place, and no page would lie on the blank of another machine, letter on letter.
FONTS: dict[Font, str] = {"regular": "Vera", "bold": "VeraBd", "oblique": "VeraIt"}
NARROW = 0.87
"""The letters are set narrow, as in the sans serif of office forms; Vera itself is wide."""
ASCENT = 0.73
"""Height of capitals above the baseline as a share of the size."""
DESCENT = 0.21
LEADING = 1.16
OPTION_SIZE = 7.0
OPTION_GAP_PT = 3.0
LABEL_GAP_PT = 2.2
HINT_SIZE = 5.0
REQUIRED_MARK = "*"
SECTION_SIZE = 7.5


for _name in FONTS.values():
    registerFont(TTFont(_name, f"{_name}.ttf"))


def set_width_pt(text: str, font: Font, size: float) -> float:
    """Width of one line of words as set."""
    return NARROW * float(stringWidth(text, FONTS[font], size))


@dataclass(frozen=True)
class Printed:
    """One printed line of words: left end of its baseline in points from the page's top left."""

    text: str
    x: float
    baseline: float
    size: float
    font: Font = "regular"
    white: bool = False
    upright: bool = True

    @property
    def width_pt(self) -> float:
        """Width of the words as set."""
        return set_width_pt(self.text, self.font, self.size)

    @property
    def box(self) -> Box:
        """The words' own box, from the top of a capital to the foot of a descender."""
        height = self.size * (ASCENT + DESCENT)
        if self.upright:
            return (self.x, self.baseline - self.size * ASCENT, self.width_pt, height)
        return (self.x - self.size * ASCENT, self.baseline - self.width_pt, height, self.width_pt)


def broken(text: str, font: Font, size: float, width_pt: float | None) -> list[str]:
    """The text in lines of at most ``width_pt``; a newline in it always breaks."""
    if width_pt is None:
        return text.split("\n")
    return [str(line) for line in simpleSplit(text, FONTS[font], size, width_pt / NARROW)]


def text_words(text: PrintedText) -> Iterator[Printed]:
    """The lines of a paragraph, from the top of its box."""
    x, y, width, _ = text.box
    for number, line in enumerate(broken(text.text, text.font, text.size, width)):
        spare = width - set_width_pt(line, text.font, text.size)
        shift = {"left": 0.0, "center": spare / 2, "right": spare}[text.align]
        baseline = y + text.size * (ASCENT + LEADING * number)
        yield Printed(line, x + shift, baseline, text.size, text.font, text.white)


def text_height_pt(text: PrintedText) -> float:
    """Height of the paragraph as set."""
    lines = len(broken(text.text, text.font, text.size, text.box[2]))
    return text.size * (ASCENT + DESCENT + LEADING * (lines - 1))


def section_words(section: Section) -> Iterator[Printed]:
    """The title in its bar; it climbs where the bar is on the side."""
    x, y, _, height = section.box
    white = section.bar in ("black", "side")
    down = (section.bar_pt + SECTION_SIZE * ASCENT) / 2
    title = Printed(section.title, x + 4, y + down, SECTION_SIZE, "bold", white)
    if section.bar != "side":
        yield title
        return
    yield Printed(
        section.title, x + down, y + (height + title.width_pt) / 2, SECTION_SIZE, "bold", white, upright=False
    )


def label_start(field: FormField) -> tuple[float, float]:
    """Left end of the first line's baseline of a field's label."""
    if field.label_at is not None:
        return field.label_at
    if field.kind == "check" and field.box is not None:
        x, y, width, height = field.box
        return (x + width + OPTION_GAP_PT, y + height - 1.8)
    x, y, _, _ = field.boxes[0]
    return (x, y - LABEL_GAP_PT)


def field_words(field: FormField) -> Iterator[Printed]:
    """The field's label with its star and hint, its unit, and the labels of its options."""
    if field.label_printed and (field.label_at is not None or field.boxes):
        yield from _label_words(field)
    if field.unit is not None and field.box is not None:
        x, y, width, height = field.box
        yield Printed(field.unit, x + width + 2, y + height - 4, 6)
    for option in field.options:
        x, y, width, height = option.box
        at = option.label_at or (x + width + OPTION_GAP_PT, y + height - 1.8)
        yield Printed(option.label, at[0], at[1], OPTION_SIZE)


def _label_words(field: FormField) -> Iterator[Printed]:
    x, baseline = label_start(field)
    text = field.label + (REQUIRED_MARK if field.required == "yes" else "")
    last = Printed("", x, baseline, field.label_size)
    for number, line in enumerate(broken(text, "regular", field.label_size, field.label_width)):
        last = Printed(line, x, baseline + number * field.label_size * LEADING, field.label_size)
        yield last
    if field.hint is not None:
        yield Printed(field.hint, last.x + last.width_pt + 3, last.baseline, HINT_SIZE, "oblique")
