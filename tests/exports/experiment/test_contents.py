"""The report of a reading: it holds what the page shows, runs nothing, and what came from a file is text in it."""

from __future__ import annotations

import html
import io
import re
from datetime import UTC, datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis.charts.experiment.reading import report_charts
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.decide_experiment import DecidedExperiment
from analysis.experiments.reading.decide import Rule, decide
from analysis.experiments.reading.evaluate import EvaluateParams, evaluate, running_days
from analysis.experiments.reading.segments import read_segments
from analysis.experiments.reading.targets import whom_to_send
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment
from analysis.experiments.rows.table import results_table
from analysis.experiments.rows.typed import data_of_statistics
from analysis.experiments.words import answer
from analysis.exports.experiment.code import reading_code
from analysis.exports.experiment.contents import ReadingContents
from analysis.exports.experiment.report import POLICY, report_html
from analysis.exports.experiment.workbook import reading_workbook
from analysis.exports.pictures import chinese_font
from analysis.intake.reading.read import read_file
from texts import translator

SCRIPT, FORMULA = "<script>alert(1)</script>", "=1+1"


def rows(n=3000) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"who": np.arange(n), "arm": rng.choice(["control", SCRIPT], n)})
    frame["city"] = rng.choice([FORMULA, "Leeds", "<img src=x onerror=alert(1)>"], n)
    frame["day"] = pd.Timestamp("2024-05-01") + pd.to_timedelta(rng.integers(0, 14, n), unit="D")
    frame["before"] = rng.gamma(2, 10, n)
    frame["bought"] = (rng.random(n) < 0.2 + 0.06 * (frame["arm"] == SCRIPT)).astype(int)
    frame["spend"] = frame["before"] + rng.normal(0, 3, n)
    return frame


COLUMNS = ReadParams(
    arm="arm", unit="who", day="day", segment="city", covariates=("before",),
    metrics=(Metric(column="bought"), Metric(column="spend", kind="mean", role="guardrail")),
)  # fmt: skip


def contents(t, code="print(1)") -> ReadingContents:
    data = read_experiment(rows(), COLUMNS)
    found = evaluate(data)
    segments = read_segments(data, metric="bought", treatment=SCRIPT)
    targets = whom_to_send(segments, value_per_unit=20)
    dates, days = running_days(data, "bought", SCRIPT)
    decision = decide(found.main.simultaneous, Rule(target=0.01), days=28, customers_per_year=1000, value_per_unit=20)
    return ReadingContents(
        f"Spring {SCRIPT}", datetime(2024, 6, 1, tzinfo=UTC), (f"{FORMULA}.csv: 3,000 rows",), found, segments,
        targets, dates, days, ("bought", SCRIPT),
        DecidedExperiment(decision, SCRIPT, "bought", "proportion", Rule(target=0.01), 28, "fixed"),
        report_charts(
            found, t, segments=segments, targets=targets, dates=dates, days=days, days_of=("bought", SCRIPT)
        ),
        code,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_report_holds_answer_figures_charts_and_decision_and_no_script(language):
    if language == "zh" and chinese_font() is None:
        pytest.skip("no font of this machine draws Chinese")
    t = translator(language)
    held = contents(t)
    page = report_html(held, t, language=language)
    assert f'content="{POLICY}"' in page.replace("&#39;", "'")
    assert "<script" not in page.lower()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not re.search(r"<img", page)
    assert not re.search(r"\son\w+\s*=\s*[\"']", re.sub(r"&[a-z]+;|&#\d+;", "", page))
    assert page.count("<svg") == 5
    assert "://" not in re.sub(r"http://www\.w3\.org/\S+", "", page)
    effect = held.found.main.reading.absolute
    for value in (effect.value, effect.low, effect.high):
        assert f"{value * 100:+.2f}" in page
    assert {"en": "Ship: ", "zh": "推广："}[language] + "&lt;script&gt;" in page
    assert t("read.where_from") in page
    assert 'lang="zh-CN"' in page if language == "zh" else 'lang="en"' in page


def test_report_without_segments_days_or_decision_is_whole():
    arms = {"A": ProportionStatistic(1000, 200), "B": ProportionStatistic(1000, 250)}
    found = evaluate(data_of_statistics(arms, metric="x"))
    t = translator("en")
    held = ReadingContents("A", datetime(2024, 6, 1, tzinfo=UTC), (), found, charts=report_charts(found, t))
    page = report_html(held, t, language="en")
    assert page.count("<svg") == 2
    assert "p = 0.00742" in page
    assert not re.search(r"\b(nan|inf|None)\b", re.sub(r"<svg.*?</svg>", "", page, flags=re.S))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_workbook_holds_numbers_as_numbers_and_texts_as_texts(language):
    t = translator(language)
    held = contents(t)
    content = reading_workbook(held, t)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert len(book.sheetnames) == 5
    for sheet in book:
        for line in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in line)
    table = list(book[book.sheetnames[1]].values)
    first = dict(zip(table[0], table[1], strict=True))
    assert first[t("read.table_effect")] == pytest.approx(held.found.main.reading.absolute.value)
    assert first[t("read.table_p")] == pytest.approx(held.found.main.reading.test.p)
    assert first[t("read.table_arm")] == SCRIPT
    segments = list(book[book.sheetnames[2]].values)
    assert FORMULA in [line[0] for line in segments]
    assert len(list(book[book.sheetnames[4]].values)) == 1 + len(held.days)
    assert content == reading_workbook(held, t)


def test_the_code_of_a_table_runs_and_gives_the_same_figures(tmp_path, monkeypatch, capsys):
    rows().to_csv(tmp_path / "results.csv", index=False)
    monkeypatch.chdir(tmp_path)
    how = EvaluateParams(alpha=0.1, test="fisher")
    code = reading_code(columns=COLUMNS, how=how, file="results.csv", segment=("bought", SCRIPT))
    exec(compile(code, "reading", "exec"), {})
    printed = capsys.readouterr().out
    table = results_table(read_file(tmp_path / "results.csv")[0], text=("who", "arm", "city"))
    found = evaluate(read_experiment(table, COLUMNS), how)
    for result in found.results:
        assert f"{result.reading.absolute}" in printed
        assert f"{result.reading.test}" in printed
    assert FORMULA in printed


def test_the_code_of_typed_figures_runs(capsys):
    arms = {"A": ProportionStatistic(1000, 200), 'B"': ProportionStatistic(1000, 250)}
    code = reading_code(how=EvaluateParams(), typed=arms, metric="it's")
    exec(compile(code, "reading", "exec"), {})
    assert "p=0.0074" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_quantiles_and_stores_are_told_in_the_report_as_on_the_page(language):
    t = translator(language)
    frame = rows(1400).assign(store=lambda one: one["arm"].str[:1] + (one["who"] % 7).astype(str))
    median = Metric(column="spend", kind="quantile", quantile=0.5)
    for update, wanted in (
        ({"metrics": (median,)}, (median.name, t("convention.quantile_mover"))),
        (
            {"cluster": "store", "segment": None, "covariates": ()},
            ("store", "14", "1,400", t("convention.student_pooled_t")),
        ),
    ):
        found = evaluate(read_experiment(frame, COLUMNS.model_copy(update=update)))
        held = ReadingContents("Spring", datetime(2024, 6, 1, tzinfo=UTC), (), found)
        page = html.unescape(report_html(held, t, language=language))
        assert all(text in page for text in (*wanted, *answer(found, t)))
