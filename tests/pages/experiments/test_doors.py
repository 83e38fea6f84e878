"""What the pages of experiments show and compute is what the engine gives for the choices that they keep."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
import sqlalchemy as sa

from analysis.experiments.choices import PlanChoices, ReadChoices, SplitChoices
from analysis.experiments.evaluate_experiment import evaluate_experiment
from analysis.experiments.plan_experiment import plan_experiment
from analysis.experiments.plan_words import plan_answer
from analysis.experiments.record import Experiment
from analysis.experiments.split_experiment import split_experiment
from analysis.experiments.words import reading_text
from analysis.workspace import Workspace
from analysis.workspace.schema import documents
from tests.samples import sample
from texts import catalogue, translator


def kept(portrait_home, page: str, study: str | None = None) -> dict:
    workspace = Workspace.open(portrait_home)
    found = workspace.document(f"{page}_choices", "new", study)
    workspace.close()
    assert found is not None
    return found.value.model_dump()


def printed_by(code: str, **names) -> tuple[dict, str]:
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(compile(code, "code", "exec"), names)
    return names, text.getvalue()


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ({"baseline": 8.0, "points": 1.5, "customers": 4000, "per_week": 150.0}, "en"),
        ({"metric": "revenue", "effect_kind": "relative", "relative": 12.0, "sd": 44.0, "treatments": 2}, "zh"),
    ],
)
def test_the_plan_page_shows_the_engines_plan_of_the_choices_it_keeps(
    typed, language, open_page, portrait_home, read_words
):
    app = open_page("experiments/plan", language, opened="plan_more")
    for name, value in typed.items():
        app.get_by_key(f"plan_{name}_new").set_value(value).run()
        assert not app.exception
    choices = PlanChoices.model_validate(kept(portrait_home, "plan"))
    assert choices.model_copy(update=typed) == choices
    found, t = plan_experiment(choices), translator(language)
    text = read_words(app)
    assert all(sentence in text for sentence in plan_answer(found, t))
    names, _ = printed_by(app.code[0].value)
    assert names["needed"] == found.needed


def test_the_read_page_shows_the_engines_reading_of_the_choices_it_keeps(open_page, portrait_home, read_words):
    app = open_page("experiments/read", "en")
    for place, (n, conversions) in enumerate([(900, 180), (950, 240)]):
        app.get_by_key(f"read_n_{place}").set_value(n).run()
        app.get_by_key(f"read_conversions_{place}").set_value(conversions).run()
    assert not app.exception
    choices = ReadChoices.model_validate(kept(portrait_home, "read"))
    main = evaluate_experiment(choices).found.main
    text = reading_text(main.reading, "proportion", translator("en"), metric="Conversion", arm="B", control="A")
    assert text in read_words(app)
    names, _ = printed_by(app.code[0].value)
    assert names["found"].main.reading == main.reading


def test_the_split_page_keeps_the_engines_split_and_its_code_gives_the_same(
    open_page, sample_study, portrait_home, picker
):
    from pathlib import Path

    from analysis.experiments.splitting.assignment import arms_of

    workspace = Workspace.open(portrait_home)
    experiment = workspace.add_experiment(Experiment(name="Spring"), sample_study)
    app = open_page("experiments/split", "en", study=sample_study)
    picker(app).set_value(experiment).run()
    app.get_by_key(f"split_hold_out_{experiment}").set_value(10.0).run()
    app.get_by_key(f"split_seed_{experiment}").set_value("spring").run()
    code = app.code[0].value
    app.get_by_key("split_assign").click().run()
    assert not app.exception
    choices = SplitChoices.model_validate(workspace.experiment_typed(experiment)["split"])
    assignment = workspace.experiment(experiment).experiment.assignment
    table = workspace.experiment_table(experiment, assignment.digest)
    workspace.close()
    file = Path(__file__).parents[3] / "sample_data" / "中文店铺.xlsx"
    profiles = sample().prepared().profiles
    segments = {
        plan.params.kind: sample().segmentation(plan)[1].segmentation.labels for plan in sample().recipe.segmentations
    }
    found = split_experiment(profiles.customers, choices, segments=segments)
    assert arms_of(found.customers, table, seed="spring") == list(found.arms)
    names, _ = printed_by(code.replace(f"read({file.name!r})", f"read({str(file)!r})"))
    assert list(names["found"].arms) == list(found.arms)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reading_kept_by_an_older_version_is_read_and_what_is_lost_is_said(
    language, open_page, portrait_home, read_words
):
    old = {
        "arms": [{"name": "A", "n": 1000, "conversions": 200}, {"name": "B", "n": 1000, "conversions": 250}],
        "how": {"alpha": 0.05, "kind": "gone"},
    }  # fmt: skip
    workspace = Workspace.open(portrait_home)
    workspace.save_document("read_choices", ReadChoices(), "new", revision=0)
    with workspace.engine.begin() as connection:  # as the step from the settings left it
        connection.execute(sa.update(documents).values(version=0, value=json.dumps(old)))
    workspace.close()
    app = open_page("experiments/read", language)
    text = read_words(app)
    assert "25.00%" in text
    lost = catalogue()["experiments.choices_lost"][language].format(fields="how")
    assert any(lost == one.value.replace("\\", "") for one in app.warning)
    app.get_by_key("read_outcome").set_value("bought").run()
    assert "25.00%" in read_words(app) and "bought" in read_words(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_another_window_kept_of_a_new_experiment_is_not_overwritten_unseen(language, open_page, portrait_home):
    app = open_page("experiments/plan", language)
    app.get_by_key("plan_baseline_new").set_value(11.0).run()
    workspace = Workspace.open(portrait_home)
    workspace.save_document("plan_choices", PlanChoices(baseline=33.0), "new", revision=None)
    workspace.close()
    app.get_by_key("plan_points_new").set_value(7.0).run()
    said = catalogue()["error.document_changed_elsewhere"][language]
    assert any(said == one.value.replace("\\", "") for one in app.error)
    assert kept(portrait_home, "plan")["baseline"] == 33.0
    again = open_page("experiments/plan", language)
    assert again.get_by_key("plan_baseline_new").value == 33.0
    assert not again.error


def test_every_field_of_the_plan_page_is_a_choice_of_the_engine():
    from ui.experiments import planning

    assert set(planning.fields(PlanChoices(), {"typed": "Typed"}, [], [])) == set(PlanChoices.model_fields) - {
        "version"
    }
