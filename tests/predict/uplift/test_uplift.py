"""Uplift: a planted pattern is found, none is said to be none, and a public campaign gives the figures of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold

from analysis.errors import AnalysisError
from analysis.exports.files import recipe_to_yaml
from analysis.figures import summary
from analysis.predict.uplift.candidates import arms, known_after, levels, outcomes
from analysis.predict.uplift.params import UpliftParams
from analysis.predict.uplift.qini import qini
from analysis.predict.uplift.uplift import uplift
from analysis.predict.uplift.words import answer, short
from analysis.profiles.result import Feature, Profiles
from analysis.study import read, run, suggest
from cli import main
from texts import Translator

CHOSEN = UpliftParams(arm="sent", outcome="bought")


def campaign(n: int = 4_000, *, pattern: float, chosen: float = 0.0, seed: int = 0) -> Profiles:
    """The campaign brings ``pattern`` more of the young; they are written to ``chosen`` more often than others."""
    rng = np.random.default_rng(seed)
    young = rng.random(n) < 0.5
    sent = rng.random(n) < 0.5 + chosen * (young - 0.5)
    bought = rng.random(n) < 0.2 + sent * np.where(young, 0.05 + pattern, 0.05)
    frame = pd.DataFrame({"sent": sent, "young": young, "visits": rng.poisson(3.0, n), "bought": bought})
    kinds: Any = {"visits": "number"}
    features = tuple(Feature(key, "basic", kinds.get(key, "flag"), header=key) for key in map(str, frame))
    return Profiles(frame.assign(customer_id=[f"c{i:04}" for i in range(n)]), features, date(2024, 1, 1))


def test_a_planted_pattern_is_found_and_told() -> None:
    found = uplift(campaign(pattern=0.25), CHOSEN)
    assert found.has_pattern and found.notes == ()
    young = found.levels.set_index(["feature", "level"])["effect"]
    assert young["young", "True"] == pytest.approx(0.30, abs=0.06)
    assert young["young", "False"] == pytest.approx(0.05, abs=0.06)
    assert found.fifths["effect"].iloc[0] > found.fifths["effect"].iloc[-1] + 0.1
    assert found.customers.groupby("uplift").size().max() < len(found.customers)
    for language in ("en", "zh"):
        told = answer(found, Translator(language))
        assert len(told) == 3 and all("{" not in sentence for sentence in [*told, short(found, Translator(language))])


def test_trees_find_a_pattern_of_two_features_that_a_line_cannot_and_are_those_of_the_library_alone() -> None:
    rng = np.random.default_rng(11)
    frame = pd.DataFrame({key: rng.random(1_500) < 0.5 for key in ("sent", "young", "near")})
    moved = frame["sent"] & (frame["young"] != frame["near"])
    frame["bought"] = rng.random(1_500) < np.where(moved, 0.5, 0.2)
    features = tuple(Feature(key, "basic", "flag", header=key) for key in map(str, frame))
    people = Profiles(frame.assign(customer_id=[f"c{i:04}" for i in range(1_500)]), features, date(2024, 1, 1))
    by_trees = uplift(people, CHOSEN.model_copy(update={"method": "trees"}))
    assert by_trees.has_pattern and not uplift(people, CHOSEN).has_pattern

    came, sent = frame["bought"].to_numpy(), frame["sent"].to_numpy()
    known, alone = frame[["young", "near"]].to_numpy(dtype=float), np.empty(1_500)
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(known, came + 2 * sent):
        of_arm = []
        for arm in (True, False):
            rows = train[sent[train] == arm]
            trees = HistGradientBoostingClassifier(learning_rate=0.05, max_depth=3, max_iter=200, random_state=0)
            of_arm.append(trees.fit(known[rows], came[rows]).predict_proba(known[test])[:, 1])
        alone[test] = of_arm[0] - of_arm[1]
    assert by_trees.customers["uplift"].to_numpy() == pytest.approx(alone, abs=1e-9)
    assert by_trees.qini.value == pytest.approx(by_loop(list(came), list(sent), [round(one, 9) for one in alone]))


def test_who_was_in_neither_arm_is_foretold_too_and_the_interval_is_that_of_such_customers() -> None:
    made = campaign(pattern=0.3)
    arm = made.customers["sent"].map({True: "letter", False: "none"}).where(made.customers.index < 3_000, "call")
    features = (Feature("sent", "basic", "category", header="sent"), *made.features[1:])
    chosen = CHOSEN.model_copy(update={"treated": "letter", "control": "none"})
    found = uplift(Profiles(made.customers.assign(sent=arm), features, made.as_of), chosen)
    everybody, young = found.everybody, made.customers["young"]
    assert everybody["customer_id"].tolist() == made.customers["customer_id"].tolist()
    assert everybody["uplift"].head(3_000).tolist() == found.customers["uplift"].tolist()
    others = everybody.tail(1_000)
    assert others["uplift"][young.tail(1_000)].min() > others["uplift"][~young.tail(1_000)].max()
    for fifth, rows in everybody.groupby("low"):
        of_fifth = found.fifths.set_index("low").loc[fifth]
        inside = rows["uplift"].head(3_000).mean()
        assert rows["high"].eq(of_fifth["high"]).all() and inside == pytest.approx(of_fifth["foretold"], abs=0.02)


def test_a_recipe_that_tells_the_columns_makes_it_a_feature_through_every_door(tmp_path: Path, capsys: Any) -> None:
    made = campaign(2_000, pattern=0.3).customers.rename(columns={"customer_id": "customer id", "sent": "letter"})
    words = made[["letter", "young", "bought"]].replace({True: "yes", False: "no"})
    made[["customer id", "visits"]].join(words).to_csv(tmp_path / "people.csv", index=False)
    tables = read(str(tmp_path / "people.csv"))
    recipe = suggest(tables).with_prediction(CHOSEN.model_copy(update={"arm": "letter"}))
    result = run(tables, recipe)
    assert result.predicted is not None
    found = result.predicted.results["uplift"]
    assert result.profiles.customers["campaign_uplift"].tolist() == found.everybody["uplift"].tolist()
    assert summary(result)["predictions"]["uplift"]["has_pattern"]
    (tmp_path / "recipe.yaml").write_text(recipe_to_yaml(recipe), "utf-8")
    asked = ["run", str(tmp_path / "people.csv"), "--only", "csv", "--predict", "uplift"]
    assert main([*asked, "-o", str(tmp_path / "out"), "--recipe", str(tmp_path / "recipe.yaml")]) == 0
    rows = pd.read_csv(tmp_path / "out" / "predictions.csv")
    assert rows["uplift_uplift"].tolist() == pytest.approx(found.everybody["uplift"].tolist())
    capsys.readouterr()
    assert main([*asked, "-o", str(tmp_path / "no")]) == 2
    assert "recipe.yaml under predictions" in capsys.readouterr().err


def test_an_effect_alike_on_all_is_no_pattern() -> None:
    found = uplift(campaign(pattern=0.0), CHOSEN)
    assert not found.has_pattern
    assert found.everybody["uplift"].eq(found.effect).all() and found.everybody["low"].eq(found.low).all()
    assert found.low <= 0.05 <= found.high
    assert "no pattern" in answer(found, Translator("en"))[-1] and "no pattern" in short(found, Translator("en"))


def test_an_arm_that_was_chosen_is_no_hold_out() -> None:
    found = uplift(campaign(pattern=0.1, chosen=0.4), CHOSEN)
    assert [note.code for note in found.notes] == ["uplift_not_by_chance"]


def by_loop(came: list[bool], treated: list[bool], score: list[float]) -> float:
    """The curve of gained outcomes by plain counting, one step per distinct score; area by trapezes."""

    def area(order: list[float]) -> tuple[float, float]:
        points = [(0.0, 0.0)]
        for border in sorted(set(order), reverse=True):
            own = [place for place, one in enumerate(order) if one >= border]
            in_arm = [[place for place in own if treated[place] == arm] for arm in (True, False)]
            came_in = [sum(came[place] for place in arm) for arm in in_arm]
            scaled = came_in[1] * len(in_arm[0]) / len(in_arm[1]) if in_arm[1] else 0.0
            points.append((len(own), came_in[0] - scaled))
        pairs = zip(points, points[1:], strict=False)  # noqa: RUF007
        return sum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in pairs), points[-1][0] * points[-1][1] / 2

    actual, chance = area(score)
    best, _ = area([(1.0 if arm else -1.0) * one for one, arm in zip(came, treated, strict=True)])
    return (actual - chance) / (best - chance) if best > chance else 0.0


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 4)), min_size=4, max_size=25))
def test_the_coefficient_is_that_of_plain_counting(rows: list[tuple[bool, bool, int]]) -> None:
    rows = [*rows, (True, True, 1), (False, True, 2), (True, False, 3), (False, False, 0)]
    came, treated, score = (list(column) for column in zip(*rows, strict=True))
    found = qini(np.array(came), np.array(treated), np.array(score, dtype=float), draws=2)
    assert found.value == pytest.approx(by_loop(came, treated, score))
    assert found.curve["share"].iloc[-1] == 1
    assert found.curve["gained"].iloc[-1] == pytest.approx(found.curve["by_chance"].iloc[-1])


def test_folds_that_learned_from_each_other_tell_a_pattern_in_noise_as_rarely_as_said() -> None:
    """Drawing customers again under fixed scores tells half of the variance: what two folds share counts twice."""
    rng, told, told_of_fixed = np.random.default_rng(8), 0, 0
    for _ in range(60):
        known, came, sent = rng.normal(size=(500, 6)), rng.random(500) < 0.3, rng.random(500) < 0.5
        fold, score = np.empty(500, dtype=int), np.empty(500)
        fold[np.argsort(came + 2 * sent, kind="stable")] = np.arange(500) % 5
        for own in range(5):
            means = [known[(fold != own) & (sent == arm) & came].mean(axis=0) for arm in (True, False)]
            score[fold == own] = known[fold == own] @ (means[0] - means[1])
        found = qini(came, sent, score, cross_fitted=True, draws=40)
        told += found.low > 0
        told_of_fixed += found.value - (found.value - found.low) / 2**0.5 > 0
    assert told <= 3 < 6 <= told_of_fixed  # 2.5 % of 60 are meant


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"arm": "letter"}, "uplift_unknown"),
        ({"outcome": "visits"}, "uplift_outcome"),
        ({"treated": "perhaps"}, "uplift_few"),
        ({"leave_out": ("young", "visits")}, "uplift_no_features"),
        ({"treated": "False"}, "uplift_one_arm"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        uplift(campaign(300, pattern=0.2), CHOSEN.model_copy(update=changed))
    assert refused.value.code == code
    for language in ("en", "zh"):
        assert refused.value.sentence(Translator(language))


@pytest.fixture(scope="module")
def letters(shared_data: Any) -> Profiles:
    frame = pd.read_csv(shared_data / "ab" / "hillstrom.csv")
    words = {"history_segment", "zip_code", "channel", "segment"}
    features = tuple(
        Feature(key, "basic", "category" if key in words else "number", header=key) for key in map(str, frame)
    )
    return Profiles(frame.assign(customer_id=frame.index.astype(str)), features, date(2008, 3, 20))


@pytest.mark.parametrize(
    ("arm", "method", "effect", "coefficient", "pattern"),
    [
        ("Womens E-Mail", "logistic", 0.0452, 0.0603, True),
        ("Mens E-Mail", "logistic", 0.0766, 0.0154, False),
        ("Womens E-Mail", "trees", 0.0452, 0.0540, True),
        ("Mens E-Mail", "trees", 0.0766, 0.0110, False),
    ],
)
def test_the_letters_of_a_public_campaign(
    letters: Profiles, arm: str, method: Any, effect: float, coefficient: float, pattern: bool
) -> None:
    params = UpliftParams(
        arm="segment", treated=arm, control="No E-Mail", outcome="visit", leave_out=("conversion", "spend"),
        method=method,
    )  # fmt: skip
    found = uplift(letters, params)
    assert found.effect == pytest.approx(effect, abs=0.0002)
    assert found.qini.value == pytest.approx(coefficient, abs=0.01)
    assert found.has_pattern == pattern
    if pattern:
        women = found.levels[found.levels["feature"] == "womens"].set_index("level")["effect"]
        assert women.to_dict() == pytest.approx({"0": 0.0111, "1": 0.0731}, abs=0.0002)


def test_the_interval_of_a_score_of_chance_holds_nothing() -> None:
    rng = np.random.default_rng(3)
    base = campaign(2_000, pattern=0.0)
    found = uplift(replace(base, customers=base.customers.assign(young=rng.random(2_000) < 0.5)), CHOSEN)
    assert found.qini.low <= 0 <= found.qini.high


def test_columns_of_a_public_campaign_are_offered_for_what_they_can_say(letters: Profiles) -> None:
    assert {feature.key for feature in arms(letters)} == {"history_segment", "zip_code", "channel", "segment"} - {
        "history_segment"  # seven bands of money are no arms
    }
    assert levels(letters, "segment") == ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
    assert {feature.key for feature in outcomes(letters, "segment")} == {
        "mens", "womens", "newbie", "visit", "conversion",
    }  # fmt: skip
    assert known_after(letters, "segment", "visit") == ("conversion", "spend")
    assert known_after(letters, "segment", "conversion") == ("visit", "spend")


def test_what_is_known_before_is_not_taken_for_the_future() -> None:
    made = campaign(pattern=0.2)
    assert known_after(made, "sent", "bought") == ()
    late = made.customers.assign(paid=made.customers["bought"] & (made.customers["visits"] > 3))
    features = (*made.features, Feature("paid", "basic", "flag", header="paid"))
    assert known_after(Profiles(late, features, made.as_of), "sent", "bought") == ("paid",)
    assert levels(made, "sent") == ("False", "True")
