"""Registration measured against the bitmaps that were sent: where the labels of noisy pages truly are."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.main_job.examination import SEED, shelf
from benchmarks.registration_truth import measure_registration
from benchmarks.table import Row, at_most, reported
from extractors.blanks import Blanks, load_blanks
from extractors.identify import identify
from extractors.model import WORK_DPI
from extractors.opening import open_fax
from extractors.register import register
from extractors.straighten import straighten
from form_templates.catalog import load_catalog
from sample_faxes.make import make
from sample_faxes.scenario import Transmission
from sample_faxes.scenarios import SCENARIOS
from sample_faxes.sending import Sent


def registration_rows(cache: Path, *, most_faxes: int) -> Iterator[Row]:
    """Median and 99th percentile of the distance from each printed label to its true place."""
    blanks = load_blanks(load_catalog(), cache)
    noisy = [fax for fax in SCENARIOS if _upright_call(fax)]
    worst = [fax for fax in noisy if fax.quality == "five_percent"]
    for name, faxes in (("5 % bad lines", worst), ("all lines", noisy)):
        distances, doubtful = [], 0
        for sent in make(shelf(), faxes[:most_faxes], SEED):
            for errors, was_doubtful in _errors(sent, blanks):
                distances.append(errors)
                doubtful += was_doubtful
        points = np.concatenate(distances)
        yield at_most(f"registration, median, {name}", float(np.median(points)), 1.5, "px at 204 dpi")
        yield at_most(
            f"registration, 99 % of labels, {name}", float(np.quantile(points, 0.99)), 6.0, "px at 204 dpi"
        )
        yield reported(
            f"registration, pages measured (doubtful ones apart), {name}", len(distances) - doubtful, "pages"
        )


def _upright_call(fax: Transmission) -> bool:
    """Faxes by telephone whose sheets lie upright: the truth follows rows, which a turned sheet has not."""
    return (
        fax.carrier == "call"
        and fax.resend_of is None
        and not any(fault.turns for fault in fax.paper.values())
    )


def _errors(sent: Sent, blanks: Blanks) -> Iterator[tuple[np.ndarray, bool]]:
    truth = {page: d for d in sent.truth["documents"] for page in d["pages"]}
    for page, index in zip(open_fax(sent.data).pages, sent.received, strict=True):
        document = truth.get(page.number)
        if document is None:
            continue
        straight, identity = identify(straighten(page), blanks)
        if identity.kind != "form":
            continue
        registered = register(straight, identity, blanks)
        if registered.doubtful:
            yield np.empty(0), True
            continue
        source = sent.pages[index]
        patches = blanks.page(registered.form, registered.version, registered.form_page).patches
        points_pt = (patches.centers_px + 0.5) * 72 / WORK_DPI
        errors = measure_registration(source.ink, source.from_points, page, registered, points_pt)
        yield errors.distances_px, False
