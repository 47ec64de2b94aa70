"""A real fax call in software: two T.30 terminals of libspandsp over a simulated 8 kHz telephone line.

Modems, training, error correction, line coding and the verdict on each page are spandsp's own; the wire
between them is ours, with noise and drop-outs from a seeded generator. Nothing of the result depends on the
clock or the machine: the received TIFF is written again with tags for the time that the caller gives.

Noise runs only while page data is on the line: in the silences it would hold the modem's carrier detect up
and kill the call instead of the picture.
"""

import ctypes
import ctypes.util
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sample_faxes import tiff

Bits = NDArray[np.bool_]
Samples = NDArray[np.int16]

WIDTH_PX = 1728
X_DPI = 204
Y_DPI: dict[str, int] = {"standard": 98, "fine": 196}
Resolution = Literal["standard", "fine"]
Modem = Literal["v17", "v29", "v27ter"]
Store = Literal["mh", "mr", "mmr"]

_BLOCK = 160  # samples: 20 ms
_RATE_HZ = 8000
_FULL_SCALE_DBM0 = 6.16
_TRAINING_BLOCKS = {"v17": 20, "v29": 20, "v27ter": 55}
_MODEM_BITS = {"v17": 7, "v29": 3, "v27ter": 1}
_STORE_CODE = {"mh": 1, "mr": 2, "mmr": 3}
_RESOLUTIONS = 0x20003  # standard and fine at 204 to the inch across
_SIZES = 0x1B0001  # 215 mm wide, any length
_MAX_CALL_S = 1800

_PAGE_FOLLOWS = frozenset({0x84, 0x8C, 0xC4, 0xBC})  # CFR, MCF, CTR, PPR, from the receiver
_PAGE_OVER_RECEIVER = frozenset({0x44, 0xCC, 0x4C})  # FTT, RTP, RTN
_PAGE_OVER_SENDER = frozenset({0x82, 0x4E, 0x2E, 0x8E, 0xBE, 0xFA, 0xCE})  # DCS, MPS, EOP, EOM, PPS, DCN, EOR


class SpandspMissing(Exception):
    """The fax library is not on this machine."""


@dataclass(frozen=True)
class Line:
    """The telephone line and the two machines.

    ``noise_dbm0`` is white noise during page data (the signal is at -14); ``dropouts_hz`` and
    ``dropout_ms`` are short silences, a Poisson process. ``modem`` fixes the first rate: V.17 14400, V.29
    9600, V.27ter 4800 bit/s.
    """

    modem: Modem = "v17"
    error_correction: bool = False
    noise_dbm0: float | None = None
    dropouts_hz: float = 0.0
    dropout_ms: float = 4.0
    store: Store = "mr"


@dataclass(frozen=True)
class CallResult:
    """What the answering fax server holds after a call, and what each end believes."""

    file: bytes | None
    pages_sent: int
    pages_received: int
    rows: tuple[int, ...]
    bad_rows: tuple[int, ...]
    sender_ok: bool
    receiver_ok: bool
    seconds: float

    @property
    def bad_share(self) -> float:
        """Bad lines as a share of the lines received."""
        return sum(self.bad_rows) / max(1, sum(self.rows))


class _Statistics(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_int)
        for name in (
            "bit_rate", "error_correcting_mode", "pages_tx", "pages_rx", "pages_in_file", "x_resolution",
            "y_resolution", "width", "length", "image_size", "encoding", "bad_rows", "longest_bad_row_run",
            "error_correcting_mode_retries", "current_status",
        )
    ]  # fmt: skip


_Phase = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_PhaseEnd = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_Frame = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_uint8), ctypes.c_int
)


def spandsp_present() -> bool:
    """Whether libspandsp can be loaded here."""
    return ctypes.util.find_library("spandsp") is not None


@lru_cache(maxsize=1)
def _library() -> Any:
    name = ctypes.util.find_library("spandsp")
    if name is None:
        raise SpandspMissing("libspandsp is not installed: apt-get install libspandsp2")
    library = ctypes.CDLL(name)
    pointer, whole, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    for function, result, arguments in (
        ("fax_init", pointer, [pointer, whole]),
        ("fax_free", whole, [pointer]),
        ("fax_release", whole, [pointer]),
        ("fax_rx", whole, [pointer, pointer, whole]),
        ("fax_tx", whole, [pointer, pointer, whole]),
        ("fax_set_transmit_on_idle", None, [pointer, whole]),
        ("fax_set_tep_mode", None, [pointer, whole]),
        ("fax_get_t30_state", pointer, [pointer]),
        ("fax_get_logging_state", pointer, [pointer]),
        ("t30_get_logging_state", pointer, [pointer]),
        ("span_log_set_level", whole, [pointer, whole]),
        ("t30_terminate", None, [pointer]),
        ("t30_set_tx_ident", whole, [pointer, text]),
        ("t30_set_tx_file", None, [pointer, text, whole, whole]),
        ("t30_set_rx_file", None, [pointer, text, whole]),
        ("t30_set_ecm_capability", whole, [pointer, whole]),
        ("t30_set_rx_encoding", whole, [pointer, whole]),
        ("t30_set_supported_modems", whole, [pointer, whole]),
        ("t30_set_supported_compressions", whole, [pointer, whole]),
        ("t30_set_supported_resolutions", whole, [pointer, whole]),
        ("t30_set_supported_image_sizes", whole, [pointer, whole]),
        ("t30_set_phase_d_handler", None, [pointer, _Phase, pointer]),
        ("t30_set_phase_e_handler", None, [pointer, _PhaseEnd, pointer]),
        ("t30_set_real_time_frame_handler", None, [pointer, _Frame, pointer]),
        ("t30_get_transfer_statistics", None, [pointer, ctypes.POINTER(_Statistics)]),
    ):
        call = getattr(library, function)
        call.restype, call.argtypes = result, arguments
    return library


class _Terminal:
    """One fax machine. The handlers only note things: an exception inside a C callback would be lost."""

    def __init__(self, caller: bool, line: Line, ident: str) -> None:
        self.library = _library()
        self.caller = caller
        self.code: int | None = None
        self.page_on_line = False
        self.bad_rows: list[int] = []
        self.fax = self.library.fax_init(None, int(caller))
        self.t30 = self.library.fax_get_t30_state(self.fax)
        self._handlers = (_Phase(self._page_over), _PhaseEnd(self._call_over), _Frame(self._frame))
        self.library.t30_set_phase_d_handler(self.t30, self._handlers[0], None)
        self.library.t30_set_phase_e_handler(self.t30, self._handlers[1], None)
        self.library.t30_set_real_time_frame_handler(self.t30, self._handlers[2], None)
        for state in (
            self.library.t30_get_logging_state(self.t30),
            self.library.fax_get_logging_state(self.fax),
        ):
            self.library.span_log_set_level(state, 0)
        self.library.fax_set_transmit_on_idle(self.fax, 1)
        self.library.fax_set_tep_mode(self.fax, 0)
        # T.6 is offered with error correction only, as the recommendation asks.
        compressions = 14 if line.error_correction else 6
        self.library.t30_set_ecm_capability(self.t30, int(line.error_correction))
        self.library.t30_set_supported_modems(self.t30, _MODEM_BITS[line.modem])
        self.library.t30_set_supported_compressions(self.t30, compressions)
        self.library.t30_set_supported_resolutions(self.t30, _RESOLUTIONS)
        self.library.t30_set_supported_image_sizes(self.t30, _SIZES)
        self.library.t30_set_tx_ident(self.t30, ident.encode("latin-1")[:20])

    def _page_over(self, _t30: int, _user: int, _message: int) -> int:
        statistics = _Statistics()
        self.library.t30_get_transfer_statistics(self.t30, ctypes.byref(statistics))
        # spandsp's receiver drops a page with 15 % bad lines or more (RTN), and keeps the others.
        if statistics.bad_rows * 20 < statistics.length * 3:
            self.bad_rows.append(statistics.bad_rows)
        return 0

    def _call_over(self, _t30: int, _user: int, code: int) -> None:
        self.code = code

    def _frame(self, _t30: int, _user: int, incoming: int, message: Any, length: int) -> None:
        if not self.caller or length < 3:
            return
        kind = message[2] & 0xFE
        if incoming and kind in _PAGE_FOLLOWS:
            self.page_on_line = True
        elif (incoming and kind in _PAGE_OVER_RECEIVER) or (not incoming and kind in _PAGE_OVER_SENDER):
            self.page_on_line = False

    def close(self) -> None:
        if self.code is None:
            self.library.t30_terminate(self.t30)
        # Only fax_release closes the received TIFF in spandsp 0.0.6.
        self.library.fax_release(self.fax)
        self.library.fax_free(self.fax)


class _Wire:
    """The forward direction of the line, block by block."""

    def __init__(self, line: Line, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        level = line.noise_dbm0
        self._rms = 0.0 if level is None else 32768.0 * 10 ** ((level - _FULL_SCALE_DBM0) / 20)
        self._every = _RATE_HZ / line.dropouts_hz if line.dropouts_hz > 0 else math.inf
        self._length = max(1, round(line.dropout_ms * _RATE_HZ / 1000))
        self._left = 0
        self._until = self._gap()
        self.dirty = self._rms > 0 or math.isfinite(self._every)

    def _gap(self) -> float:
        return float(self._random.exponential(self._every)) if math.isfinite(self._every) else math.inf

    def carry(self, block: Samples) -> Samples:
        signal = block.astype(np.float64)
        at = 0
        while at < _BLOCK:
            if self._left == 0:
                if self._until >= _BLOCK - at:
                    self._until -= _BLOCK - at
                    break
                at += int(self._until)
                self._left, self._until = self._length, self._gap()
            span = min(self._left, _BLOCK - at)
            signal[at : at + span] = 0.0
            self._left -= span
            at += span
        if self._rms > 0:
            signal += self._random.standard_normal(_BLOCK) * self._rms
        return np.clip(np.rint(signal), -32768, 32767).astype(np.int16)


def call(
    pages: Sequence[Bits],
    *,
    resolution: Resolution,
    line: Line,
    seed: int,
    ident: str,
    answer_ident: str,
    received_at: datetime,
) -> CallResult:
    """Send bilevel pages (rows x 1728, True is ink) by one fax call, and return what the fax server stored.

    ``ident`` is the sender's number as its machine tells it (TSI, at most 20 characters). The line coding is
    chosen by the machines. A page that spandsp refused (15 % bad lines or more) is sent again by the sender,
    but not the last one: there the sender reports success and the page is gone.

    Raises:
        SpandspMissing: libspandsp is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        sent, received = Path(folder) / "sent.tif", Path(folder) / "received.tif"
        sent.write_bytes(
            tiff.write_pages(tuple(tiff.code_page(page, Y_DPI[resolution], "g4") for page in pages))
        )
        caller, answerer = _Terminal(True, line, ident), _Terminal(False, line, answer_ident)
        seconds = _talk(caller, answerer, sent, received, line=line, seed=seed)
        data = received.read_bytes() if received.exists() else b""
    stored = tiff.read_pages(data) if data else ()
    return CallResult(
        file=_dated(stored, received_at, seconds) if stored else None,
        pages_sent=len(pages),
        pages_received=len(stored),
        rows=tuple(page.number(tiff.LENGTH) for page in stored),
        bad_rows=tuple(answerer.bad_rows[: len(stored)]),
        sender_ok=caller.code == 0,
        receiver_ok=answerer.code == 0,
        seconds=seconds,
    )


def _talk(
    caller: _Terminal, answerer: _Terminal, sent: Path, received: Path, *, line: Line, seed: int
) -> float:
    """Run the call to its end, 20 ms at a time; returns its length in seconds of line time."""
    library = _library()
    library.t30_set_tx_file(caller.t30, os.fsencode(sent), -1, -1)
    library.t30_set_rx_file(answerer.t30, os.fsencode(received), -1)
    library.t30_set_rx_encoding(answerer.t30, _STORE_CODE[line.store])
    wire = _Wire(line, seed)
    forth, back, heard = ((ctypes.c_int16 * _BLOCK)() for _ in range(3))
    forth_samples, heard_samples = np.ctypeslib.as_array(forth), np.ctypeslib.as_array(heard)
    back_samples = np.ctypeslib.as_array(back)
    blocks, live, ending = 0, 0, 25
    while blocks < _MAX_CALL_S * _RATE_HZ // _BLOCK and ending:
        forth_samples[library.fax_tx(caller.fax, forth, _BLOCK) :] = 0
        back_samples[library.fax_tx(answerer.fax, back, _BLOCK) :] = 0
        live = live + 1 if wire.dirty and forth_samples.any() else 0
        if caller.page_on_line and live > _TRAINING_BLOCKS[line.modem]:
            heard_samples[:] = wire.carry(forth_samples)
        else:
            heard_samples[:] = forth_samples
        library.fax_rx(answerer.fax, heard, _BLOCK)
        library.fax_rx(caller.fax, back, _BLOCK)
        blocks += 1
        if caller.code is not None and answerer.code is not None:
            ending -= 1
    caller.close()
    answerer.close()
    return blocks * _BLOCK / _RATE_HZ


def _dated(pages: Sequence[tiff.TiffPage], received_at: datetime, seconds: float) -> bytes:
    """The stored file with the time of the call, and without the name of the machine that made it."""
    stamp = received_at.strftime("%Y:%m:%d %H:%M:%S")
    share = max(1, round(seconds / len(pages)))
    return tiff.write_pages(
        tuple(page.with_tags(t306=stamp, t316="faxserver", t34910=share) for page in pages)
    )
