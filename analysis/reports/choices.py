"""What a person chooses of a report: which sections in which order, in which language, and whose sign is on it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analysis.errors import ChoiceError
from analysis.params import Params

SectionKey = Literal[
    "brief", "changes", "overview", "quality", "segments", "comparison", "personas", "tags", "predictions", "playbook",
    "experiments", "methods",
]  # fmt: skip
Preset = Literal["owner", "consultant", "analyst"]
Format = Literal["html", "pptx", "docx", "pdf", "xlsx", "ipynb"]

# In the order in which they are read.
PRESETS: dict[Preset, tuple[SectionKey, ...]] = {
    "owner": ("brief", "segments", "changes", "quality"),
    "consultant": (
        "brief", "changes", "overview", "segments", "comparison", "personas", "predictions", "playbook", "experiments",
        "quality", "methods",
    ),
    "analyst": (
        "brief", "changes", "overview", "quality", "segments", "comparison", "personas", "tags", "predictions",
        "playbook", "experiments", "methods",
    ),
}  # fmt: skip
MOST_LOGO = 400_000  # characters of base64, some 300 KB


class ReportChoices(Params):
    """A report as it was ordered; kept with the study.

    Attributes
    ----------
    preset : "owner", "consultant" or "analyst"
        How much is told: the owner's two pages, the consultant's slides, or everything with its code.
    sections : tuple of section keys
        In their order; empty takes those of the preset.
    language : "en" or "zh"
    title, client : str
        Without a title the name of the study stands there.
    accent : str
        Colour of headings, as ``#rrggbb``.
    logo : str
        A PNG as base64, as ``reports.logo.safe_logo`` makes it of a file; empty for none.

    Examples
    --------
    >>> ReportChoices(preset="owner").chosen
    ('brief', 'segments', 'changes', 'quality')
    """

    preset: Preset = "owner"
    sections: tuple[SectionKey, ...] = Field(default=(), max_length=20)
    language: Literal["en", "zh"] = "en"
    title: str = Field(default="", max_length=300)
    client: str = Field(default="", max_length=300)
    accent: str = Field(default="#2d69b4", pattern=r"^#[0-9a-fA-F]{6}$")
    logo: str = Field(default="", max_length=MOST_LOGO, pattern=r"^[A-Za-z0-9+/=]*$")

    @model_validator(mode="after")
    def _each_once(self) -> ReportChoices:
        for key in self.sections:
            if self.sections.count(key) > 1:
                raise ChoiceError("report_section_twice", section=key)
        return self

    @property
    def chosen(self) -> tuple[SectionKey, ...]:
        """The sections in their order."""
        return self.sections or PRESETS[self.preset]
