"""What reading needs, loaded once a process: catalog, blank forms and readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from extractors.blanks import Blanks, load_blanks
from extractors.model import Gray
from extractors.readers.protocol import LineCrop, Readers
from extractors.readers.registry import open_readers
from form_templates.catalog import Catalog, load_catalog
from pipelines.settings import PipelineSettings
from pipelines.version import software_version


@dataclass(frozen=True)
class ReadingEngine:
    """Catalog, blank forms and readers."""

    settings: PipelineSettings
    catalog: Catalog
    blanks: Blanks
    readers: Readers

    @property
    def models(self) -> Mapping[str, str]:
        """What stands behind each reader's name, as the store keeps it.

        Marks and signatures are told by no model but by this program's own measures, and so is that nothing
        is written somewhere: their version is the program's.
        """
        hand, typed, own = self.readers.hand, self.readers.typed, f"remsfax {software_version()}"
        return {
            "handwriting": f"{hand.name} {hand.version}",
            "print": f"{typed.name} {typed.version}",
            "mark": own,
            "signature": own,
            "none": own,
        }

    @property
    def page_counts(self) -> Mapping[tuple[str, str], int]:
        """How many pages each form and version has."""
        return {(template.form, template.version): len(template.pages) for template in self.catalog.templates}

    def read_line(self, line: Gray) -> str:
        """One line of print, such as a header line."""
        return self.readers.typed.read([LineCrop(line)])[0].text


def load_engine(settings: PipelineSettings, readers: Readers | None = None) -> ReadingEngine:
    """Load everything that reading needs; takes seconds.

    Args:
        settings: of the flow.
        readers: in place of the program's own, for tests.
    """
    catalog = load_catalog()
    blanks = load_blanks(catalog, Path(settings.reading.cache))
    chosen = settings.reading
    voices = readers or open_readers(
        chosen.hand_reader,
        chosen.typed_reader,
        chosen.second_reader or None,
        chosen.page_reader or None,
        chosen.witness_reader or None,
    )
    return ReadingEngine(settings, catalog, blanks, voices)
