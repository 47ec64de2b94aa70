"""How well the job reads: pages, splits, ticks, signatures, type, and handwriting beside plain tesseract."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.main_job.zonal import zonal_texts
from benchmarks.table import Row, at_least, exactly, reported
from extractors.values import normalize
from form_templates.catalog import Catalog, load_catalog
from form_templates.model import MARKED_KINDS
from pipelines.read_files import read_files
from pipelines.settings import BatchSettings, PipelineSettings, ReadingSettings
from remsfax.commands.scoring import load_truths
from remsfax.scoring import Kinds, Scores, same_value, score_fax

Json = Mapping[str, Any]


def settings(cache: Path) -> PipelineSettings:
    """The settings as shipped, with a cache of the benchmark's own."""
    return PipelineSettings(batch=BatchSettings(workers=2), reading=ReadingSettings(cache=str(cache)))


def read_folder(folder: Path, cache: Path) -> tuple[Scores, dict[Path, Json], dict[Path, Json]]:
    """Scores, readings and truths of every fax of a folder."""
    chosen = settings(cache)
    catalog = load_catalog()
    kinds: Kinds = {(t.form, t.version): {f.name: f.kind for f in t.fields} for t in catalog.templates}
    truths: dict[Path, Json] = dict(load_truths(folder, chosen.intake.suffixes))
    readings: dict[Path, Json] = dict(read_files(list(truths), chosen))
    scores = Scores(tuple(score_fax(readings[file], truths[file], kinds) for file in truths))
    return scores, readings, truths


def page_rows(scores: Scores) -> Iterator[Row]:
    """Identification and splitting, on the sample faxes."""
    yield exactly(
        "sample pages given the right form, version and page", scores.pages.percent or 0.0, 100.0, "%"
    )
    yield exactly("sample forms split right", scores.splits.percent or 0.0, 100.0, "%")
    yield exactly("forms claimed on sample pages that are none", scores.forms_on_others, 0, "pages")
    yield exactly(
        "possible adverse events seen, sample faxes", scores.adverse_events.percent or 0.0, 100.0, "%"
    )


def field_rows(scores: Scores, where: str) -> Iterator[Row]:
    """Ticks, signatures, typed and handwritten fields."""
    yield at_least(f"ticks right, {where}", scores.ticks.percent or 0.0, 99.5, "%")
    yield at_least(f"signatures present or not, {where}", scores.signatures.percent or 0.0, 99.5, "%")
    yield at_least(
        f"typed fields, whole value, fine, {where}", scores.typed("fine").percent or 0.0, 98.0, "%"
    )
    standard = scores.typed("standard").percent or 0.0
    yield at_least(f"typed fields, whole value, standard, {where}", standard, 96.0, "%")
    yield reported(f"handwritten fields, whole value, {where}", scores.handwritten.percent or 0.0, "%")
    accepted = scores.accepted
    wrong = 100 * (1 - accepted.right / accepted.of) if accepted.of else 0.0
    yield reported(f"wrong among fields that pass unseen, {where}", wrong, f"% of {accepted.of}")


def line_rows(scores: Scores, truths: Mapping[Path, Json], where: str) -> Iterator[Row]:
    """Typed fields by the line that the fax came over: where the misreadings are."""
    lines = [truth.get("line") for truth in truths.values()]
    for line in sorted({str(line) for line in lines}):
        part = Scores(tuple(fax for fax, own in zip(scores.faxes, lines, strict=True) if str(own) == line))
        for resolution in ("fine", "standard"):
            share = part.typed(resolution)
            if share.of:
                name = f"typed fields, {resolution}, line or carrier {line.replace('_', ' ')}, {where}"
                yield reported(name, share.percent or 0.0, f"% of {share.of}")


def hand_rows(readings: Mapping[Path, Json], truths: Mapping[Path, Json], *, most: int) -> Iterator[Row]:
    """Handwritten fields by kind and resolution, ours beside plain zonal tesseract on the same boxes."""
    catalog = load_catalog()
    ours: Counter[tuple[str, str]] = Counter()
    plain: Counter[tuple[str, str]] = Counter()
    asked: Counter[tuple[str, str]] = Counter()
    budget = most
    for file, truth in truths.items():
        wanted = list(_handwritten(readings[file], truth, catalog))[: max(0, budget)]
        budget -= len(wanted)
        texts = zonal_texts(file, [(w["page"], tuple(w["box"])) for *_, w in wanted])
        resolution = (readings[file]["fax"].get("resolution") or [0, 0])[1]
        line = "fine" if resolution >= 150 else "standard"
        for (field, value, read), text in zip(wanted, texts, strict=True):
            key = (field.kind, line)
            asked[key] += 1
            ours[key] += same_value(field.kind, read["value"], value)
            plain[key] += same_value(field.kind, normalize(field, text).value, value)
    for key in sorted(asked):
        kind, line = key
        name, unit = f"handwritten {kind}, {line}", f"% of {asked[key]}"
        yield reported(name, 100 * ours[key] / asked[key], unit)
        yield reported(f"{name}: plain zonal tesseract", 100 * plain[key] / asked[key], unit)


def _handwritten(reading: Json, truth: Json, catalog: Catalog) -> Iterator[tuple[Any, Any, Any]]:
    documents: Sequence[Json] = reading.get("documents", ())
    for true in truth["documents"]:
        same = [d for d in documents if (d["form"], d["pages"]) == (true["form"], true["pages"])]
        if not same or same[0]["version"] != true["version"]:
            continue
        template = catalog.get(true["form"], true["version"])
        for name, written in true["fields"].items():
            field, read = template.field(name), same[0]["fields"].get(name)
            if field.kind in MARKED_KINDS | {"signature"} or not written.get("hand") or not written["value"]:
                continue
            if read is not None and read["box"] is not None:
                yield field, written["value"], read
