"""The catalog: every template of a folder tree ``<form>/<version>/template.yaml``, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import ValidationError

from form_templates.errors import BadTemplate, MissingBlank, UnknownForm
from form_templates.model import Template

TEMPLATE_FILE = "template.yaml"
BLANK_FILE = "blank.pdf"
PACKAGED = Path(__file__).parent

# libyaml's loader is ten times the speed of the pure one, and the catalog is read at every start.
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_template(path: Path) -> Template:
    """Read one template.

    Args:
        path: a ``template.yaml``, or the folder that holds one.

    Raises:
        BadTemplate: the file is missing, no YAML, or no template.
    """
    file = path / TEMPLATE_FILE if path.is_dir() else path
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise BadTemplate(str(file), error.strerror or "it cannot be read") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadTemplate(str(file), " ".join(str(error).split())) from error
    try:
        return Template.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise BadTemplate(str(file), f"{place}: {first['msg']}") from error


@dataclass(frozen=True)
class Catalog:
    """All templates, sorted by form and version, and the folder each came from."""

    templates: tuple[Template, ...]
    folders: Mapping[tuple[str, str], Path]

    @cached_property
    def _by_form(self) -> dict[str, tuple[Template, ...]]:
        forms = sorted({template.form for template in self.templates})
        return {form: tuple(t for t in self.templates if t.form == form) for form in forms}

    @property
    def forms(self) -> tuple[str, ...]:
        """The codes of the forms, sorted."""
        return tuple(self._by_form)

    def versions(self, form: str) -> tuple[str, ...]:
        """The versions of one form, oldest first; none for a form that is not there."""
        return tuple(template.version for template in self._by_form.get(form, ()))

    def get(self, form: str, version: str | None = None) -> Template:
        """One template; the latest version where none is named.

        Raises:
            UnknownForm: the catalog does not hold it.
        """
        found = [t for t in self._by_form.get(form, ()) if version in (None, t.version)]
        if not found:
            known = tuple(f"{t.form} {t.version}" for t in self.templates)
            raise UnknownForm(form, version, known)
        return found[-1]

    def blank_pdf(self, template: Template) -> bytes:
        """The blank form as committed beside its template.

        Raises:
            UnknownForm: the template is not of this catalog.
            MissingBlank: nobody has drawn it yet.
        """
        folder = self.folders.get((template.form, template.version))
        if folder is None:
            raise UnknownForm(template.form, template.version, self.forms)
        try:
            return (folder / BLANK_FILE).read_bytes()
        except OSError as error:
            raise MissingBlank(template.form, template.version) from error


def load_catalog(root: Path | None = None) -> Catalog:
    """Read every template below a folder; the packaged ones by default.

    Raises:
        BadTemplate: a file is no template, or lies in a folder that does not bear its form and version.
    """
    found: dict[tuple[str, str], tuple[Template, Path]] = {}
    for file in sorted((root or PACKAGED).glob(f"*/*/{TEMPLATE_FILE}")):
        template = load_template(file)
        if (file.parent.parent.name, file.parent.name) != (template.form, template.version):
            raise BadTemplate(str(file), f"its folder is not {template.form}/{template.version}")
        found[template.form, template.version] = (template, file.parent)
    return Catalog(
        templates=tuple(found[key][0] for key in sorted(found)),
        folders=MappingProxyType({key: folder for key, (_, folder) in found.items()}),
    )
