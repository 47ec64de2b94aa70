"""What reading needs, loaded once a process: catalog, blank forms and readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from extractors.readers.registry import load_readers

from extractors.blanks import Blanks, load_blanks
from extractors.model import Gray
from extractors.readers.protocol import LineCrop, Readers
from form_templates.catalog import Catalog, load_catalog
from pipelines.settings import PipelineSettings


@dataclass(frozen=True)
class ReadingEngine:
    """Catalog, blank forms and readers."""

    settings: PipelineSettings
    catalog: Catalog
    blanks: Blanks
    readers: Readers

    @property
    def models(self) -> Mapping[str, str]:
        """Version of the model behind each reader's name, as the store keeps it."""
        hand, typed = self.readers.hand, self.readers.type
        return {"handwriting": f"{hand.name} {hand.version}", "print": f"{typed.name} {typed.version}"}

    def read_line(self, line: Gray) -> str:
        """One line of print, such as a header line."""
        return self.readers.type.read([LineCrop(line)])[0].text


def load_engine(settings: PipelineSettings, readers: Readers | None = None) -> ReadingEngine:
    """Load everything that reading needs; takes seconds.

    Args:
        settings: of the flow.
        readers: in place of the program's own, for tests.
    """
    catalog = load_catalog()
    blanks = load_blanks(catalog, Path(settings.reading.cache))
    return ReadingEngine(settings, catalog, blanks, readers or load_readers())
