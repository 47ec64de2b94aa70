"""All settings: the rooms' own models, composed, with where each value came from.

A value in the environment (``REMSFAX_STORE__DATABASE``) outweighs one in ``remsfax.toml``, which outweighs
the default.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipelines.settings import (
    BatchSettings,
    IntakeSettings,
    PipelineSettings,
    ReadingSettings,
    ScheduleSettings,
    rules_of,
)
from review.settings import DeskSettings
from store.desk.settings import ReviewSettings
from store.settings import StoreSettings
from validators.program.settings import ProgramSettings
from validators.settings import FormRuleSettings

FILE_VARIABLE = "REMSFAX_SETTINGS"
DEFAULT_FILE = "remsfax.toml"
PREFIX = "REMSFAX_"
_PASSWORD = re.compile(r"(?<=://)([^:/@\s]+):[^@\s]+@")


BASELINE_VERSIONS = ("2014-11", "2015-11")
"""Program versions from before the baseline recurred with each course (W2, W3)."""


class BadSettings(Exception):
    """A setting that is unknown or out of range; the message names it and where it stands."""


class Settings(BaseSettings):
    """Every setting of every room."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    intake: IntakeSettings = Field(default=IntakeSettings(), description="where faxes arrive")
    reading: ReadingSettings = Field(default=ReadingSettings(), description="how faxes are read")
    rules: FormRuleSettings = Field(default=FormRuleSettings(), description="numbers of the checks of forms")
    program: ProgramSettings = Field(
        default=ProgramSettings(), description="the program's open decisions, clocks and matching"
    )
    batch: BatchSettings = Field(default=BatchSettings(), description="how a batch uses the machine")
    schedule: ScheduleSettings = Field(default=ScheduleSettings(), description="when the nightly batch runs")
    store: StoreSettings = Field(default=StoreSettings(), description="where records and bytes are kept")
    desk: DeskSettings = Field(default=DeskSettings(), description="how the web desk is reached")
    review: ReviewSettings = Field(
        default=ReviewSettings(), description="how doubtful fields are settled, and the machine measured"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before file before defaults."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, settings_file())

    def pipeline(self) -> PipelineSettings:
        """What the flow takes."""
        return PipelineSettings(
            intake=self.intake,
            reading=self.reading,
            batch=self.batch,
            schedule=self.schedule,
            store=self.store,
            rules=rules_of(self.rules, self.program, BASELINE_VERSIONS),
            program=self.program,
        )


@dataclass(frozen=True)
class Shown:
    """One setting as ``remsfax settings`` shows it; passwords in addresses are not shown."""

    name: str
    value: str
    origin: str
    description: str


def settings_file() -> Path:
    """The settings file: ``remsfax.toml`` here, or the one that ``REMSFAX_SETTINGS`` names."""
    return Path(os.environ.get(FILE_VARIABLE) or DEFAULT_FILE)


def load_settings(**overrides: Mapping[str, Any]) -> Settings:
    """Read the settings.

    Args:
        overrides: by room, values that outweigh all others (command line options).

    Raises:
        BadSettings: a setting is unknown or out of range, or the file is no TOML.
    """
    file = settings_file()
    if os.environ.get(FILE_VARIABLE) and not file.is_file():
        raise BadSettings(f"{FILE_VARIABLE} names {file}, which is not there; correct the path or unset it.")
    _refuse_unknown_variables()
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadSettings(
            f"Setting {name}: {first['msg']}; correct it in {file} or in {_variable(name)}."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{file} is no TOML: {error}; correct that line.") from None
    except OSError as error:
        raise BadSettings(f"{file} cannot be read ({error.strerror}); allow it or remove it.") from None
    except ValueError as error:
        raise BadSettings(f"A {PREFIX}* variable cannot be read: {' '.join(str(error).split())}.") from None


def shown_settings(settings: Settings) -> Iterator[Shown]:
    """Every setting with its value, where it came from, and what it means."""
    file = settings_file()
    in_file = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    for room in Settings.model_fields:
        yield from _shown(room, getattr(settings, room), in_file.get(room, {}), file)


def _shown(prefix: str, model: BaseModel, in_file: Any, file: Path) -> Iterator[Shown]:
    for name, info in type(model).model_fields.items():
        full, value = f"{prefix}.{name}", getattr(model, name)
        written = in_file.get(name) if isinstance(in_file, dict) else None
        if isinstance(value, BaseModel):
            yield from _shown(full, value, written or {}, file)
            continue
        if _variable(full) in _environment():
            origin = _variable(full)
        else:
            origin = "default" if written is None else str(file)
        yield Shown(full, _plain(value), origin, info.description or "")


def _plain(value: Any) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(str(item) for item in value))
    if isinstance(value, tuple | list):
        return ", ".join(_plain(item) if isinstance(item, tuple) else str(item) for item in value)
    return _PASSWORD.sub(r"\1:***@", "" if value is None else str(value))


def _variable(name: str) -> str:
    return PREFIX + name.upper().replace(".", "__")


def _environment() -> dict[str, str]:
    return {name.upper(): value for name, value in os.environ.items() if name.upper().startswith(PREFIX)}


def _refuse_unknown_variables() -> None:
    # pydantic-settings passes over a variable that it does not know, and a misspelt one would do nothing at
    # all.
    known = {_variable(name) for name in _names("", Settings)} | {FILE_VARIABLE}
    for variable in _environment():
        if variable not in known and not any(name.startswith(variable + "__") for name in known):
            raise BadSettings(f"There is no setting {variable}; `remsfax settings` lists all of them.")


def _names(prefix: str, model: type[BaseModel]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _names(f"{prefix}{name}.", kind)
        else:
            yield prefix + name
