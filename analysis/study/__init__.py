"""A study: its stages in order, what is kept of them, and next month's run."""

from analysis.study.prepared import Prepared, Progress, prepare, prepared_version
from analysis.study.result import StudyResult
from analysis.study.segmenting import edit, segment
from analysis.study.steps import STEPS, Run, begin, read, run, suggest, suggest_recipe

__all__ = [
    "STEPS",
    "Prepared",
    "Progress",
    "Run",
    "StudyResult",
    "begin",
    "edit",
    "prepare",
    "prepared_version",
    "read",
    "run",
    "segment",
    "suggest",
    "suggest_recipe",
]
