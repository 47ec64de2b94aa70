"""A patient's calendar as a picture (SVG): courses, tests, status forms, and the end of follow-up."""

from datetime import date
from xml.sax.saxutils import escape

from validators.program.clocks import FILLED, FollowUp, Slot, monitoring_calendar
from validators.program.courses import Course
from validators.program.moments import add_months

WIDTH_PX = 960
LEFT_PX = 150
RIGHT_PX = 30
ROW_PX = 34
TOP_PX = 56
_QUIET = "#8a8f98"
_RED = "#b3261e"
_COLORS = {
    "early": "#2e7d32",
    "on_time": "#2e7d32",
    "late": "#c77700",
    "missed": _RED,
    "overdue": _RED,
    "due": "#1565c0",
    "reminded": "#1565c0",
}


def schedule_svg(span: FollowUp, courses: tuple[Course, ...], slots: tuple[Slot, ...], title: str) -> str:
    """The calendar of one patient.

    Args:
        span: from the first infusion to the end of follow-up.
        courses: drawn as bars, too short ones widened to stay visible.
        slots: the status forms with what became of them.
        title: what stands above; no patient data.
    """
    first = add_months(span.first_infusion, -1)
    last = add_months(span.ends_on, 2)

    def x(day: date) -> float:
        share = (day - first).days / (last - first).days
        return round(LEFT_PX + share * (WIDTH_PX - LEFT_PX - RIGHT_PX), 1)

    tests = monitoring_calendar(span)
    rows = [
        ("Courses", [_bar(x(course.started_on), f"Course {course.number}") for course in courses]),
        (f"Status forms ({len(slots)})", [_form(x(slot.due_on), slot) for slot in slots]),
        (f"Blood and urine ({len(tests.monthly)})", [_tick(x(day)) for day in tests.monthly]),
        (f"Thyroid ({len(tests.quarterly)})", [_tick(x(day)) for day in tests.quarterly]),
        (f"Skin ({len(tests.yearly)})", [_tick(x(day)) for day in tests.yearly]),
    ]
    height = TOP_PX + ROW_PX * len(rows) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH_PX}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for year in range(first.year, last.year + 1):
        if first <= date(year, 1, 1) <= last:
            at = x(date(year, 1, 1))
            parts.append(
                f'<line x1="{at}" y1="{TOP_PX - 10}" x2="{at}" y2="{height - 36}" stroke="#dde1e6"/>'
            )
            parts.append(f'<text x="{at + 3}" y="{height - 22}" fill="{_QUIET}">{year}</text>')
    end = x(span.ends_on)
    parts += [
        f'<line x1="{end}" y1="{TOP_PX - 10}" x2="{end}" y2="{height - 36}" stroke="{_RED}" ',
        'stroke-dasharray="4 3"/>',
        f'<text x="{end - 4}" y="{TOP_PX - 14}" text-anchor="end" fill="{_RED}">',
        f"follow-up ends {span.ends_on}</text>",
    ]
    for number, (label, marks) in enumerate(rows):
        middle = TOP_PX + ROW_PX * number + ROW_PX / 2
        parts.append(f'<text x="16" y="{middle + 4}">{escape(label)}</text>')
        parts.append(f'<g transform="translate(0 {middle})">{"".join(marks)}</g>')
    return "\n".join([*parts, "</svg>", ""])


def _bar(x: float, label: str) -> str:
    return f'<rect x="{x}" y="-9" width="9" height="18" rx="2" fill="#4527a0"><title>{label}</title></rect>'


def _form(x: float, slot: Slot) -> str:
    color = _COLORS.get(slot.state, _QUIET)
    fill = color if slot.state in FILLED else "none"
    words = f"month {slot.month}, due {slot.due_on}: {slot.state.replace('_', ' ')}"
    circle = f'<circle cx="{x}" cy="0" r="6" fill="{fill}" stroke="{color}" stroke-width="2">'
    return f"{circle}<title>{words}</title></circle>"


def _tick(x: float) -> str:
    return f'<line x1="{x}" y1="-6" x2="{x}" y2="6" stroke="{_QUIET}" stroke-width="1.5"/>'
