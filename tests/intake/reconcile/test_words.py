from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from analysis.intake.reconcile.cube import COUNTED_ELSEWHERE
from analysis.intake.reconcile.result import Explanation, Reconciliation, Treatment, TreatmentKind
from analysis.intake.reconcile.words import reconcile_dict, reconcile_lines, treatment_phrase
from texts import translator

DAYS = {"since": date(2024, 3, 1), "until": date(2024, 3, 31), "tolerance": 0.005, "ways": 900}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("kind", get_args(TreatmentKind))
def test_every_treatment_has_words_with_its_subject_and_money(language, once, kind):
    if once and "column" not in kind:
        return
    subjects = {"day_begins": ["8", "-5"], "with_set_aside": list(COUNTED_ELSEWHERE)}.get(kind, ["on hold"])
    for subject in subjects:
        phrase = treatment_phrase(Treatment(kind, subject, -1234.5, once), translator(language))
        assert "-1,234.50" in phrase
        if kind in ("with_state", "without_state") or "column" in kind:
            assert "on hold" in phrase
    if kind == "day_begins":
        assert "19:00" in phrase


def test_a_fit_by_chance_is_told_as_one():
    part = Treatment("plus_column", "tax", 20.0)
    said = [
        reconcile_lines(
            Reconciliation(120, 100, **DAYS, exact=(Explanation((part,), 120, 0, by_chance),)), translator("en")
        )[1]
        for by_chance in (0.001, 0.4)
    ]
    assert said[0].startswith("This explains it exactly") and "chance" in said[1]


def test_what_is_not_explained_says_so_and_what_is_left():
    nearest = Explanation((Treatment("without_returns", "", 15.0),), 115, 5.0, 0.0)
    lines = reconcile_lines(Reconciliation(120, 100, **DAYS, nearest=(nearest,)), translator("zh"))
    assert "900" in lines[1] and "5.00" in lines[2]


def test_the_json_holds_the_change_of_the_recipe():
    from analysis.intake.fixes import CleaningFix

    part = Treatment("without_returns", "", 15.0, fix=CleaningFix(field="returns", value="set_aside"))
    told = reconcile_dict(Reconciliation(115, 100, **DAYS, exact=(Explanation((part,), 115, 0, 0.0),)))
    assert told["exact"][0]["treatments"][0]["fix"] == {"kind": "cleaning", "field": "returns", "value": "set_aside"}
    assert told["since"] == "2024-03-01" and told["difference"] == 15
