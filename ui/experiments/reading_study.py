"""What a table of results takes from the open study: the arm assigned, segments and categories of its customers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.experiments.rows.table import STUDY
from ui import compute, session
from ui.experiments import experiments
from ui.segments import segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.exports.code import JoinedStudy
    from analysis.workspace.records import StoredExperiment


def columns(stored: StoredExperiment | None) -> dict[str, str]:
    """Return what the study can add to the table, by key, in words: the arm assigned, segmentations, categories."""
    from analysis.profiles.words import feature_name

    t, study = session.t(), compute.study_or_stop()
    found = {}
    if stored is not None and stored.experiment.assignment is not None:
        found[STUDY + "arm"] = t("read.study_arm")
    for method in _computable(study):
        found[STUDY + method] = t("read.study_column", column=t(f"{method}.title"))
    profiles = compute.prepared_or_stop(study).profiles
    for feature in profiles.features:
        if feature.kind == "category" and feature.personal is None:
            found[STUDY + feature.key] = t("read.study_column", column=feature_name(feature, t))
    return found


def _computable(study: compute.LoadedStudy) -> list[str]:
    """Return the methods of the study's segmentations that its files can do: RFM needs orders."""
    found = []
    for plan in study.recipe.segmentations:
        try:
            study.run.segmentation(plan)
        except AnalysisError:
            continue
        found.append(plan.params.kind)
    return found


def word(column: str) -> str:
    """Return a column of the study as a reader knows it; as it is kept where no study is open."""
    from analysis.profiles.words import feature_name

    key = column.removeprefix(STUDY)
    study = compute.study_if_any()
    feature = compute.prepared(study).profiles.feature(key) if study is not None else None
    return feature_name(feature, session.t()) if feature else key


def is_column(name: str | None) -> bool:
    """Say whether a column is the study's, not the table's."""
    return name is not None and name.startswith(STUDY)


def first_segments(stored: StoredExperiment | None) -> str | None:
    """Return the column of the study's first segmentation, as a suggestion; None when it has none to tell apart by.

    All customers of an experiment for one segment are in it, so its own segmentation is passed over.
    """
    audience = stored.experiment.audience if stored is not None else None
    kinds = _computable(compute.study_or_stop())
    kind = next((kind for kind in kinds if audience is None or kind != audience.method), None)
    return None if kind is None else STUDY + kind


def arm_word(arm: str) -> str:
    """Return an arm that was assigned as a reader knows it: those who get nothing at all have a name of their own."""
    from analysis.experiments.splitting.split import HOLD_OUT

    return session.t()("read.hold_out") if arm == HOLD_OUT else arm


def level_names(columns: Iterable[str | None]) -> dict[str, str]:
    """Return the words of the segments of the study by key, for those of the columns that are segmentations."""
    methods = _of_study(columns)
    names: dict[str, str] = {}
    if not methods:
        return names
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    for method in methods:
        plan = study.recipe.plan(method)
        if plan is not None:
            result, edited = study.run.segmentation(plan)
            names |= segments.shown(result, edited, profiles, method).names
    return names


def customers(columns: Iterable[str | None], stored: StoredExperiment) -> pd.DataFrame:
    """Return the customers of the study with those of the columns that are the study's, to join to a table."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    found: pd.DataFrame = profiles.customers[["customer_id"]].copy()
    for name in _of_study(columns):
        plan = study.recipe.plan(name)
        if name == "arm":
            arms = experiments.arms(stored, found["customer_id"].tolist())
            found["arm"] = [arm if arm is None else arm_word(arm) for arm in arms]
        elif plan is not None:
            found[name] = study.run.segmentation(plan)[1].segmentation.labels.astype(object)
        elif name in profiles.customers.columns:
            found[name] = profiles.customers[name].astype(object)
        else:
            raise AnalysisError("experiment_unknown_column", column=name)
    return found


def version(stored: StoredExperiment) -> str:
    """Return what names the state of the study and of the arms assigned, for the key of what is computed from them."""
    study, assigned = compute.study_or_stop(), stored.experiment.assignment
    recipe = study.recipe.model_dump_json()
    return f"{session.language()} {study.id} {study.version} {recipe} {assigned and assigned.digest}"


def told(columns: Iterable[str | None], stored: StoredExperiment, *, everyone: bool = False) -> JoinedStudy:
    """Return what the code of a joined reading needs of the study."""
    kept, study, names = stored.experiment.assignment, compute.study_or_stop(), _of_study(columns)
    assigned = (stored.id, kept.digest, kept.seed) if kept is not None and "arm" in names else None
    return replace(
        study.in_code,
        columns=[name for name in names if name != "arm"],
        assigned=assigned,
        hold_out=session.t()("read.hold_out"),
        everyone=everyone,
    )


def in_words(found: Any, names: dict[str, str]) -> Any:
    """Return a reading by segment with the segments of a study in words."""
    from analysis.experiments.rows.stage import CROSS

    def word(segment: str) -> str:
        return CROSS.join(names.get(part, part) for part in segment.split(CROSS))

    effects = tuple(replace(effect, segment=word(effect.segment)) for effect in found.effects)
    notes = tuple(
        replace(note, facts={**note.facts, "segment": word(str(note.facts["segment"]))})
        if "segment" in note.facts
        else note
        for note in found.notes
    )
    return replace(found, effects=effects, notes=notes)


def _of_study(columns: Iterable[str | None]) -> Sequence[str]:
    return list(dict.fromkeys(name.removeprefix(STUDY) for name in columns if name and is_column(name)))
