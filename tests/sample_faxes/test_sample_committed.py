"""The committed set: every fax has a truth, and the truth fits the file and the template."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from pdf2image import pdfinfo_from_path
from PIL import Image

from form_templates.model import FormField
from sample_faxes import make
from sample_faxes.blanks import catalog
from sample_faxes.scenarios import SCENARIOS

FAXES = sorted(path for path in make.DEFAULT_OUT.glob("*") if path.suffix in (".tif", ".pdf"))


def truth_of(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return loaded


def page_count(path: Path) -> int:
    if path.suffix == ".pdf":
        return int(pdfinfo_from_path(str(path))["Pages"])
    with Image.open(path) as image:
        return int(getattr(image, "n_frames", 1))


def test_the_set_is_the_list_of_scenarios_and_stays_small() -> None:
    assert [path.stem for path in FAXES] == sorted(fax.name for fax in SCENARIOS)
    assert sum(path.stat().st_size for path in make.DEFAULT_OUT.iterdir()) <= 20e6


@pytest.mark.parametrize("path", FAXES, ids=lambda path: path.stem)
def test_every_received_page_is_accounted_for_once(path: Path) -> None:
    truth = truth_of(path)
    pages = [page for document in truth["documents"] for page in document["pages"]]
    pages += [int(page) for document in truth["documents"] for page in document.get("doubled_pages", {})]
    pages += [other["page"] for other in truth["other_pages"]]
    count = page_count(path)
    assert sorted(pages) == list(range(1, count + 1))
    assert truth["fax"]["pages"] == count
    assert (
        date(2026, 10, 5) <= datetime.fromisoformat(truth["fax"]["received_at"]).date() <= date(2026, 11, 20)
    )


def fits(field: FormField, entry: dict[str, Any]) -> bool:
    value = entry["value"]
    if field.kind in ("check", "signature"):
        return isinstance(value, bool)
    if value is None:
        return True
    offered = {option.value for option in field.options}
    if offered:
        return set(value if isinstance(value, list) else [value]) <= offered
    return (
        isinstance(value, str) and value != "" and (field.kind != "date" or len(value) == len("2026-10-05"))
    )


@pytest.mark.parametrize("path", FAXES, ids=lambda path: path.stem)
def test_the_truth_names_every_field_of_the_received_pages(path: Path) -> None:
    for document in truth_of(path)["documents"]:
        template = catalog().get(document["form"], document["version"])
        missing = set(document["missing_pages"])
        assert len(document["pages"]) + len(missing) == len(template.pages)
        expected = [field.name for field in template.fields if field.page not in missing]
        assert list(document["fields"]) == expected
        wrong = [name for name in expected if not fits(template.field(name), document["fields"][name])]
        assert wrong == []


def test_events_are_reported_and_denied() -> None:
    told = {path: truth_of(path)["adverse_event"] for path in FAXES}
    assert sum(told.values()) >= 10
    assert sum(not said for said in told.values()) >= 50


def test_a_resend_has_the_same_bytes() -> None:
    for fax in SCENARIOS:
        if fax.resend_of is not None:
            sent, original = (
                next(make.DEFAULT_OUT.glob(f"{name}.[tp]*")) for name in (fax.name, fax.resend_of)
            )
            assert sent.read_bytes() == original.read_bytes()
