"""The faxes of the reading benchmark: whose hands, what truth, and how they are kept."""

from pathlib import Path

import numpy as np
import pytest
from reading_rows import row

from benchmarks.reading.compose import fax_of, make_fax
from benchmarks.reading.contents import census_of
from benchmarks.reading.cutting import cut_fax
from benchmarks.reading.hands import Writers, open_writers
from benchmarks.reading.harvest import read_shard, write_shard
from benchmarks.reading.rows import rows_of
from benchmarks.reading.score import is_answer
from benchmarks.training.split import PARTS, held_out_part, part_of
from extractors.blanks import load_blanks
from extractors.readers.null import NullReader
from extractors.readers.protocol import Readers
from form_templates.catalog import Catalog
from pipelines.engine import ReadingEngine
from pipelines.settings import PipelineSettings
from sample_faxes.blanks import catalog
from sample_faxes.faxline import spandsp_present
from sample_faxes.fonts import FontShelf, FontsMissing, open_shelf

pytestmark = pytest.mark.skipif(not spandsp_present(), reason="libspandsp is not installed")


@pytest.fixture(scope="module")
def shelf() -> FontShelf:
    try:
        return open_shelf()
    except FontsMissing as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def writers(shelf: FontShelf, tmp_path_factory: pytest.TempPathFactory) -> Writers:
    return open_writers(shelf, "examination", None, tmp_path_factory.mktemp("scratch"))


def test_nobody_is_in_two_parts_and_nobody_held_out_is_trained_on() -> None:
    parts = [part_of(f"mnist-{number}") for number in range(5000)]
    shares = {part: parts.count(part) / len(parts) for part in PARTS}
    assert shares["train"] == pytest.approx(0.80, abs=0.02)
    assert shares["calibration"] == pytest.approx(0.085, abs=0.015)
    assert shares["examination"] == pytest.approx(0.09, abs=0.015)
    assert {held_out_part(f"font-{number}") for number in range(50)} == {"calibration", "examination"}


def test_typefaces_and_names_of_the_parts_are_apart(shelf: FontShelf, tmp_path: Path) -> None:
    faces = {part: {f.name for f in open_writers(shelf, part, None, tmp_path).faces} for part in PARTS}
    assert not faces["calibration"] & faces["examination"]
    assert not faces["train"] & (faces["calibration"] | faces["examination"])
    assert min(map(len, faces.values())) >= 5
    names = {part: set(census_of(part).last[0]) for part in PARTS}
    assert not names["train"] & names["examination"]
    assert not names["calibration"] & names["examination"]
    assert len(names["examination"]) > 1000


def test_a_fax_has_its_truth_with_the_characters_on_the_paper(
    writers: Writers, shelf: FontShelf, tmp_path: Path
) -> None:
    fax = fax_of(writers, shelf, 5, 0, tmp_path)
    document = fax.truth["documents"][0]
    template = catalog().templates[0]
    assert (document["form"], document["version"]) == (template.form, template.version)
    written = {name: entry for name, entry in document["fields"].items() if entry.get("written")}
    assert len(written) >= 5
    for name, entry in written.items():
        assert entry["value"] is not None or entry.get("not_applicable"), name
    assert fax.truth["raster"] == "fine"
    assert fax_of(writers, shelf, 5, 0, tmp_path).data == fax.data


def test_the_same_seed_makes_the_same_fax_and_another_seed_another(
    writers: Writers, shelf: FontShelf
) -> None:
    one, same, other = (make_fax(writers, shelf, seed, 3) for seed in (5, 5, 6))
    assert one.data == same.data
    assert one.truth == same.truth
    assert one.truth["documents"][0]["fields"] != other.truth["documents"][0]["fields"]


def test_every_field_of_a_fax_is_a_row_and_every_written_one_has_its_crops(
    writers: Writers, shelf: FontShelf, tmp_path: Path
) -> None:
    whole = catalog()
    small = Catalog(whole.templates[:1], whole.folders)
    nobody = Readers(hand=NullReader(), typed=NullReader())
    engine = ReadingEngine(PipelineSettings(), small, load_blanks(small, tmp_path), nobody)
    fax = fax_of(writers, shelf, 5, 0, tmp_path)
    cut = cut_fax(fax.data, fax.truth, engine)
    rows = list(rows_of(cut, fax))
    assert [row.name for row, _ in rows] == [field.name for field in whole.templates[0].fields]
    assert cut.lost == ()
    answers = [(row, crops) for row, crops in rows if is_answer(row) and row.struck is None]
    assert len(answers) >= 5
    for answer, crops in answers:
        assert len(crops) == len(answer.written), answer.name
        assert not answer.right, "nobody has read it"


def test_a_shard_gives_back_its_rows_with_their_crops(tmp_path: Path) -> None:
    crops = [np.full((4, 7), 255, np.uint8), np.zeros((3, 2), np.uint8)]
    rows = [(row(), crops), (row(kind="check"), []), (row(), crops[1:])]
    assert write_shard(rows, tmp_path, 0) == 2
    back = list(read_shard(tmp_path, 0))
    assert [[crop.shape for crop in own] for _, own in back] == [[(4, 7), (3, 2)], [], [(3, 2)]]
    assert (back[0][1][0] == crops[0]).all()
    assert back[1][0]["kind"] == "check"
