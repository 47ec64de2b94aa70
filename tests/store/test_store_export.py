import csv
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from store_samples import facts, fax, sha

from store import export as export_module
from store.database import open_database
from store.errors import ExportFailed
from store.export import ExportFormat, export, exported_columns, exported_tables
from store.inbox import claim, note_unreadable, receive
from store.model import SetAside
from store.recording import record, set_aside
from store.schema import upgrade

Step = tuple[str, int]
STEPS: list[Step] = [(what, number) for number in range(3) for what in ("receive", "resend", "finish")]
REASON = SetAside("empty", "The file is empty; ask the sender to send it again.")


def play(engine: Engine, steps: list[Step]) -> None:
    """What befell three faxes, in this order; what depends on an earlier step brings it about."""
    for what, number in steps:
        if what == "resend":
            receive(engine, facts(number, source=f"/inbox/again {number}.tif", minutes=-7))
            continue
        receive(engine, facts(number))
        if what == "finish":
            claim(engine, f"worker {len(steps)}", 60, 1)
            if number == 2:
                set_aside(engine, sha(number), REASON)
            else:
                record(engine, fax(number))


def files(engine: Engine, folder: Path, kind: ExportFormat) -> dict[str, bytes]:
    export(engine, folder, kind)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module", params=["csv", "parquet"])
def straight(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ExportFormat, dict[str, bytes]]:
    """The files of a store where everything came in its order."""
    folder = tmp_path_factory.mktemp("straight")
    engine = open_database(f"sqlite:///{folder / 'store.db'}")
    upgrade(engine)
    play(engine, STEPS)
    return request.param, files(engine, folder / "out", request.param)


def test_both_databases_and_any_order_give_the_same_bytes(
    engine: Engine, straight: tuple[ExportFormat, dict[str, bytes]], tmp_path: Path
) -> None:
    kind, expected = straight
    play(engine, [*reversed(STEPS), *STEPS])
    assert files(engine, tmp_path / "out", kind) == expected


@settings(max_examples=6, deadline=None)
@given(steps=st.permutations(STEPS))
def test_the_order_in_which_faxes_came_does_not_show(
    straight: tuple[ExportFormat, dict[str, bytes]],
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[Step],
) -> None:
    kind, expected = straight
    folder = tmp_path_factory.mktemp("any")
    engine = open_database(f"sqlite:///{folder / 'store.db'}")
    upgrade(engine)
    play(engine, steps)
    engine.dispose()
    assert files(engine, folder / "out", kind) == expected


def test_a_difference_shows(
    engine: Engine, straight: tuple[ExportFormat, dict[str, bytes]], tmp_path: Path
) -> None:
    kind, expected = straight
    play(engine, [step for step in STEPS if step != ("resend", 1)])
    found = files(engine, tmp_path / "out", kind)
    assert {name for name in expected if found[name] != expected[name]} == {
        f"audit.{kind}",
        f"deliveries.{kind}",
        f"transmissions.{kind}",
    }


def test_csv_tells_nothing_from_an_empty_text_and_keeps_every_value(engine: Engine, tmp_path: Path) -> None:
    receive(engine, facts(1, source='/inbox/a "b",\n\U0001f4e0.tif'))
    record(engine, fax(1))
    rows = export(engine, tmp_path)
    assert rows["fields"] == 8
    assert set(rows) == {table.name for table in exported_tables()}
    with (tmp_path / "deliveries.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["source"] == '/inbox/a "b",\n\U0001f4e0.tif'
    assert row["more"] == '{"bad_lines":2,"modem":{"rate":14400}}'
    assert row["received_at"] == "2026-11-02T14:08:00+00:00"
    lines = (tmp_path / "fields.csv").read_text(encoding="utf-8").splitlines()
    (comments,) = [line for line in lines if '"comments"' in line]
    assert '"free_text",,"","0.97"' in comments


def test_parquet_keeps_types(engine: Engine, tmp_path: Path) -> None:
    receive(engine, facts(1))
    record(engine, fax(1))
    export(engine, tmp_path, "parquet")
    fields = pyarrow.parquet.read_table(tmp_path / "fields.parquet").to_pylist()
    by_name = {row["name"]: row for row in fields}
    assert by_name["signature_date"]["confidence"] == 0.61
    assert by_name["signature_date"]["handwritten"] is True
    assert by_name["conditions"]["value"] == '["itp","melanoma"]'
    assert by_name["comments"]["value"] is None
    assert pyarrow.parquet.read_table(tmp_path / "corrections.parquet").num_rows == 0


def test_what_differs_from_run_to_run_is_left_out() -> None:
    columns = {
        f"{table.name}.{column.name}" for table in exported_tables() for column in exported_columns(table)
    }
    assert "transmissions.received_at" in columns
    assert not columns & {"transmissions.recorded_at", "transmissions.claimed_by", "audit.hash", "audit.at"}
    assert "audit_head" not in {table.name for table in exported_tables()}


def test_many_rows_come_in_blocks(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        note_unreadable(engine, f"/inbox/{number}", REASON)
    export(engine, tmp_path / "one")
    monkeypatch.setattr(export_module, "ROWS_AT_ONCE", 2)
    assert export(engine, tmp_path / "parts")["unreadable_arrivals"] == 5
    name = "unreadable_arrivals.csv"
    assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()


def test_a_folder_that_cannot_be_written_has_a_name(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ExportFailed, match="name another folder"):
        export(engine, tmp_path / "file")


def test_numbers_that_json_cannot_hold_elsewhere_do_not_stop_an_export(
    engine: Engine, tmp_path: Path
) -> None:
    receive(engine, replace(facts(1), more={"job": 2**70, "level": float("nan")}))
    export(engine, tmp_path)
    assert f'{{""job"":{2**70},""level"":null}}' in (tmp_path / "deliveries.csv").read_text(encoding="utf-8")
