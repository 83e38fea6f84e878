"""The page that reads a change without a test: a table in both languages, marked as weaker evidence, refusals."""

from __future__ import annotations

import re

import pytest

from analysis.workspace import Workspace
from tests.pages.experiments.read_page import no_nonsense, run_code, upload
from tests.samples import sample
from texts import catalogue

PAGE = "experiments/read"
# Forty shops in six months; every second one has the new shelf from April on, and sells 5 more.
SHOPS = "shop_id,month,shelf,sales\n" + "".join(
    f"{shop:03},2024-{month:02}-15,{('old', 'New')[shop % 2]},"
    f"{50 + shop + month + (5 if shop % 2 and month > 3 else 0)}.{shop * month % 10}\n"
    for shop in range(40)
    for month in range(1, 7)
)


def choose(app, **choices):
    for name, value in choices.items():
        app.get_by_key(f"read_change_{name}").set_value(value).run()
        assert not app.exception, app.exception
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
def test_two_groups_before_and_after_from_a_table(language, open_page, read_words, kept, picker, restart):
    from datetime import date

    app = upload(open_page(PAGE, language), SHOPS)
    app.get_by_key("read_design").set_value("differences").run()
    choose(app, outcome="sales", when="month", unit="shop_id", group="shelf", treated="New")
    assert {"en": "where the time after begins", "zh": "从何时起"}[language] in read_words(app)
    choose(app, since=date(2024, 4, 1))
    text = read_words(app)
    assert {"en": "weaker evidence", "zh": "证据弱于随机实验"}[language] in text
    assert {"en": "errors by customer", "zh": "按客户聚类"}[language] in text
    assert {"en": "240 rows read, 240 kept", "zh": "读取 240 行，采用 240 行"}[language] in text
    no_nonsense(text)
    from analysis.experiments.reading.changes import ChangeParams, read_change
    from analysis.experiments.rows.table import results_table
    from analysis.intake.reading.read import read_file

    [raw] = read_file(SHOPS.encode(), name="shops.csv")
    params = ChangeParams(
        outcome="sales", when="month", since="2024-04-01", unit="shop_id", group="shelf", treated="New"
    )
    found = read_change(results_table(raw, text=["shop_id", "shelf"]), params)
    assert f"{found.reading.absolute.value:+.2f}" in text
    # It is kept with the experiment, told in the list, and opened again after another choice.
    app.get_by_key("read_save").click().run()
    assert not app.exception
    [stored] = kept()
    [reading] = stored.experiment.readings
    assert reading.design == "differences"
    assert reading.source.columns == params
    assert reading.goal.absolute == found.reading.absolute
    assert "experiment_weak_parallel" in {remark.code for remark in reading.remarks}
    choose(app, since=date(2024, 5, 1))
    app.switch_page("../pages/experiments/experiments.py").run()
    listed = read_words(app)
    assert catalogue()["experiments.state_read"][language] in "".join(badge.value for badge in app.markdown)
    assert {"en": "this is weaker evidence", "zh": "证据较弱"}[language] in listed
    app.get_by_key(f"reading_{stored.id}_0").click().run()
    assert app.get_by_key("read_change_since").value == date(2024, 4, 1)
    # What was chosen stays when the page is left, and after a restart.
    app.switch_page("../pages/segments/rfm.py").run()
    app.switch_page(f"../pages/{PAGE}.py").run()
    assert app.get_by_key("read_change_since").value == date(2024, 4, 1)
    experiment = picker(app).value
    restart()
    app = open_page(PAGE, language)
    picker(app).set_value(experiment).run()
    assert app.get_by_key("read_change_treated").value == "New"
    # The code under it gives the same figures.
    code = next(block.value for block in app.code)
    told: dict = {}
    exec(compile(code.replace("read_file('results.csv')", "TABLES"), "code", "exec"), {"TABLES": [raw]}, told)
    assert told["found"].reading == found.reading


def test_before_and_after_by_two_labels(open_page, read_words):
    rows = "id,period,bought\n" + "".join(
        f"{i % 60},{('before', 'After ')[i // 60]},{int(i % (5 if i < 60 else 3) == 0)}\n" for i in range(120)
    )
    app = upload(open_page(PAGE), rows)
    app.get_by_key("read_design").set_value("before_after").run()
    choose(app, outcome="bought", kind="proportion", when="period", since="After", unit="id")
    text = read_words(app)
    assert "20.00%" in text
    assert "33.33%" in text
    assert "weaker evidence" in text
    no_nonsense(text)


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"outcome": "shelf"}, "240 cells of the outcome shelf are no numbers"),
        ({"kind": "proportion"}, "a conversion is either 0 or 1"),
        ({"when": "shop_id"}, "Choose what is measured"),
        ({"when": "shelf", "since": "New"}, ""),
    ],
)
def test_what_cannot_be_read_is_a_sentence(choices, sentence, open_page, read_words):
    from datetime import date

    app = upload(open_page(PAGE), SHOPS)
    app.get_by_key("read_design").set_value("before_after").run()
    choose(app, outcome="sales", when="month", since=date(2024, 4, 1), unit="shop_id")
    text = read_words(choose(app, **choices))
    assert sentence in text
    no_nonsense(text)


def test_typed_figures_are_kept_and_decided_by_a_person_as_weaker_evidence(open_page, read_words, kept):
    app = open_page(PAGE)
    app.get_by_key("read_design").set_value("before_after").run()
    for key, value in {"read_n_0": 400, "read_conversions_0": 40, "read_n_1": 500, "read_conversions_1": 90}.items():
        app.get_by_key(key).set_value(value).run()
    app.get_by_key("read_save").click().run()
    assert not app.exception
    [stored] = kept()
    assert stored.experiment.readings[0].design == "before_after"
    app.switch_page("../pages/experiments/experiments.py").run()
    assert "from 10.0% before to 18.0% after" in read_words(app).replace("10% ", "10.0% ").replace("18% ", "18.0% ")
    app.get_by_key(f"verdict_{stored.id}").set_value("ship").run()
    app.get_by_key(f"decide_{stored.id}").click().run()
    text = read_words(app)
    assert catalogue()["experiments.by_change"]["en"] in text
    assert "“”" not in text
    assert kept()[0].experiment.decision.by_rule is None


def test_a_group_of_the_study_is_compared_and_its_code_gives_the_same(open_page, sample_study, read_words):
    from datetime import date

    workspace = Workspace.open()
    tables = workspace.raw_tables(sample_study)
    workspace.close()
    ids = sample().prepared().profiles.customers["customer_id"]
    rows = "id,day,visits\n" + "".join(
        f"{one},2024-{month:02}-01,{(place * month) % 7 + month}\n"
        for place, one in enumerate(ids)
        for month in (1, 2, 3, 4)
    )
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("read_source").set_value("study").run()
    app.file_uploader[0].upload("visits.csv", rows.encode()).run()
    app.get_by_key("read_design").set_value("differences").run()
    choose(app, outcome="visits", when="day", since=date(2024, 3, 1), unit="id", group="study.rfm")
    choose(app, treated="loyal")
    text = read_words(app)
    assert catalogue()["note.experiment_segment_of_today"]["en"] in text
    assert f"{len(ids):,} customers are in the study, 0 are not" in text
    assert "study." not in text
    no_nonsense(text)
    effect = re.search(r": (\S+) more", text)
    assert effect is not None
    printed = run_code(app, tables, "visits.csv", rows)
    value = float(re.findall(r"value=([-\d.e]+)", printed)[0])
    assert f"{value:+.3f}".replace("-", "\N{MINUS SIGN}").startswith(effect[1][:5])
