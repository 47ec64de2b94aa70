"""A field of the reading benchmark, as the tests want it."""

from dataclasses import replace
from typing import Any

from benchmarks.reading.rows import Row

PLAIN = Row(
    fax="examination-00000", part="examination", form="patient_status", version="2015-11", page=1,
    name="patient_last_name", kind="name", comb=None, lines=None, raster="fine", line="clean", bad_share=0.0,
    hand=True, real_name=False, filled=True, true="Rivera", written=("Rivera",), struck=None,
    two_marked=False, not_applicable=False, lost=False, value="Rivera", raw="Rivera", confidence=0.95,
    decision="accept", reader="handwriting", handwritten=True, reasons=(), candidates=(), right=True,
    typed_probability=0.1, alien_share=0.0, outside_share=0.0, ink_px=900, residual_px=0.4, standard=False,
)  # fmt: skip


def row(**changes: Any) -> Row:
    return replace(PLAIN, **changes)
