from pathlib import Path
from typing import Any

import pytest

from form_templates.catalog import PACKAGED
from form_templates.check import check_folder, check_template
from form_templates.draw import draw_blank
from form_templates.model import FormField, Template

YES_NO = [
    {"value": "yes", "label": "Yes", "box": [200, 100, 9, 9]},
    {"value": "no", "label": "No", "box": [230, 100, 9, 9]},
]
SOUND: dict[str, dict[str, Any]] = {
    "alive": {"kind": "yes_no", "options": YES_NO, "label_at": [40, 107]},
    "death_date": {"kind": "date", "box": [40, 130, 104, 16], "comb": 8, "required": "alive == no"},
    "comments": {"kind": "free_text", "box": [40, 180, 500, 54], "lines": 3},
    "which": {
        "kind": "choices",
        "label_at": [40, 267],
        "options": [
            {"value": "graves", "label": "Graves", "box": [100, 260, 9, 9]},
            {"value": "other", "label": "Other", "box": [160, 260, 9, 9]},
        ],
    },
    "counseled": {"kind": "check", "box": [40, 290, 9, 9]},
    "signature": {"kind": "signature", "box": [40, 330, 200, 24], "required": "yes"},
}


def form(changes: dict[str, dict[str, Any] | None] | None = None, **whole: Any) -> Template:
    """A small sound form with some of its fields changed, added, or taken away (None)."""
    fields = {name: dict(field) for name, field in SOUND.items()}
    for name, change in (changes or {}).items():
        if change is None:
            del fields[name]
        else:
            fields.setdefault(name, {}).update(change)
    basis = {"label": "Label", "page": 1, "section": "all"}
    data: dict[str, Any] = {
        "form": "small",
        "version": "2015-11",
        "title": "Small Form",
        "code": "SML",
        "revision": "SML-01 11/2015",
        "reference_id": "1",
        "rems_version": "2015",
        "pages": [{}],
        "sections": [{"name": "all", "title": "All", "page": 1, "box": [30, 60, 550, 400]}],
        "fields": [{**basis, "name": name, **field} for name, field in fields.items()],
    }
    return Template.model_validate({**data, **whole})


def test_a_sound_form_has_no_fault() -> None:
    assert check_template(form()) == ()


FAULTS: list[tuple[str, dict[str, dict[str, Any] | None], str]] = [
    (
        "two boxes overlap",
        {"signature": {"box": [40, 225, 200, 24]}},
        "Boxes of comments and signature overlap",
    ),
    ("a tick box in a writing box", {"counseled": {"box": [50, 190, 9, 9]}}, "overlap"),
    ("a box off the right edge", {"signature": {"box": [500, 330, 200, 24]}}, "a box leaves page 1"),
    ("a box off the foot", {"signature": {"box": [40, 780, 200, 24]}}, "a box leaves page 1"),
    ("a box above the page", {"signature": {"box": [40, -10, 200, 24]}}, "a box leaves page 1"),
    ("a box of no width", {"signature": {"box": [40, 330, 0, 24]}}, "no width or no height"),
    ("a page that is not there", {"signature": {"page": 2}}, "no page 2"),
    ("a section that is not there", {"signature": {"section": "none"}}, "no section none"),
    ("a low writing box", {"signature": {"box": [40, 330, 200, 12]}}, "at least 14 pt high"),
    ("low lines", {"comments": {"lines": 5}}, "at least 14 pt high"),
    ("narrow cells", {"death_date": {"box": [40, 130, 80, 16]}}, "at least 12 pt wide"),
    ("a large tick box", {"counseled": {"box": [40, 290, 14, 14]}}, "squares of 8 to 10 pt"),
    ("a box outside its frame", {"signature": {"frame": [40, 320, 100, 40]}}, "leaves its frame"),
    ("a choice without options", {"which": {"options": []}}, "has options, each with its box"),
    ("a choice with a box", {"which": {"box": [300, 260, 100, 18]}}, "no box of its own"),
    ("a written field without box", {"signature": {"box": None}}, "a signature field has a box"),
    ("a written field with options", {"signature": {"options": YES_NO}}, "a signature field has no options"),
    ("yes_no the wrong way round", {"alive": {"options": YES_NO[::-1]}}, "yes and no, in this order"),
    ("options of one value", {"which": {"options": [YES_NO[0], {**YES_NO[1], "value": "yes"}]}}, "one value"),
    ("a comb of ticks", {"alive": {"comb": 2}}, "belong to written fields"),
    ("a comb for a signature", {"signature": {"comb": 8}}, "has no comb"),
    ("free text without lines", {"comments": {"lines": None}}, "how many lines"),
    ("a rems_id without pattern", {"signature": {"kind": "rems_id"}}, "has a pattern"),
    ("a pattern of another kind", {"signature": {"pattern": "P"}}, "no other field has"),
    ("a broken pattern", {"signature": {"kind": "rems_id", "pattern": "("}}, "no regular expression"),
    ("limits crossed", {"signature": {"kind": "number", "minimum": 9, "maximum": 1}}, "above its maximum"),
    ("a future number", {"signature": {"kind": "number", "future": True}}, "only a date"),
    ("an event that is no answer", {"alive": {"adverse_event": ["dead"]}}, "names dead"),
    ("an event of a written field", {"signature": {"adverse_event": ["yes"]}}, "names yes"),
    ("a label in a box", {"signature": {"label_at": [50, 345]}}, "run into the box of signature"),
    ("a label in another's box", {"signature": {"label_at": [35, 140]}}, "run into the box of death_date"),
    ("a label off the page", {"signature": {"label_at": [600, 320]}}, "printed words leave page 1"),
    ("a long label off the page", {"signature": {"label": "very long " * 30}}, "printed words leave page 1"),
    ("a label over another", {"signature": {"label_at": [41, 127]}}, "run into those of"),
    ("a condition that cannot be read", {"signature": {"required": "alive is no"}}, "cannot be read"),
    ("a condition on nothing", {"signature": {"required": "dead == yes"}}, "which is no field of the form"),
    ("a condition on no option", {"signature": {"required": "alive == perhaps"}}, "no option of alive"),
    ("a condition on itself", {"signature": {"required": "signature filled"}}, "its own answer"),
    ("a contradiction", {"signature": {"required": "alive == yes and alive == no"}}, "can never hold"),
    ("has of a pair", {"signature": {"required": "alive has yes"}}, "can never hold"),
    ("equality of ticks", {"signature": {"required": "which == graves"}}, "can never hold"),
    ("a filled emptiness", {"signature": {"required": "comments empty and comments == x"}}, "can never hold"),
    ("a tautology", {"signature": {"required": "alive filled or not alive filled"}}, "always holds"),
]


@pytest.mark.parametrize(("changes", "sentence"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_is_refused_in_a_sentence(changes: dict[str, dict[str, Any] | None], sentence: str) -> None:
    assert any(sentence in fault for fault in check_template(form(changes))), check_template(form(changes))


@pytest.mark.parametrize(
    "condition",
    [
        "alive == no",
        "not alive == yes",
        "alive != yes and comments filled",
        "which has graves and which has other",
        "not which has graves and which filled",
        "counseled filled",
        "counseled == true and death_date == 2015-11-03",
        "alive == yes or comments == x",
    ],
)
def test_a_condition_that_may_hold_or_not_is_no_fault(condition: str) -> None:
    assert check_template(form({"signature": {"required": condition}})) == ()


def test_two_fields_of_one_name_are_refused() -> None:
    template = form()
    double = template.model_copy(update={"fields": (*template.fields, template.field("signature"))})
    assert "signature: 2 fields bear this name." in check_template(double)


def test_a_key_that_fits_no_question_is_refused() -> None:
    faults = check_template(form(key={"alive": "perhaps", "question_9": "a"}))
    assert "The key's answer to alive is no option of it." in faults
    assert "The key names question_9, which is no field of the form." in faults


def test_a_text_that_is_longer_than_its_box_is_refused() -> None:
    texts = [{"text": "words " * 40, "page": 1, "box": [40, 500, 100, 8]}]
    assert any("does not fit into its box" in fault for fault in check_template(form(texts=texts)))


def test_something_printed_on_a_page_that_is_not_there_is_refused() -> None:
    shapes = [{"page": 3, "box": [40, 500, 100, 8]}]
    assert "Something is printed on page 3, but the form has no page 3." in check_template(
        form(shapes=shapes)
    )


def packaged_copy(tmp_path: Path, old: str = "", new: str = "") -> Path:
    source = PACKAGED / "care_transfer" / "2015-11"
    folder = tmp_path / "care_transfer" / "2015-11"
    folder.mkdir(parents=True)
    text = (source / "template.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "template.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    (folder / "blank.pdf").write_bytes((source / "blank.pdf").read_bytes())
    return folder


def test_a_blank_that_was_not_drawn_from_its_template_is_refused(tmp_path: Path) -> None:
    folder = packaged_copy(tmp_path, "label: Reason,", "label: Reasons,")
    assert check_folder(folder) == ("blank.pdf is not the one drawn from this template; draw it again.",)


def test_a_folder_without_its_blank_is_refused(tmp_path: Path) -> None:
    folder = packaged_copy(tmp_path)
    assert check_folder(folder) == ()
    (folder / "blank.pdf").unlink()
    assert check_folder(folder) == ("There is no blank.pdf; draw it with `remsfax templates draw`.",)


def test_an_unknown_kind_is_a_sentence_not_an_error(tmp_path: Path) -> None:
    (fault,) = check_folder(packaged_copy(tmp_path, "kind: date", "kind: dates"))
    assert "kind" in fault


def test_a_template_in_the_wrong_folder_is_a_sentence(tmp_path: Path) -> None:
    folder = packaged_copy(tmp_path)
    wrong = folder.rename(folder.parent / "2016-01")
    assert "The template belongs into care_transfer/2015-11." in check_folder(wrong)


def test_drawing_twice_gives_the_same_bytes_and_another_template_gives_others() -> None:
    assert draw_blank(form()) == draw_blank(form())
    assert draw_blank(form()) != draw_blank(form({"signature": {"label": "Sign here"}}))


@pytest.mark.parametrize("style", ["box", "cells", "comb", "line"])
@pytest.mark.parametrize("bar", ["black", "gray", "line", "side"])
def test_every_style_and_bar_is_drawn(style: str, bar: str) -> None:
    sections = [{"name": "all", "title": "All", "page": 1, "box": [30, 60, 550, 400], "bar": bar}]
    plain = draw_blank(form({"death_date": {"style": "cells"}}))
    drawn = draw_blank(form({"death_date": {"style": style}}, sections=sections))
    assert drawn.startswith(b"%PDF")
    assert (drawn == plain) is (style == "cells" and bar == "black")


def test_the_boxes_of_a_field_are_its_own_and_those_of_its_options() -> None:
    field = FormField.model_validate({"name": "a", "label": "A", "page": 1, "section": "s", **SOUND["alive"]})
    assert field.boxes == ((200, 100, 9, 9), (230, 100, 9, 9))
