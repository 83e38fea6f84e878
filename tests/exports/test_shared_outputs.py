"""Everything that is handed on of one study with small groups in it, looked through for one to four customers."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis.exports.contents import contents_for_others, segment_table
from analysis.exports.workbook import write_workbook
from analysis.figures import summary
from analysis.intake.reading.read import read_file
from analysis.predict.trend.params import TrendParams
from analysis.reports.build import build_report
from analysis.reports.choices import ReportChoices
from analysis.reports.content import Report
from analysis.study import StudyResult, run, suggest
from analysis.study.for_others import SharedStudy, for_others
from analysis.tags.params import Bands, FromColumn, Tag
from texts import translator

FEW = re.compile(
    r"(?<![\d.,–-])[1-4] (customers?|buyers?|people|came|have|has|of \d)\b|of [1-4] (customers|buyers)\b|\bn = [1-4]\b"
    r"|(?<![\d.,–-])[1-4] ?(位|名客户|个客户)"
)
N = 120


@pytest.fixture(scope="module")
def own() -> StudyResult:
    """Three in one city, two on one plan, three with an income; few are new, and two bought in the first month."""
    rng = np.random.default_rng(4)
    people = pd.DataFrame({"customer_id": [f"PERSON{c:03}" for c in range(N)]})
    people["city"] = ["Bigtown"] * 70 + ["Midtown"] * 43 + ["Smallville"] * 3 + ["Tinyham"] * 4
    people["plan"] = rng.permutation(["basic"] * 80 + ["plus"] * 38 + ["Rareplan"] * 2)
    people["income"] = [77123 + c if c % 50 == 7 else None for c in range(N)]
    rows = [("PERSON000", "2023-01-09", 4000.0), ("PERSON001", "2023-01-20", 41.0)]
    for c in range(N):
        first = 330 if c in (5, 6, 7) else int(rng.integers(30, 200))
        days = [first, *(first + rng.integers(1, 360 - first, int(rng.geometric(0.4)) - 1)).tolist()]
        rows += [(f"PERSON{c:03}", f"{pd.Timestamp('2023-01-05') + pd.Timedelta(days=day):%Y-%m-%d}",
                  round(float(rng.lognormal(4, 0.8)), 2)) for day in days]  # fmt: skip
    orders = pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"])
    orders.insert(0, "order_id", [f"O{at:04}" for at in range(len(orders))])
    tables = [
        *read_file(people.to_csv(index=False).encode(), name="customers.csv"),
        *read_file(orders.to_csv(index=False).encode(), name="orders.csv"),
    ]
    recipe = suggest(tables)
    plans = tuple(recipe.plan_or_usual(method) for method in ("rfm", "movement"))
    tags = (
        Tag(key="town", source=FromColumn(feature="city"), type="static"),
        Tag(key="often", source=Bands(feature="n_orders", cuts=(2, 9)), type="value"),
    )
    recipe = recipe.model_copy(update={"segmentations": plans, "tags": tags})
    return run(tables, recipe.with_prediction(TrendParams()))


@pytest.fixture(scope="module")
def shared(own: StudyResult) -> SharedStudy:
    return for_others(own)


def test_the_study_holds_small_groups(own: StudyResult) -> None:
    sizes = [n for one in own.edited.values() for n in one.segmentation.segments["customers"]]
    assert any(0 < n < 5 for n in sizes) and summary(own)["quality"]["findings"][0]["facts"] == {"filled": 3}


@pytest.fixture(scope="module")
def report(own: StudyResult) -> Report:
    return build_report(own, ReportChoices(preset="analyst"), translator("en"))


def test_no_page_of_a_report_tells_of_a_few(own: StudyResult, report: Report) -> None:
    assert {"overview", "quality", "segments", "personas", "tags", "predictions"} <= {
        one.key for one in report.sections
    }
    choices = ReportChoices(language="zh", sections=("quality", "segments"))
    texts = [*_texts(report), *_texts(build_report(own, choices, translator("zh")))]
    assert not [text for text in texts if FEW.search(text) or "PERSON" in text or "7712" in text or "income" in text]
    assert not [text for text in texts if "4,000" in text]  # what one customer paid
    for page in report.pages:
        for column in page.table.columns if page.table else ():
            assert column.form != "count" or not [n for n in column.values if isinstance(n, int) and 0 < n < 5]


def test_no_curve_of_a_report_tells_what_a_few_bring(report: Report) -> None:
    sections = {one.key: [page.chart for page in one.pages if page.chart is not None] for one in report.sections}
    assert not sections["predictions"]  # a month of two buyers stands in the trend as well
    [curve] = sections["overview"]
    told = [row["buyers"] for rows in curve.spec["datasets"].values() for row in rows]
    steps = np.diff(np.unique(np.round(np.array(told) * N)))
    assert len(steps) > 10 and steps.min() >= 5


def test_no_figure_of_the_summary_counts_a_few(shared: SharedStudy) -> None:
    found = summary(shared)
    assert "income" not in found["quality"]["tables"]["customers.csv"]["columns"]
    assert found["quality"]["tables"]["customers.csv"]["dimensions"]["completeness"] == 1  # of what is told alone
    counted = {key: found[key] for key in ("cards", "segmentations", "quality", "notes", "outcome")}
    assert not [n for n in _counts(counted) if 0 < n < 5]
    for tag in found["tags"].values():
        assert not [n for n in tag.get("values", {}).values() if 0 < n < 5]


def test_no_sheet_or_list_of_segments_counts_a_few(shared: SharedStudy) -> None:
    t, file = translator("en"), io.BytesIO()
    write_workbook(file, contents_for_others(shared, t), t)
    cells = [c for sheet in openpyxl.load_workbook(file) for row in sheet.iter_rows(values_only=True) for c in row]
    # A 1 is the share of the customers with a value; the table of segments below is the sheet's own.
    assert not [cell for cell in cells if isinstance(cell, int) and 1 < cell < 5]
    assert not [cell for cell in cells if isinstance(cell, str) and (FEW.search(cell) or "PERSON" in cell)]
    assert not segment_table(shared, t)["customers"].between(1, 4).any()


def _texts(report: Report) -> list[str]:
    told = list(report.remarks)
    for page in report.pages:
        told += [page.title, *page.sentences, *page.points, *page.notes]
        told += [f"{one.name}: {one.value}" for one in page.figures]
        told += [str(v) for column in (page.table.columns if page.table else ()) for v in column.values]
        told += (
            [] if page.chart is None else [page.chart.alt, json.dumps(page.chart.spec, ensure_ascii=False, default=str)]
        )
    return told


def _counts(found: Any) -> list[int]:
    if isinstance(found, dict):
        return [n for one in found.values() for n in _counts(one)]
    if isinstance(found, list | tuple):
        return [n for one in found for n in _counts(one)]
    return [found] if isinstance(found, int) and not isinstance(found, bool) else []
