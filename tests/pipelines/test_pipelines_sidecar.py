"""What the fax server knows, from whatever it wrote."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake import Arrival, Entry
from pipelines.sidecar import facts_of

WRITTEN = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


def facts(sidecar: bytes | None, data: bytes = b"fax"):
    entry = Entry("a.tif", "/inbox/a.tif", len(data), WRITTEN, WRITTEN, "")
    return facts_of(Arrival(entry, data, sidecar), "America/New_York")


def test_what_the_server_knows_is_taken_and_the_rest_kept() -> None:
    known = facts(
        json.dumps(
            {
                "fax": {
                    "received_at": "2026-10-05T07:04",
                    "sender": " +1 303 555  0168 ",
                    "announced_pages": 3,
                    "called_number": "+1 855 557 2478",
                    "bad_rows": [0, 12],
                },
                "documents": [{"form": "patient_status"}],
            }
        ).encode()
    )
    assert known.received_at == datetime(2026, 10, 5, 11, 4, tzinfo=UTC)
    assert (known.sender, known.announced_pages, known.called_number) == (
        "+1 303 555 0168",
        3,
        "+1 855 557 2478",
    )
    assert known.more == {"bad_rows": [0, 12]}


def test_without_a_sidecar_the_file_was_received_when_it_was_written() -> None:
    assert facts(None).received_at == WRITTEN
    assert facts(None).more == {}


def test_a_sidecar_that_makes_no_sense_is_noted_and_keeps_nothing_from_being_read() -> None:
    for sidecar in (b"", b"\xff\xfe", b"[1", b"3", b'{"fax": []}', b"[" * 100_000):
        assert facts(sidecar).more == {"sidecar": "unreadable"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["received_at", "sender", "sent_at", "announced_pages", "called_number", "bad_rows"])


@given(st.dictionaries(keys | st.text(), json_values))
def test_no_sidecar_is_refused(fax: dict[str, object]) -> None:
    known = facts(json.dumps({"fax": fax}).encode())
    assert known.received_at.tzinfo is not None
    assert known.announced_pages is None or 0 < known.announced_pages < 10_000
    json.dumps(dict(known.more), allow_nan=False)


@given(st.binary(max_size=200))
def test_no_bytes_are_refused(sidecar: bytes) -> None:
    assert facts(sidecar).size_bytes == 3
