"""The lines from which on fields pass unseen, as a lead sees and moves them."""

import pytest
from desk_house import browser_of
from desk_samples import ANA, BEN, SETTINGS, SURNAME, answer, care_transfer, put, rules, say, truth
from sqlalchemy import update

from pipelines.acceptance import let_lines_follow, standing_lines
from review.context import DeskContext
from store.database import writing
from store.desk.tables import Measurement
from store.desk.tending import tend

ALL = SETTINGS.model_copy(update={"sample_share": 1.0})


@pytest.fixture
def misread(desk: DeskContext) -> DeskContext:
    """Two accepted surnames of which two people said that they were wrong."""
    for number in (1, 2):
        key = put(desk.database, number, care_transfer({}, **{SURNAME: "Misread"}))
        tend(desk.database, ALL)
        for person in (ANA, BEN):
            answer(desk.database, ALL, rules(), person, say(desk.database, key, SURNAME, truth()[SURNAME]))
    return desk


def test_a_line_that_moved_is_shown_with_its_evidence_and_read_by(misread: DeskContext) -> None:
    assert standing_lines(misread.database) == {}
    let_lines_follow(misread.database, misread.pipeline.reading)
    assert standing_lines(misread.database)["name"].least > 1
    lead = browser_of(misread, "lead")
    shown = lead.json_of("/figures.json")
    (line,) = [one for one in shown["lines"] if one["line_kind"] == "name"]
    assert (line["measured"], line["wrong"], line["line"]["why"]) == (2, 2, "above_target")
    assert [one["moved_by"] for one in shown["line_moves"]] == ["system"]
    page = lead.get("/figures", headers={"Accept": "text/html"}).text
    assert "nothing passes" in page
    assert "more was wrong than the target allows" in page


def test_a_lead_lets_more_pass_where_it_is_borne_and_takes_it_back(misread: DeskContext) -> None:
    with writing(misread.database) as session:
        session.execute(update(Measurement).values(was_right=True, confidence=0.97, place="doubtful"))
    lead = browser_of(misread, "lead")
    order = {"least": 0.97}
    refused = lead.change("/figures/lines/name/confirm", order)
    assert refused.status_code == 422
    assert "does not bear" in refused.json()["error"]
    loose = misread.pipeline.reading.model_copy(update={"target_error": 0.9})
    object.__setattr__(misread, "pipeline", misread.pipeline.model_copy(update={"reading": loose}))
    assert "Let them pass" in lead.get("/figures", headers={"Accept": "text/html"}).text
    auditor = browser_of(misread, "auditor")
    assert "Let them pass" not in auditor.get("/figures", headers={"Accept": "text/html"}).text
    assert auditor.change("/figures/lines/name/confirm", order).status_code == 403
    assert lead.submit("/figures/lines/name/confirm", order).headers["location"] == (
        "/figures?said=line-moved#lines"
    )
    assert standing_lines(misread.database)["name"].confirmed
    assert "Take it back" in lead.get("/figures", headers={"Accept": "text/html"}).text
    assert lead.change("/figures/lines/name/take-back").status_code == 200
    assert standing_lines(misread.database) == {}
    assert lead.change("/figures/lines/name/take-back").status_code == 422
