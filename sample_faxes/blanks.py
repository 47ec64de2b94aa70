"""Blank forms as sheets at ``CANVAS_DPI``, rasterized once a process."""

from functools import lru_cache
from io import BytesIO

import numpy as np
from pdf2image import convert_from_bytes
from PIL import Image

from form_templates.catalog import Catalog, load_catalog
from form_templates.model import Template
from sample_faxes.ink import CANVAS_DPI, Gray


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """The packaged catalog."""
    return load_catalog()


@lru_cache(maxsize=64)
def _coded_sheets(form: str, version: str) -> tuple[bytes, ...]:
    """The pages of a blank as PNG: thirty of them raw would fill half a gigabyte."""
    known = catalog()
    pages = convert_from_bytes(known.blank_pdf(known.get(form, version)), dpi=CANVAS_DPI, grayscale=True)
    coded = []
    for page in pages:
        out = BytesIO()
        page.save(out, format="PNG", compress_level=1)
        coded.append(out.getvalue())
    return tuple(coded)


def blank_sheet(template: Template, page: int) -> Gray:
    """The blank page (from 1) of a form of the packaged catalog."""
    coded = _coded_sheets(template.form, template.version)[page - 1]
    return np.asarray(Image.open(BytesIO(coded)).convert("L"), np.uint8)


def white_sheet() -> Gray:
    """An empty letter sheet."""
    return np.full((round(11 * CANVAS_DPI), round(8.5 * CANVAS_DPI)), 255, np.uint8)
