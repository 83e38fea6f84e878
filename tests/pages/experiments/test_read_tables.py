"""The page that reads an experiment from a table: columns suggested, segments, arms, and tables that cannot be read."""

from __future__ import annotations

import re

import pytest

from analysis.workspace import Workspace
from tests.pages.experiments.read_page import MESSY, PAGE, no_nonsense, run_code, type_figures, upload, view
from tests.samples import sample


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_table_is_read_with_suggested_columns_and_spellings_folded(language, open_page, read_words):
    app = upload(open_page(PAGE, language), MESSY)
    text = read_words(app)
    assert app.get_by_key("read_column_arm").value == "group"
    assert app.get_by_key("read_column_unit").value == "user_id"
    assert app.get_by_key("read_column_day").value == "day"
    assert app.get_by_key("read_column_covariates").value == ["before"]
    assert app.get_by_key("read_outcomes").value == ["bought", "spend"]
    assert "1,200" in text
    no_nonsense(text)
    for name in ("belief", "days", "segments", "decide"):
        no_nonsense(read_words(view(app, name)))


def test_the_table_stays_after_a_restart(open_page, read_words, picker, restart):
    app = upload(open_page(PAGE), MESSY)
    experiment = app.query_params["experiment"]
    experiment = experiment[0] if isinstance(experiment, list) else experiment
    restart()
    Workspace.open().close()  # clears what nothing refers to
    again = open_page(PAGE)
    again.query_params["experiment"] = experiment
    picker(again).set_value(experiment).run()
    assert not again.exception
    assert "1,200" in read_words(again)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("group,bought\nA,1\nB,maybe\nA,0\nB,1\n", "the first in row 2"),
        ("group,bought\nA,1\nA,0\na ,1\n", "only one arm"),
        ("group,bought,day\n" + "A,1,2024-05-01\nB,0,2024-05-02\n" * 40, None),
    ],
)
def test_tables_that_cannot_be_read_say_why(content, sentence, open_page, read_words):
    app = upload(open_page(PAGE), content)
    if app.get_by_key("read_column_arm").value != "group":
        app.get_by_key("read_column_arm").set_value("group").run()
    if "bought" not in app.get_by_key("read_outcomes").value:
        app.get_by_key("read_outcomes").set_value(["bought"]).run()
    text = read_words(app)
    if sentence is None:  # dates outside the test
        app.get_by_key("read_columns_start").set_value(__import__("datetime").date(2025, 1, 1)).run()
        text = read_words(app)
        assert "80" in text and "p =" not in text
    else:
        assert sentence in text
    no_nonsense(text)


def test_hostile_labels_are_shown_as_they_are(open_page, read_words):
    hostile = "group,bought,city\n" + "".join(
        f"{('<script>alert(1)</script>', '=1+1')[i % 2]},{i % 3 % 2},![x](http://a.b/c.png)\n" for i in range(400)
    )
    app = upload(open_page(PAGE), hostile)
    app.get_by_key("read_column_arm").set_value("group").run()
    app.get_by_key("read_outcomes").set_value(["bought"]).run()
    app.get_by_key("read_column_segment").set_value("city").run()
    view(app, "segments")
    raw = "\n".join(str(element.value) for element in app.markdown)
    assert "![x]" not in raw.replace("\\!\\[x", "")
    assert not re.search(r"(?<!\\)<script", raw)


def test_the_study_gives_segments_to_the_table(open_page, sample_study, read_words):
    workspace = Workspace.open()
    tables = workspace.raw_tables(sample_study)
    workspace.close()
    ids = sample().prepared().profiles.customers["customer_id"].tolist()
    content = "客户,组别,购买\n" + "".join(f"{one},{'AB'[i % 2]},{int(i % 4 == 1)}\n" for i, one in enumerate(ids))
    app = open_page(PAGE, "zh", study=sample_study)
    app.get_by_key("read_source").set_value("study").run()
    app.file_uploader[0].upload("results.csv", content.encode()).run()
    assert not app.exception, app.exception
    app.get_by_key("read_column_unit").set_value("客户").run()
    app.get_by_key("read_column_arm").set_value("组别").run()
    app.get_by_key("read_outcomes").set_value(["购买"]).run()
    app.get_by_key("read_column_segment").set_value("study.rfm").run()
    text = read_words(view(app, "segments"))
    assert f"{len(ids):,}" in text
    assert "study." not in text
    no_nonsense(text)
    printed = run_code(app, tables, "results.csv", content)
    segments = sample().segmentation("rfm")[1].segmentation.segments["segment"]
    assert sum(f"\n{segment} Estimate(" in printed for segment in segments) >= 4


def test_cookie_cats_gives_the_published_figures_on_the_page(open_page, read_words, shared_data):
    path = shared_data / "ab" / "cookie_cats.csv"
    if not path.exists():
        pytest.skip(f"no {path}")
    app = upload(open_page(PAGE), path.read_bytes(), path.name)
    assert app.get_by_key("read_outcomes").value == ["retention_1", "retention_7"]
    text = read_words(app)
    assert "44.23% in gate_40 against 44.82% in gate_30" in text
    assert "p = 0.0744" in text
    assert "p = 0.00861" in text  # the mismatch of the sizes
    app.get_by_key("read_outcomes").set_value(["retention_7"]).run()
    text = read_words(app)
    assert "18.20% in gate_40 against 19.02% in gate_30" in text
    assert "p = 0.00155" in text


def test_hillstrom_gives_three_arms_and_effects_by_segment(open_page, read_words, shared_data):
    path = shared_data / "ab" / "hillstrom.csv"
    if not path.exists():
        pytest.skip(f"no {path}")
    app = upload(open_page(PAGE), path.read_bytes(), path.name)
    assert app.get_by_key("read_outcomes").value == ["visit", "conversion", "spend"]
    text = read_words(app)
    assert "18.28% in Mens E-Mail against 10.62% in No E-Mail" in text
    text = read_words(view(app, "segments"))
    assert "interaction test: p = 0.1" in text
    app.get_by_key("read_shown_metric").set_value("spend").run()
    app.get_by_key("read_value_of_one").set_value(0.3).run()
    app.get_by_key("read_cost_per_customer").set_value(0.05).run()
    assert not app.exception
    assert "Sending it to everybody" in read_words(app)


def test_an_assignment_gives_arms_planned_shares_and_those_who_did_nothing(
    open_page, sample_study, read_words, portrait_home, picker
):
    from datetime import UTC, datetime

    from analysis.experiments.record import ArmShare, Experiment, KeptAssignment
    from analysis.experiments.splitting.assignment import to_table
    from analysis.experiments.splitting.split import HOLD_OUT, assign

    workspace = Workspace.open()
    ids = sample().prepared().profiles.customers["customer_id"].tolist()
    shares = {"control": 1.0, "mail": 3.0, HOLD_OUT: 1.0}
    arms = assign(ids, shares, seed="spring")
    stored = workspace.add_experiment(Experiment(name="Spring"), sample_study)
    digest = workspace.keep_experiment_table(stored, to_table(ids, arms, seed="spring"))
    kept = KeptAssignment(
        seed="spring", arms=[ArmShare(name=arm, share=share) for arm, share in shares.items()], digest=digest,
        assigned_at=datetime.now(UTC),
    )  # fmt: skip
    workspace.change_experiment(stored, lambda found: found.model_copy(update={"assignment": kept}))
    workspace.close()
    # Only buyers stand in the table; those who did nothing are known from the assignment.
    buyers = [one for i, one in enumerate(ids) if i % 3 == 0]
    app = open_page(PAGE, study=sample_study)
    picker(app).set_value(stored).run()
    app.get_by_key("read_source").set_value("study").run()
    content = "customer_id,bought\n" + "".join(f"{one},1\n" for one in buyers)
    app.file_uploader[0].upload("sales.csv", content.encode())
    app.run()
    assert not app.exception, app.exception
    assert app.get_by_key("read_column_arm").value == "study.arm"
    app.get_by_key("read_column_unit").set_value("customer_id").run()
    app.get_by_key("read_outcomes").set_value(["bought"]).run()
    app.get_by_key("read_metric_kind_0").set_value("proportion").run()
    text = read_words(app)
    assert f"{len(ids) - len(buyers):,} who were assigned have no row" in text
    assert "do not fit the plan" not in text
    assert "control" in text and "__hold_out__" not in text
    control = [i for i, arm in enumerate(arms) if arm == "control"]
    share = sum(i % 3 == 0 for i in control) / len(control)
    assert f"{share * 100:.2f}% in control" in text
    no_nonsense(text)
    # The code under it reads who got what from the workspace, and finds the same.
    effect = sum(i % 3 == 0 for i, arm in enumerate(arms) if arm == "mail") / arms.count("mail") - share
    printed = run_code(app, sample().tables, "sales.csv", content)
    found = re.search(r"bought mail Estimate\(value=(\S+),", printed)
    assert found is not None
    assert float(found[1]) == pytest.approx(effect)


def test_mean_metrics_can_be_capped_and_read_by_other_tests(open_page, read_words):
    app = upload(open_page(PAGE), MESSY)
    app.get_by_key("read_outcomes").set_value(["spend"]).run()
    app.get_by_key("read_metric_cap_0").set_value(0.95).run()
    app.get_by_key("read_other_tests").set_value(True).run()
    assert not app.exception, app.exception
    text = read_words(app)
    assert "bootstrap" in text
    assert "Mann–Whitney" in text
    no_nonsense(text)


def test_two_dimensions_are_crossed_and_the_rest_is_one_level(open_page, read_words):
    app = upload(open_page(PAGE), MESSY)
    app.get_by_key("read_outcomes").set_value(["bought"]).run()
    app.get_by_key("read_column_segment").set_value("city").run()
    app.get_by_key("read_column_crossed").set_value("day").run()
    text = read_words(view(app, "segments"))
    assert not app.exception, app.exception
    no_nonsense(text)
    shown = app.dataframe[0].value if app.dataframe else None
    assert shown is None or len(shown) <= 21
    app.get_by_key("read_column_segment").set_value("").run()
    assert app.get_by_key("read_column_crossed").value == ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_alarm_stands_first_and_the_decision_waits(language, open_page, read_words):
    from texts import translator

    app = type_figures(open_page(PAGE, language), (("A", 1000, 200), ("B", 1400, 420)))
    t = translator(language)
    text = read_words(app)
    assert t("experiment.if_sound") in text
    assert app.error, "the mismatch is an alarm"
    view(app, "decide")
    app.get_by_key("read_rule_target").set_value(1.0).run()
    app.get_by_key("read_rule_days").set_value(28).run()
    assert t("read.reason_unsound") in read_words(app)


def test_a_reading_of_a_table_is_kept_with_its_columns_and_remarks(open_page):
    app = view(upload(open_page(PAGE), MESSY), "decide")
    app.get_by_key("read_save").click().run()
    assert not app.exception, app.exception
    workspace = Workspace.open()
    [kept] = workspace.experiments()
    [reading] = kept.experiment.readings
    source = reading.source
    assert workspace.experiment_table(kept.id, source.digest).num_rows == 1200
    workspace.close()
    assert (source.kind, source.file, source.columns.arm, source.columns.segment) == (
        "table", "results.csv", "group", "city",
    )  # fmt: skip
    assert {result.metric for result in reading.results} == {"bought", "spend"}
    assert reading.days == 20
    assert kept.experiment.state == "read"


def test_a_test_whose_dates_hold_nobody_is_a_sentence(open_page, read_words):
    from datetime import date

    app = upload(open_page(PAGE), MESSY)
    app.get_by_key("read_columns_start").set_value(date(2031, 1, 1)).run()
    assert not app.exception, app.exception
    text = read_words(app)
    assert "1,200" in text
    assert app.error
    assert "p =" not in text
    no_nonsense(text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_mean_is_changed_to_its_median_and_what_ties_is_refused_in_words(language, open_page, read_words):
    lines = "".join(
        f"{i:04},{'AB'[i % 2]},{i * 37 % 997 + 0.25 * (i % 2 * 400)},{i % 3 // 2 * i}\n" for i in range(1200)
    )
    app = upload(open_page(PAGE, language), "user_id,group,spend,rest\n" + lines)
    app.get_by_key("read_outcomes").set_value(["spend", "rest"]).run()
    for place in range(2):
        app.get_by_key(f"read_metric_kind_{place}").set_value("quantile").run()
    text = read_words(app)
    assert "spend (P50)" in text
    assert "67%" in text  # have exactly 0 of the rest
    no_nonsense(text)
    app.get_by_key("read_metric_quantile_1").set_value(0.9).run()
    assert not app.exception
    assert "rest (P90)" in read_words(app)
    for name in ("belief", "days", "decide"):
        no_nonsense(read_words(view(app, name)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_test_assigned_by_store_is_read_by_store(language, open_page, read_words):
    lines = "".join(f"{i:04},{'AB'[i % 2]},s{i % 12},{int(i * i % 97 < 20 + i % 12)}\n" for i in range(1200))
    app = upload(open_page(PAGE, language), "user_id,group,store,bought\n" + lines)
    app.get_by_key("read_column_cluster").set_value("store").run()
    assert not app.exception
    text = read_words(app)
    assert "1,200" in text and "store" in text  # what is said of the stores
    no_nonsense(text)
    for name in ("belief", "decide"):
        no_nonsense(read_words(view(app, name)))


def test_a_table_whose_arms_are_not_found_asks_for_them_first(open_page):
    app = upload(open_page(PAGE), "shopper,bought\n" + "".join(f"c{n},{n % 2}\n" for n in range(9)))
    assert not app.exception and not app.get_by_key("read_column_arm").value
    assert "read_column_unit" not in {box.key for box in app.selectbox}
