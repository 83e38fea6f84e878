"""Experiments are kept with everything said about them, travel with their study, and go with it."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import Estimate
from analysis.experiments.planning.plan import ProportionPlan
from analysis.experiments.reading.decide import Rule
from analysis.experiments.record import (
    ArmShare,
    Audience,
    Experiment,
    KeptAssignment,
    KeptComparison,
    KeptDecision,
    KeptPlan,
    KeptReading,
    KeptRule,
    Remark,
    TableSource,
    TypedArm,
    TypedSource,
    with_reading,
    with_rule,
)
from analysis.experiments.rows.read import Metric, ReadParams
from analysis.experiments.splitting.assignment import arms_of, to_table
from analysis.recipe import Recipe
from analysis.workspace import Workspace, schema
from analysis.workspace.upkeep import trash

NOW = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
RULE = KeptRule(rule=Rule(target=0.02), fixed_at=NOW, customers_per_year=5000, value_per_unit=12.5)
RESULTS = pa.table({"会员号": ["001", "002", None], "组": ["A", "B", "A"], "买了": ["1", "0", "1"]})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "home")


def typed_reading(n: int = 1000) -> KeptReading:
    effect = Estimate(0.05, 0.013, 0.087, 0.95, "newcombe")
    return KeptReading(
        read_at=NOW,
        source=TypedSource(arms=(TypedArm(name="A", n=n, conversions=200), TypedArm(name="B", n=n, conversions=250))),
        choices={"alpha": 0.05},
        results=(
            KeptComparison(
                metric="买了",
                arm="B",
                control="A",
                n_arm=n,
                n_control=n,
                value_arm=0.25,
                value_control=0.2,
                absolute=effect,
                p=0.0074,
            ),
        ),
        remarks=(Remark(code="experiment_few_customers", facts={"n": 3, "least": 30}),),
        days=14,
    )


def whole_experiment(workspace: Workspace, study: str | None) -> str:
    """Keep an experiment with every part of it, two tables included, and return its id."""
    plan = KeptPlan(choices=ProportionPlan(baseline=0.2, effect=0.05), outcome="买了", customers=412, per_week=60)
    experiment_id = workspace.add_experiment(
        Experiment(
            name="春季 <b>", plan=plan, audience=Audience(method="rfm", segment="at_risk", name="将流失", n=412)
        ),
        study,
    )
    workspace.change_experiment(experiment_id, lambda experiment: with_rule(experiment, RULE))
    assigned = workspace.keep_experiment_table(experiment_id, to_table(["001", "002"], ["A", "B"], seed="s"))
    results = workspace.keep_experiment_table(experiment_id, RESULTS)
    assignment = KeptAssignment(
        seed="s",
        arms=(ArmShare(name="A", share=1, n=1), ArmShare(name="B", share=1, n=1)),
        digest=assigned,
        assigned_at=NOW,
    )
    columns = ReadParams(arm="组", unit="会员号", metrics=(Metric(column="买了"),))
    source = TableSource(file="结果.xlsx", digest=results, n_rows=3, columns=columns)
    decision = KeptDecision(
        verdict="ship", by_rule="ship", reason="target_met", arm="B", decided_at=NOW, read_at=NOW, why="清楚"
    )

    def change(experiment: Experiment) -> Experiment:
        read = with_reading(experiment, typed_reading())
        read = with_reading(read, typed_reading().model_copy(update={"source": source}))
        return read.model_copy(update={"assignment": assignment, "decision": decision, "learned": "周四的短信有效"})

    workspace.change_experiment(experiment_id, change)
    workspace.keep_experiment_typed(experiment_id, "plan", {"baseline": 0.2})
    return experiment_id


def test_an_experiment_comes_back_as_it_was_saved(workspace: Workspace) -> None:
    study = workspace.create_study("a")
    experiment_id = whole_experiment(workspace, study)
    workspace.close()
    again = Workspace.open(workspace.home)
    (found,) = again.experiments(study)
    assert (found.id, found.study_id, found.experiment.state) == (experiment_id, study, "decided")
    experiment = found.experiment
    assert experiment.rule == RULE
    assert experiment.readings[0] == typed_reading()
    assert experiment.readings[0].goal.absolute == Estimate(0.05, 0.013, 0.087, 0.95, "newcombe")  # type: ignore[union-attr]
    assert again.experiment_typed(experiment_id) == {"plan": {"baseline": 0.2}}
    source = experiment.readings[1].source
    assert isinstance(source, TableSource)
    assert again.experiment_table(experiment_id, source.digest).equals(RESULTS)
    assert experiment.assignment is not None
    kept = again.experiment_table(experiment_id, experiment.assignment.digest)
    assert arms_of(["002", "001", "003"], kept, seed="s") == ["B", "A", None]
    assert "001" not in kept.to_pandas().to_csv()


def test_an_experiment_without_a_study_belongs_to_the_workspace(workspace: Workspace) -> None:
    study = workspace.create_study("a")
    experiment_id = workspace.add_experiment(Experiment(name="typed"))
    assert [found.id for found in workspace.experiments()] == [experiment_id]
    assert workspace.experiments(study) == []
    workspace.delete_study(study)
    assert workspace.experiment(experiment_id).experiment.name == "typed"


def test_experiments_go_with_their_study_and_leave_no_file(workspace: Workspace) -> None:
    study = workspace.create_study("a")
    experiment_id = whole_experiment(workspace, study)
    other = whole_experiment(workspace, None)
    workspace.delete_study(study)
    with pytest.raises(AnalysisError, match="experiment_gone"):
        workspace.experiment(experiment_id)
    assert {path.parent.name for path in workspace.home.rglob("*.parquet")} == {other}
    workspace.delete_experiment(other)
    assert not list(workspace.home.rglob("*.parquet"))
    with pytest.raises(AnalysisError, match="experiment_gone"):
        workspace.delete_experiment(other)


def test_a_change_that_fails_changes_nothing(workspace: Workspace) -> None:
    experiment_id = workspace.add_experiment(Experiment(name="a"))
    workspace.change_experiment(experiment_id, lambda experiment: with_reading(experiment, typed_reading()))
    before = workspace.experiment(experiment_id)
    with pytest.raises(AnalysisError, match="experiment_rule_too_late"):
        workspace.change_experiment(experiment_id, lambda experiment: with_rule(experiment, RULE))
    assert workspace.experiment(experiment_id) == before


def test_two_windows_do_not_overwrite_each_other(workspace: Workspace) -> None:
    experiment_id = workspace.add_experiment(Experiment(name="a"))
    other = Workspace.open(workspace.home)
    other.change_experiment(experiment_id, lambda experiment: with_reading(experiment, typed_reading()))
    workspace.change_experiment(experiment_id, lambda experiment: experiment.model_copy(update={"learned": "x"}))
    found = other.experiment(experiment_id).experiment
    assert (len(found.readings), found.learned) == (1, "x")


def test_a_table_that_no_record_names_goes_to_the_trash_after_a_day(workspace: Workspace) -> None:
    experiment_id = whole_experiment(workspace, workspace.create_study("a"))
    stray = workspace.keep_experiment_table(experiment_id, pa.table({"x": ["left behind"]}))
    workspace.close()
    again = Workspace.open(workspace.home)
    # The record may name it in a moment.
    assert again.experiment_table(experiment_id, stray).num_rows == 1
    again.close()
    path = workspace.home / "experiments" / experiment_id / f"{stray}.parquet"
    os.utime(path, (1_000, 1_000))
    again = Workspace.open(workspace.home)
    with pytest.raises(AnalysisError, match="experiment_table_lost"):
        again.experiment_table(experiment_id, stray)
    names = again.experiment(experiment_id).experiment.digests
    assert {file.stem for file in path.parent.glob("*.parquet")} == names and len(names) == 2
    [item] = trash.items(again.home)
    trash.restore(again.home, item.id)
    assert again.experiment_table(experiment_id, stray).num_rows == 1


def test_a_record_of_another_version_is_refused_and_its_tables_stay(workspace: Workspace) -> None:
    experiment_id = whole_experiment(workspace, None)
    with workspace.engine.begin() as connection:
        record = json.loads(connection.execute(sa.select(schema.experiments.c.record)).scalar_one())
        connection.execute(sa.update(schema.experiments).values(record=json.dumps(record | {"version": 99})))
    workspace.close()
    again = Workspace.open(workspace.home)
    with pytest.raises(AnalysisError) as caught:
        again.experiment(experiment_id)
    assert (caught.value.code, caught.value.facts) == ("saved_experiment_unreadable", {"field": "version"})
    assert len(list(again.home.rglob("*.parquet"))) == 2


def test_an_effect_that_is_no_number_is_not_saved(workspace: Workspace) -> None:
    experiment_id = workspace.add_experiment(Experiment(name="a"))
    wrong = typed_reading().results[0].model_copy(update={"absolute": Estimate(float("nan"), None, None, 0.95, "z")})
    reading = typed_reading().model_copy(update={"results": (wrong,)})
    with pytest.raises(AnalysisError, match="saved_experiment_unreadable"):
        workspace.change_experiment(experiment_id, lambda experiment: with_reading(experiment, reading))
    assert workspace.experiment(experiment_id).experiment.readings == ()


def test_a_study_takes_its_experiments_along(workspace: Workspace, tmp_path: Path) -> None:
    source = Workspace.open(tmp_path / "source")
    study = source.create_study("a")
    old = source.experiment(whole_experiment(source, study))
    buffer = io.BytesIO()
    source.export_study(study, buffer)
    imported = workspace.import_study(buffer)
    (found,) = workspace.experiments(imported)
    assert found.id != old.id
    assert (found.experiment, found.created_at) == (old.experiment, old.created_at)
    assert workspace.experiment_typed(found.id) == {"plan": {"baseline": 0.2}}
    for digest in old.experiment.digests:
        assert workspace.experiment_table(found.id, digest).equals(source.experiment_table(old.id, digest))


@pytest.mark.parametrize(("hurt", "code"), [(Path.unlink, "lost"), (lambda path: path.write_bytes(b"x"), "damaged")])
def test_a_study_is_not_packed_with_a_table_that_is_lost_or_damaged(
    workspace: Workspace, hurt: Callable[[Path], object], code: str
) -> None:
    study = workspace.create_study("a")
    stored = workspace.experiment(whole_experiment(workspace, study))
    for digest in stored.experiment.digests:
        hurt(workspace.home / "experiments" / stored.id / f"{digest}.parquet")
    with pytest.raises(AnalysisError, match=f"experiment_table_{code}"):
        workspace.export_study(study, io.BytesIO())


def test_a_changed_table_in_a_zip_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    source = Workspace.open(tmp_path / "source")
    study = source.create_study("a")
    experiment_id = whole_experiment(source, study)
    stray = source.keep_experiment_table(experiment_id, pa.table({"x": [1]}))
    other = (source.home / "experiments" / experiment_id / f"{stray}.parquet").read_bytes()
    buffer, forged = io.BytesIO(), io.BytesIO()
    source.export_study(study, buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            new.writestr(name, other if name.startswith("experiments/") else old.read(name))
    with pytest.raises(AnalysisError, match="archive_damaged"):
        workspace.import_study(forged)
    assert workspace.studies() == [] and not list(workspace.home.rglob("*.parquet"))


def test_a_zip_of_the_version_before_has_no_experiments(workspace: Workspace, tmp_path: Path) -> None:
    source = Workspace.open(tmp_path / "source")
    study = source.create_study("a")
    source.save_recipe(study, Recipe(name="a"), 0)
    buffer, older = io.BytesIO(), io.BytesIO()
    source.export_study(study, buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(older, "w") as new:
        content = json.loads(old.read("manifest.json"))
        del content["experiments"]
        new.writestr("manifest.json", json.dumps(content | {"version": 2}))
    imported = workspace.import_study(older)
    assert workspace.experiments(imported) == []
