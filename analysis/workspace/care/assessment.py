"""The privacy impact assessment of a study: what is known of it, and the points that are open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from analysis.privacy.care import DataCare
from analysis.workspace.audit import AuditFilter

if TYPE_CHECKING:
    from analysis.intake.suggesting.personal import PersonalColumn
    from analysis.sealed.ring import KeyState
    from analysis.workspace.store import Workspace


@dataclass(frozen=True)
class Assessment:
    """What an assessment of a study is written from.

    Attributes
    ----------
    study : str
    made_on : date
    care : DataCare
        What a person has put down.
    n_files, n_rows : int
    n_customers : int or None
        Of the last snapshot.
    columns : tuple of PersonalColumn
        The register of personal data.
    exports : mapping of (what, masked) to int
        How often the study left the workspace, from its log.
    n_unmasked, n_forgotten : int
    key : KeyState
        Whether personal data is encrypted at rest.
    log_is_whole : bool
    open_points : tuple of str
        Codes, the most urgent first; the sentence is ``assessment.open_<code>``.
    """

    study: str
    made_on: date
    care: DataCare
    n_files: int
    n_rows: int
    n_customers: int | None
    columns: tuple[PersonalColumn, ...]
    exports: Mapping[tuple[str, bool], int]
    n_unmasked: int
    n_forgotten: int
    key: KeyState
    log_is_whole: bool
    open_points: tuple[str, ...]


def assess(workspace: Workspace, study_id: str, columns: Sequence[PersonalColumn], *, today: date) -> Assessment:
    """Gather what is known of a study; AnalysisError ``study_gone``.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from analysis.workspace import Workspace
    >>> workspace = Workspace.open(Path(tempfile.mkdtemp()))
    >>> assess(workspace, workspace.create_study("Shop"), (), today=date(2026, 3, 1)).open_points
    ('purpose', 'keep_until', 'next_assessment')
    """
    study, care = workspace.study(study_id), workspace.care(study_id)
    log = workspace.audit(AuditFilter(study_id=study_id))
    exports = Counter(
        (str(one.facts.get("what", "list")), bool(one.facts.get("masked", True)))
        for one in log
        if one.action == "exported"
    )
    key, whole = workspace.key_state, workspace.verify_audit().is_whole
    found = {
        "past": care.is_past(today),
        "log_broken": not whole,
        "not_encrypted": key == "none",
        "key_lost": key in ("lost", "wrong"),
        "sensitive": any(one.sensitive for one in columns) and not care.measures.strip(),
        "full_exports": any(not masked for _, masked in exports) and not care.recipients.strip(),
        "purpose": not care.purpose.strip(),
        "keep_until": care.keep_until is None,
        "next_assessment": care.next_assessment is None,
        "assessment_due": care.next_assessment is not None and care.next_assessment < today,
    }
    return Assessment(
        study=study.name,
        made_on=today,
        care=care,
        n_files=study.n_files,
        n_rows=study.n_rows,
        n_customers=study.n_customers,
        columns=tuple(columns),
        exports=dict(exports),
        n_unmasked=sum(one.action == "unmasked" for one in log),
        n_forgotten=sum(one.action == "forgotten" for one in log),
        key=key,
        log_is_whole=whole,
        open_points=tuple(code for code, is_open in found.items() if is_open),
    )
