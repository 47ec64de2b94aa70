"""The settings of the review: what needs two people, what is sampled, and who may close what."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from form_templates.model import Kind

DeskRole = Literal["triage", "reviewer", "safety", "lead"]


class ReviewSettings(BaseModel):
    """How doubtful fields are settled, and how the accepted ones are measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lease_seconds: float = Field(
        default=180.0,
        gt=0,
        description="a task that somebody holds goes back so long after the last sign of life",
    )
    double_kinds: tuple[Kind, ...] = Field(
        default=("rems_id", "npi", "dea", "state_license", "ncpdp"),
        description="kinds of fields that two people enter, the second one blind",
    )
    double_fields: tuple[str, ...] = Field(
        default=(
            "date_of_birth",
            "first_infusion_date",
            "last_infusion_date",
            "infusion_first_date",
            "infusion_last_date",
            "day_?_date",
            "course_end_date",
            "cbc_date",
            "creatinine_date",
            "liver_date",
            "thyroid_date",
            "urinalysis_date",
            "urine_ratio_date",
            "skin_exam_date",
            "last_*_date",
        ),
        description="names of further fields that two people enter: birth dates, infusion and lab dates; "
        "* and ? stand for any letters and any one letter",
    )
    double_on_event: bool = Field(
        default=True,
        description="two people enter every doubtful field that tells of a possible adverse event",
    )
    signature_roles: tuple[DeskRole, ...] = Field(
        default=("reviewer", "safety", "lead"), description="roles that may accept a doubtful signature"
    )
    event_roles: tuple[DeskRole, ...] = Field(
        default=("safety",), description="roles that may close the flag of a possible adverse event"
    )
    reject_roles: tuple[DeskRole, ...] = Field(
        default=("safety", "lead"), description="roles that may reject a form"
    )
    sample_share: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="share of the accepted fields that people enter again, unseen, to measure the machine",
    )
    sample_confidence: float = Field(
        default=0.95,
        gt=0.5,
        lt=1,
        description="how sure the measured error must be before it counts as shown",
    )
    seconds_to_key: float = Field(
        default=6.0,
        gt=0,
        description="time to key one field by hand, for the minutes saved; measured answers replace it once "
        "there are 200 of them",
    )
    wall_tiles: int = Field(default=60, ge=4, le=400, description="snippets on one screen of the glyph wall")
