"""From a study to a report: each section asked for its pages, and what has nothing to say named at the end."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING

from analysis.reports.choices import ReportChoices
from analysis.reports.cleaned import clean_text, cleaned, shown_text
from analysis.reports.content import Report, Section
from analysis.reports.hush import Hushed, without_few
from analysis.reports.material import KeptExperiment, Material, PersonaEdits
from analysis.reports.sections import (
    brief,
    changes,
    comparison,
    experiments,
    methods,
    overview,
    personas,
    playbook,
    predictions,
    quality,
    segments,
    tags,
)

if TYPE_CHECKING:
    from analysis.act.playbook.plays import PlaySettings
    from analysis.history.brief import Brief
    from analysis.reports.content import Page
    from analysis.study import StudyResult
    from analysis.translate import Translate

# What each section says; one that is not here yet has nothing to say.
SECTIONS: dict[str, Callable[[Material, Translate], tuple[Page, ...]]] = {
    "brief": brief.pages,
    "changes": changes.pages,
    "overview": overview.pages,
    "quality": quality.pages,
    "segments": segments.pages,
    "comparison": comparison.pages,
    "personas": personas.pages,
    "tags": tags.pages,
    "predictions": predictions.pages,
    "playbook": playbook.pages,
    "experiments": experiments.pages,
    "methods": methods.pages,
}
# Sections that count rows, or tell of choices: a small number in them is no group of people.
_OF_ROWS = ("quality", "methods", "experiments")


def build_report(
    result: StudyResult,
    choices: ReportChoices,
    t: Translate,
    *,
    experiments: tuple[KeptExperiment, ...] = (),
    persona_edits: PersonaEdits | None = None,
    since: Brief | None = None,
    plays: PlaySettings | None = None,
    kept_in: str = "",
    progress: Callable[[float], None] = lambda share: None,
) -> Report:
    """Return the report of a study, without a personal value and without a group of fewer than five customers.

    Parameters
    ----------
    result : StudyResult
    choices : ReportChoices
    t : translator of ``choices.language``
    experiments : tuple of KeptExperiment
        What the study keeps of its experiments.
    persona_edits : mapping, optional
        A person's own words on personas by method, segment and field.
    since : Brief, optional
        What changed since an earlier run, as ``history.telling.brief`` finds it.
    plays : PlaySettings, optional
        What a person changed of the playbook, and the campaigns that it learns from.
    kept_in : str
        As of ``Report``.
    progress : callable
        Told the share of the work done, 0..1; what it raises stops the work.

    Raises what ``study.for_others`` raises.

    Examples
    --------
    >>> from texts import translator
    >>> from analysis.study import read, run
    >>> result, t = run(read("sample_data/b2b_crm_en.xlsx")), translator("en", "USD")
    >>> report = build_report(result, ReportChoices(preset="owner"), t)
    >>> [section.key for section in report.sections]
    ['brief', 'segments', 'quality']
    """
    from analysis.act.playbook.plays import called
    from analysis.exports.files import recipe_to_yaml
    from analysis.exports.words import left_out
    from analysis.study.for_others import for_others

    shared = for_others(result)
    material = Material(shared, choices.preset, experiments, persona_edits or {}, since, plays)
    t = t.calling(called(material.used_trade))
    careful, found, missing, n_few = Hushed(t), [], [], 0
    for place, key in enumerate(choices.chosen):
        name = t(f"report.section.{key}")
        speaker: Translate = t if key in _OF_ROWS else careful
        told = SECTIONS[key](material, speaker) if key in SECTIONS else ()
        pages, few = without_few(cleaned(told), name)
        n_few += few
        if pages:
            found.append(Section(key, name, pages))
        else:
            missing.append(t(f"report.missing.{key}"))
        progress((place + 1) / len(choices.chosen))
    files = tuple(dict.fromkeys(table.file for table in shared.standard.raws))
    study = result.recipe.name or ", ".join(sorted(files))
    few = [t("report.few", n=n_few)] if n_few else []
    return Report(
        title=clean_text(choices.title).strip() or shown_text(study),
        client=clean_text(choices.client).strip(),
        study=shown_text(study),
        day=result.profiles.as_of,
        language=choices.language,
        accent=choices.accent,
        logo=base64.b64decode(choices.logo) if choices.logo else None,
        sections=tuple(found),
        remarks=(left_out(shared, t), *few, *missing),
        recipe=recipe_to_yaml(result.recipe),
        files=files,
        kept_in=kept_in,
    )
