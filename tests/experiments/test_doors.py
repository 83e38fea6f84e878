"""One engine behind every door: function, command line and the code shown give the same figures for any choices."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd
import yaml
from hypothesis import given
from hypothesis import strategies as some

import cli
from analysis.errors import AnalysisError
from analysis.experiments.choices import PlanChoices, ReadChoices, SplitChoices
from analysis.experiments.decide_experiment import decide_experiment
from analysis.experiments.evaluate_experiment import evaluate_change, evaluate_experiment
from analysis.experiments.plan_experiment import plan_experiment
from analysis.experiments.split_experiment import split_experiment
from analysis.exports.experiment.code import experiment_code, plan_code, split_code, typed_change_code
from analysis.exports.experiment.summary import change_summary, evaluation_summary, plan_summary, split_summary
from analysis.predict.churn.definition import HAS_LEFT, known_left
from analysis.profiles.result import Feature, Profiles
from analysis.recipe import Recipe
from tests.thorough import examples

FEW = examples(15)


def at_the_command_line(*words: str, choices) -> tuple[int, str, str]:
    out, problems = io.StringIO(), io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "choices.yaml"
        path.write_text(yaml.safe_dump(choices.model_dump(mode="json")), "utf-8")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(problems):
            code = cli.main(["experiment", *words, "--choices", str(path), "--json", "--lang", "en"])
    return code, out.getvalue(), problems.getvalue()


def executed(code: str, **names) -> tuple[dict, str]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "code", "exec"), names)
    return names, printed.getvalue()


def as_json(figures: dict) -> dict:
    return json.loads(json.dumps(figures, allow_nan=False))


plans = some.builds(
    PlanChoices,
    metric=some.sampled_from(["proportion", "mean", "revenue", "ratio"]),
    baseline=some.floats(1, 60), points=some.floats(0.5, 20), mean=some.floats(1, 100), sd=some.floats(1, 200),
    amount=some.floats(1, 50), effect_kind=some.sampled_from(["absolute", "relative"]), relative=some.floats(2, 50),
    customers=some.none() | some.integers(0, 50_000), per_week=some.none() | some.floats(1, 5000),
    alpha=some.floats(1, 20), power=some.floats(50, 95), treatments=some.integers(1, 4), split=some.floats(0.2, 5),
    correct=some.booleans(), non_inferior=some.booleans(), sides=some.sampled_from(["two_sided", "one_sided"]),
    formula=some.sampled_from(["evan_miller", "pooled_average", "arcsine"]),
    sequential=some.sampled_from(["fixed", "obrien_fleming"]),
)  # fmt: skip


@FEW
@given(plans)
def test_a_plan_is_the_same_through_every_door(choices):
    try:
        found = plan_experiment(choices)
    except AnalysisError:
        code, out, problems = at_the_command_line("plan", choices=choices)
        assert (code, out) == (2, "") and problems.strip()
        return
    code, out, _ = at_the_command_line("plan", choices=choices)
    told = json.loads(out)
    assert code == 0 and told.pop("said")
    assert told == as_json(plan_summary(found))
    names, printed = executed(plan_code(choices, found.plan))
    assert names["needed"] == found.needed and str(found.needed.n_total) in printed


def arm(name: str):
    return some.integers(30, 20_000).flatmap(
        lambda n: some.fixed_dictionaries(
            {
                "name": some.just(name), "n": some.just(n), "conversions": some.integers(0, n),
                "mean": some.floats(-50, 50), "sd": some.floats(0.5, 30),
            }
        )
    )  # fmt: skip


readings = some.builds(
    lambda arms, metric, how, target, days: ReadChoices.model_validate(
        {
            "arms": arms, "metric": metric, "outcome": "bought", "how": how,
            "rule": {"target": target, "days": days, "guardrail": 0.0},
        }
    ),
    some.tuples(arm("A"), arm("B")) | some.tuples(arm("A"), arm("B"), arm("C")),
    some.sampled_from(["proportion", "mean"]),
    some.fixed_dictionaries(
        {
            "alpha": some.sampled_from([0.01, 0.05, 0.1]), "test": some.sampled_from(["z_pooled", "fisher"]),
            "correction": some.sampled_from(["holm", "bonferroni"]),
        }
    ),
    some.none() | some.floats(0.001, 5),
    some.integers(0, 40),
)  # fmt: skip


@FEW
@given(readings)
def test_a_reading_of_figures_and_its_decision_are_the_same_through_every_door(choices):
    code, out, problems = None, "", ""
    try:
        found = evaluate_experiment(choices)
        decided = decide_experiment(found)
    except AnalysisError:
        code, out, problems = at_the_command_line("read", choices=choices)
        assert (code, out) == (2, "") and problems.strip()
        return
    code, out, _ = at_the_command_line("read", choices=choices)
    told = json.loads(out)
    assert code == 0 and told.pop("said")
    assert told == as_json(evaluation_summary(found, decided))
    names, printed = executed(experiment_code(choices))
    assert names["found"].results == found.found.results
    assert all(f"{one.reading.absolute}" in printed for one in found.found.results)


@FEW
@given(some.sampled_from(["before_after", "differences"]), some.tuples(*map(arm, "ABCD")))
def test_a_change_is_the_same_through_every_door(design, arms):
    choices = ReadChoices.model_validate({"design": design, "arms": arms, "metric": "mean", "outcome": "spend"})
    found = evaluate_change(choices)
    code, out, _ = at_the_command_line("read", choices=choices)
    told = json.loads(out)
    assert code == 0 and told.pop("said")
    assert told == as_json(change_summary(found))
    from analysis.experiments.evaluate_experiment import change_sides

    names, _ = executed(typed_change_code(change_sides(choices)))
    assert names["found"].absolute == found.reading.absolute


shop = pd.DataFrame({"customer_id": [f"{i:04}" for i in range(400)], "n_orders": [i % 7 for i in range(400)]})
shop["city"] = [("Leeds", "York", None)[i % 3] for i in range(400)]
shop["segment_rfm"] = [("loyal", "new")[i % 5 == 0] for i in range(400)]
shop["x"] = pd.Series([(True, False, None, False)[i % 4] for i in range(400)], dtype="boolean")
known = Profiles(shop, (Feature("x", "risk", "flag", header="Churned"),), date(2024, 3, 1))
splits = some.builds(
    lambda seed, shares, hold_out, strata, audience, without: SplitChoices.model_validate(
        {
            "leave_out_left": without, "seed": seed,
            "arms": [{"name": f"arm {i}", "share": share} for i, share in enumerate(shares)],
            "hold_out": hold_out, "strata": strata, "audience": audience,
        }
    ),
    some.text("abcxyz春", min_size=1, max_size=6),
    some.lists(some.floats(1, 100), min_size=2, max_size=4),
    some.sampled_from([0.0, 10.0]),
    some.lists(some.sampled_from(["n_orders", "city", "segment"]), max_size=2, unique=True),
    some.sampled_from(["|__everybody__", "rfm|loyal"]),
    some.booleans(),
)  # fmt: skip


@FEW
@given(splits)
def test_a_split_is_the_same_through_every_door(choices):
    left = known_left(known)
    assert left is not None
    found = split_experiment(shop, choices, segments={"rfm": shop["segment_rfm"]}, left=left)
    assert (found.n_left > 0) == choices.leave_out_left
    with tempfile.TemporaryDirectory() as folder:
        study, out = Path(folder) / "study", Path(folder) / "split"
        study.mkdir()
        shop.assign(**{HAS_LEFT: left}).to_parquet(study / "profiles.parquet")
        code, text, _ = at_the_command_line("split", str(study), "-o", str(out), choices=choices)
        told = json.loads(text)
        arms = pd.read_csv(out / "arms.csv", dtype=str)
    assert code == 0 and told.pop("said")
    assert told.pop("may_contact") == "unconfirmed"  # which only the command line is asked
    assert told == as_json(split_summary(found))
    assert arms["customer_id"].tolist() == list(found.customers) and arms["arm"].tolist() == list(found.arms)
    code = split_code(Recipe(), choices, files=["orders.csv"], segments=["rfm"])
    # The lines before the split run a study; here stands its result.
    start, _, rest = code.partition("\n\n")
    lines = [line for line in rest.splitlines() if line.startswith(("segments", "left", "found", "print"))]

    class Study:
        profiles = known

        class _Rfm:
            class segmentation:
                labels = shop["segment_rfm"]

        edited = {"rfm": _Rfm}  # noqa: RUF012

    names, printed = executed("\n".join([start, *lines]), result=Study)
    assert list(names["found"].arms) == list(found.arms) and str(found.sizes) in printed
