"""The alarms of a study, from the runs that it keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.history.alarms import (
    Alarm,
    AlarmRule,
    AlarmRules,
    all_alarms,
    automatic_rules,
    can_tell,
    in_order,
    points_of,
)
from analysis.history.moment import moment_then
from analysis.history.promised import (
    DAYS_A_MONTH,
    ORDERS,
    SCORE,
    as_json,
    days_promised,
    months_promised,
    promise_alarms,
    promised,
    promised_orders,
)

if TYPE_CHECKING:
    from analysis.study.result import StudyResult
    from analysis.workspace.store import Workspace

KIND = "alarm_rules"


def rules_of(workspace: Workspace, study_id: str) -> AlarmRules:
    """Return the rules of a study; without any, the automatic ones are on."""
    found = workspace.document(KIND, KIND, study_id)
    return AlarmRules() if found is None else found.value


def save_rules(workspace: Workspace, study_id: str, rules: AlarmRules) -> None:
    """Keep the rules of a study."""
    workspace.save_document(KIND, rules, study_id=study_id, name=KIND, revision=None)


def runs_by_day(workspace: Workspace, study_id: str) -> list[tuple[date, Mapping[str, Any]]]:
    """Return the newest run of each day that runs looked back from, the earliest day first."""
    newest: dict[date, Mapping[str, Any]] = {}
    for info in workspace.snapshots(study_id):
        newest.setdefault(info.as_of, info.summary)
    return sorted(newest.items())


def alarms_now(workspace: Workspace, study_id: str, method: str, segments: Sequence[str] = ()) -> tuple[Alarm, ...]:
    """Return the alarms of a study, open ones first.

    Parameters
    ----------
    method, segments : str and sequence of str
        The segmentation that the cards come from, and its segments, which the automatic rules watch.
    """
    runs = runs_by_day(workspace, study_id)
    found = all_alarms(_watched(workspace, study_id, method, segments), runs)
    return in_order((*found, *promise_alarms(runs))) if rules_of(workspace, study_id).automatic else found


def promises_now(workspace: Workspace, study_id: str, result: StudyResult) -> dict[str, Any]:
    """Judge what the newest runs foretold whose days are over by now, as JSON; empty where there are none."""
    runs, found = workspace.snapshots(study_id), {}
    for key, span_of, days_of, judge in (
        (SCORE, days_promised, 1.0, promised), (ORDERS, months_promised, DAYS_A_MONTH, promised_orders),
    ):  # fmt: skip
        for info in runs:
            span = span_of(info.summary)
            if span is None or info.as_of + timedelta(days=round(span * days_of)) > result.profiles.as_of:
                continue
            try:
                judged = judge(moment_then(workspace.load_snapshot(info.id), info.as_of), span, result.standard)
            except AnalysisError:  # damaged, of masked customers, too few of them: an older one may say
                continue
            found[key] = as_json(judged)
            break
    return found


def judged_now(workspace: Workspace, study_id: str, method: str, segments: Sequence[str] = ()) -> tuple[int, int]:
    """Return how many of the figures that are watched can be judged by now, and how many there are.

    ``method`` and ``segments`` are as in ``alarms_now``.
    """
    rules, runs = _watched(workspace, study_id, method, segments), runs_by_day(workspace, study_id)
    return sum(can_tell(rule, points_of(rule, runs)) for rule in rules), len(rules)


def _watched(workspace: Workspace, study_id: str, method: str, segments: Sequence[str]) -> tuple[AlarmRule, ...]:
    kept = rules_of(workspace, study_id)
    own = {rule.cause for rule in kept.rules}
    automatic = automatic_rules(method, segments) if kept.automatic else ()
    return (*kept.rules, *(rule for rule in automatic if rule.cause not in own))
