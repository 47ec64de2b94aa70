"""The blank forms as pixels: what every received page is compared with. Loaded once a process."""

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray
from pdf2image import convert_from_bytes
from pdf2image.exceptions import PDFInfoNotInstalledError

from extractors.errors import PopplerMissing
from extractors.model import WORK_DPI, Gray
from extractors.patches import HALF, Patches, choose_patches, halved
from extractors.spectrum import Spectrum, spectrum_of
from form_templates.catalog import Catalog
from form_templates.model import MARKED_KINDS, Template

PageKey = tuple[str, str, int]
"""form, version, page of the form."""

_CACHE_FORMAT = 4
_DRAWING_SECONDS = 60


@dataclass(frozen=True, eq=False)
class BlankPage:
    """One page of a blank form.

    Attributes:
        pixels: form pixels (``WORK_DPI``), 0 or 255 as on a fax.
        half: the same at half resolution, gray.
        spectrum: of the page at low resolution, to tell pages apart.
        patches: its print, for registration.
    """

    key: PageKey
    pixels: Gray
    half: Gray
    spectrum: Spectrum
    patches: Patches


@dataclass(frozen=True, eq=False)
class Blanks:
    """All blank pages, in the order of the catalog, and their spectra stacked for one multiplication."""

    pages: Mapping[PageKey, BlankPage]
    spectra: NDArray[np.complex64]

    @property
    def keys(self) -> tuple[PageKey, ...]:
        """The pages in the order of ``spectra``."""
        return tuple(self.pages)

    def page(self, form: str, version: str, form_page: int) -> BlankPage:
        """One blank page.

        Raises:
            KeyError: the catalog has no such page.
        """
        return self.pages[form, version, form_page]

    def page_count(self, form: str, version: str) -> int:
        """How many pages the form has."""
        return sum(1 for key in self.pages if key[:2] == (form, version))


def load_blanks(catalog: Catalog, cache_folder: Path | None = None) -> Blanks:
    """Draws every blank page of the catalog and prepares what identification and registration need.

    Processes that begin together with an empty cache share the drawing: each goes through the forms in an
    order of its own and takes from the cache what another has drawn meanwhile.

    Args:
        catalog: the forms.
        cache_folder: where drawn pages may be kept for the next start; a page is used from there only when
            its PDF, its template and the format of the cache are the very same.

    Raises:
        PopplerMissing: poppler-utils is not installed.
    """
    drawn: dict[tuple[str, str], list[tuple[Gray, Patches]]] = {}
    for template in random.sample(catalog.templates, len(catalog.templates)):
        drawn[template.form, template.version] = _drawn_or_kept(catalog, template, cache_folder)
    pages: dict[PageKey, BlankPage] = {}
    for template in catalog.templates:
        for number, (pixels, patches) in enumerate(drawn[template.form, template.version], 1):
            key = (template.form, template.version, number)
            pages[key] = BlankPage(key, pixels, halved(pixels), spectrum_of(pixels), patches)
    spectra = (
        np.stack([page.spectrum for page in pages.values()]) if pages else np.zeros((0, 0, 0), np.complex64)
    )
    return Blanks(MappingProxyType(pages), spectra)


def _drawn_or_kept(
    catalog: Catalog, template: Template, cache_folder: Path | None
) -> list[tuple[Gray, Patches]]:
    pdf = catalog.blank_pdf(template)
    cache = _Cache(cache_folder, template, pdf)
    kept = cache.load()
    if kept is not None:
        return kept
    drawn = [_chosen(template, number, pixels) for number, pixels in enumerate(_draw(pdf, template), 1)]
    cache.save(drawn)
    return drawn


def _draw(pdf: bytes, template: Template) -> list[Gray]:
    try:
        images = convert_from_bytes(pdf, dpi=WORK_DPI, grayscale=True, timeout=_DRAWING_SECONDS)
    except PDFInfoNotInstalledError as error:
        raise PopplerMissing("pdfinfo is not installed: install poppler-utils.") from error
    pages = []
    for image, size in zip(images, template.pages, strict=True):
        width, height = round(size.width * WORK_DPI / 72), round(size.height * WORK_DPI / 72)
        gray = np.asarray(image)
        if gray.shape != (height, width):
            gray = np.asarray(cv2.resize(gray, (width, height), interpolation=cv2.INTER_AREA))
        pages.append(np.where(gray < 150, np.uint8(0), np.uint8(255)))
    return pages


def _chosen(template: Template, number: int, pixels: Gray) -> tuple[Gray, Patches]:
    half = halved(pixels)
    return pixels, choose_patches(half, written_area(template, number, half.shape))


def written_area(template: Template, number: int, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """True where a person writes, at half resolution; tick boxes are too small to count."""
    written = np.zeros(shape, bool)
    scale = WORK_DPI / 72 / HALF
    for field in template.fields_on(number):
        if field.box is not None and field.kind not in MARKED_KINDS:
            x, y, width, height = (value * scale for value in field.box)
            written[int(y) : int(y + height) + 1, int(x) : int(x + width) + 1] = True
    return written


class _Cache:
    """Drawn pages of one template in one file."""

    def __init__(self, folder: Path | None, template: Template, pdf: bytes) -> None:
        digest = hashlib.sha256(pdf + template.model_dump_json().encode()).hexdigest()[:24]
        name = f"{template.form}-{template.version}-{digest}-{_CACHE_FORMAT}.npz"
        self._path = folder / name if folder is not None else None
        self._sizes = [
            (round(p.width * WORK_DPI / 72), round(p.height * WORK_DPI / 72)) for p in template.pages
        ]

    def load(self) -> list[tuple[Gray, Patches]] | None:
        """The drawn pages, or none where the cache has not just these."""
        if self._path is None or not self._path.is_file():
            return None
        drawn = []
        try:
            with np.load(self._path, allow_pickle=False) as arrays:
                for index, (width, height) in enumerate(self._sizes):
                    ink = np.unpackbits(arrays[f"bits{index}"], axis=1, count=width)
                    if ink.shape != (height, width):
                        return None
                    pixels = np.where(ink > 0, np.uint8(0), np.uint8(255))
                    drawn.append((pixels, Patches(arrays[f"corners{index}"], arrays[f"order{index}"])))
        except (OSError, ValueError, KeyError, json.JSONDecodeError):
            return None
        return drawn

    def save(self, drawn: Sequence[tuple[Gray, Patches]]) -> None:
        """Keeps the drawn pages; a folder that cannot be written costs only time at the next start."""
        if self._path is None:
            return
        arrays: dict[str, NDArray[np.uint8] | NDArray[np.int32]] = {}
        for index, (pixels, patches) in enumerate(drawn):
            arrays[f"bits{index}"] = np.packbits(pixels == 0, axis=1)
            arrays[f"corners{index}"], arrays[f"order{index}"] = patches.corners, patches.order
        part = self._path.with_suffix(f".{id(self):x}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
            part.replace(self._path)
        except OSError:
            part.unlink(missing_ok=True)
