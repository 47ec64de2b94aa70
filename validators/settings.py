"""The numbers of the rules that a program lead may change."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LabsScope = Literal["per_course", "first_course"]


class FormRuleSettings(BaseModel):
    """Settings of the checks of forms; every default cites the row of the rules it keeps.

    Where the public sources do not settle a number, the stricter reading is the default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum_age_years: int = Field(
        default=17, ge=0, description="age below which a patient is warned about (D6)"
    )
    maximum_age_years: int = Field(
        default=120, ge=1, description="age above which a date of birth is doubted (X4)"
    )
    planned_days_max: int = Field(
        default=366, ge=1, description="days after receipt beyond which a planned date is doubted (X4)"
    )
    near_infusion_days: int = Field(
        default=14, ge=0, description="a planned infusion this near puts a form ahead of the others (3.3)"
    )
    announced_pages_strict: bool = Field(
        default=False, description="pages announced but not received are an error, not a warning (3.2 step 2)"
    )
    observation_minutes: int = Field(
        default=120, ge=0, description="observation after each infusion, in minutes (D4)"
    )
    consider_history_an_event: bool = Field(
        default=False,
        description="treat an event told as history as a possible adverse event, not as information",
    )


class RuleSettings(FormRuleSettings):
    """All that the checks take: their own settings, and the program's decisions on baseline labs."""

    labs_window_days: int = Field(
        default=30,
        ge=0,
        description="oldest baseline lab, in days before the first infusion, inclusive (W1, W4)",
    )
    labs_scope: LabsScope = Field(
        default="per_course",
        description="baseline labs for every treatment course, or for the first one only (W5)",
    )
    labs_scope_by_version: dict[str, LabsScope] = Field(
        default_factory=dict,
        description="labs_scope by form version (YYYY-MM), where it differs from the default (W5)",
    )

    def labs_scope_of(self, version: str) -> LabsScope:
        """How often baseline labs are asked for under one form version."""
        return self.labs_scope_by_version.get(version, self.labs_scope)
