"""A backlog and a cube beside plain counts of the same rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.act.product.backlog import backlog
from analysis.act.product.cube import OTHER, cube
from analysis.act.product.journey import JourneyParams, journey
from analysis.act.product.journey_words import journey_answer, scores_answer
from analysis.errors import AnalysisError
from analysis.study import begin, read
from analysis.study.steps import Run
from texts import Translator


def shop(*, planted: bool) -> Run:
    rng = np.random.default_rng(3)
    rows, returns = [], []
    for n in range(300):
        for month in range(1, 4):
            category, channel = ["shoes", "hats"][rng.integers(2)], ["web", "store"][rng.integers(2)]
            rows.append((f"C{n:03}", f"2024-0{month}-{1 + n % 27:02}", f"{n}-{month}", 50.0 + n % 7, category, channel))
            if rng.random() < (0.5 if planted and n < 100 and category == "shoes" else 0.1):
                returns.append((f"C{n:03}", f"2024-0{month}-28", f"{n}-{month}r", -20.0, category, channel))
    columns = ["customer_id", "order_date", "order_id", "amount", "category", "channel"]
    return begin(read(pd.DataFrame([*rows, *returns], columns=columns)))


LABELS: list[Any] = ["early"] * 100 + ["late"] * 190 + [None] * 10


@pytest.fixture(scope="module")
def planted() -> Any:
    return shop(planted=True).prepared()


def test_what_troubles_one_segment_is_found_with_its_customers_and_revenue(planted: Any) -> None:
    found = backlog(planted.profiles, LABELS, planted.standard)
    first = found.items[0]
    assert (first.what, first.name, first.segment) == ("return", "shoes", "early")
    rows = planted.standard.orders().collect("pandas").to_native()
    back = set(rows.loc[rows["is_return"] & (rows["category"] == "shoes"), "customer_id"])
    customers = planted.profiles.customers
    inside = customers["customer_id"].isin(back).to_numpy() & (np.arange(300) < 100)
    assert first.customers == inside.sum() and first.revenue == pytest.approx(customers["spend"][inside].sum())
    assert first.low < first.share < first.high and first.index is not None and first.index > 150
    assert first.p < 0.001


def test_noise_has_nothing_to_mend_and_files_without_troubles_are_refused() -> None:
    run = shop(planted=False).prepared()
    assert not backlog(run.profiles, LABELS, run.standard).items
    plain = begin(
        read(pd.DataFrame({"customer_id": list("abc"), "order_date": ["2024-01-01"] * 3, "amount": [1, 2, 3]}))
    )
    found = plain.prepared()
    with pytest.raises(AnalysisError, match="act_backlog_nothing"):
        backlog(found.profiles, ["x"] * 3, found.standard)
    with pytest.raises(AnalysisError, match="act_cube_nothing"):
        cube(found.profiles, ["x"] * 3, found.standard)


def test_the_cube_counts_as_plain_loops_do(planted: Any) -> None:
    found = cube(planted.profiles, LABELS, planted.standard)
    assert (found.what, found.where) == ("category", "channel")
    rows = planted.standard.sales().collect("pandas").to_native()
    segment = dict(zip(planted.profiles.customers["customer_id"], LABELS, strict=True))
    for cell in found.cells.to_dict("records"):
        here = rows[(rows["category"] == cell["what"]) & (rows["channel"] == cell["where"])]
        buyers = {one for one in here["customer_id"] if segment[one] == cell["segment"]}
        everybody = {one for one in here["customer_id"] if segment[one] is not None}
        size = LABELS.count(cell["segment"])
        assert cell["buyers"] == len(buyers) and cell["share"] == pytest.approx(len(buyers) / size)
        assert cell["index"] == pytest.approx(len(buyers) / size / (len(everybody) / 290) * 100)
        money = here[here["customer_id"].isin(buyers)]["amount"].astype(float).sum()
        assert cell["money"] == pytest.approx(money)
    assert OTHER not in set(found.cells["what"])


def way(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return customers who signed up over a year, their orders and their tickets; the second half is slow to order."""
    day = pd.Timestamp("2024-01-01")
    signed = [day + pd.Timedelta(days=int(one)) for one in rng.integers(0, 365, 400)]
    people = pd.DataFrame({"customer_id": [f"C{n:03}" for n in range(400)], "signup_date": signed})
    orders, tickets = [], []
    for n, begun in enumerate(signed):
        at, wait = begun, 20 if n < 200 else 150
        for _ in range(int(rng.integers(0, 4))):
            at = at + pd.Timedelta(days=int(rng.integers(0, wait)))
            orders.append((f"C{n:03}", at, f"O{len(orders)}", 10.0))
        if n % 2:
            for hours, event in (
                (0, "Ticket opened"),
                (5, "ticket_answered"),
                (30, "ticket resolved"),
                (99, "Reopened"),
            ):
                if hours < 99 or n % 4 == 1:
                    tickets.append((f"C{n:03}", event, begun + pd.Timedelta(hours=hours)))
    orders.append(("C000", pd.Timestamp("2025-02-01"), "last", 10.0))
    columns = ["customer_id", "order_date", "order_id", "amount"]
    return (
        people,
        pd.DataFrame(orders, columns=columns),
        pd.DataFrame(tickets, columns=["customer_id", "event", "time"]),
    )


def test_a_journey_is_what_a_plain_loop_counts_and_the_slow_half_is_named() -> None:
    people, orders, tickets = way(np.random.default_rng(8))
    found = begin(read([people, orders, tickets])).prepared()
    ids = found.profiles.customers["customer_id"].tolist()
    labels = ["fast" if int(one[1:]) < 200 else "slow" for one in ids]
    came = journey(found.profiles, labels, found.standard, JourneyParams(days=60))
    end, window = pd.Timestamp(found.profiles.as_of), pd.Timedelta(days=60)
    since = orders["order_date"].min()
    days = {who: sorted(rows) for who, rows in orders.groupby("customer_id")["order_date"]}
    for segment in ("fast", "slow"):
        n = k = 0
        for who, begun in zip(people["customer_id"], people["signup_date"], strict=True):
            if (int(who[1:]) < 200) == (segment == "fast") and since <= begun <= end - window:
                n, k = n + 1, k + (who in days and days[who][0] <= begun + window)
        [stage] = [one for one in came.of(tickets=False) if (one.step, one.segment) == ("first_order", segment)]
        assert (stage.n, stage.reached, stage.lost) == (n, k, n - k)
    worst = came.stages[0]
    assert worst.segment == "slow" and worst.is_largest and worst.p < 0.001
    for language in ("en", "zh"):
        t = Translator(language)
        said = journey_answer(came.of(tickets=False), came, {"slow": "Slow"}, t)
        assert said.startswith("Slow") and t.percent(worst.share) in said
    told = {(one.step, one.segment): one for one in came.of(tickets=True)}
    assert (told["answered", "fast"].n, told["answered", "fast"].share) == (100, 1)
    assert (told["kept_solved", "fast"].lost, told["kept_solved", "slow"].lost) == (50, 50)
    assert "No segment differs" in journey_answer(came.of(tickets=True), came, {}, Translator("en"))


def ticket_table(rng: np.random.Generator, n: int = 900) -> pd.DataFrame:
    """Return a row for each ticket of 120 customers; those of the first 40 are solved less often, and score lower."""
    who = rng.integers(0, 120, n)
    opened = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 180 * 24 * 60, n), unit="min")
    bad = who < 40
    solved = np.where(rng.random(n) < np.where(bad, 0.5, 0.9), rng.integers(60, 9_000, n), 60 * 24 * 40)
    return pd.DataFrame(
        {
            "ticket_id": [f"T{place}" for place in range(n)],
            "requester_id": [f"C{one:03}" for one in who],
            "created_at": opened,
            "first_response_at": opened + pd.to_timedelta(rng.integers(5, 3_000, n), unit="min"),
            "resolved_at": opened + pd.to_timedelta(solved, unit="min"),
            "reopened": np.where(rng.random(n) < 0.2, "yes", "no"),
            "csat": np.where(
                rng.random(n) < 0.6, np.clip(np.round(rng.normal(np.where(bad, 2.5, 4), 1)), 1, 5), np.nan
            ),
        }
    )


CHINESE = ["工单编号", "客户编号", "创建时间", "首次响应时间", "解决时间", "是否重开", "满意度评分"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_table_with_a_row_for_each_ticket_is_a_journey_with_its_mean_score(language: Any) -> None:
    given = ticket_table(np.random.default_rng(5))
    told = given if language == "en" else given.set_axis(CHINESE, axis=1).replace({"yes": "是", "no": "否"})
    found = begin(read(told)).prepared()
    ids = found.profiles.customers["customer_id"].tolist()
    labels = ["bad" if int(one[1:]) < 40 else "good" for one in ids]
    came = journey(found.profiles, labels, found.standard)
    told_steps = {(one.step, one.segment): one for one in came.of(tickets=True)}
    assert {step for step, _ in told_steps} == {"answered", "solved", "scored", "kept_solved"}
    end, window = pd.Timestamp(found.profiles.as_of), pd.Timedelta(days=14)
    bad = given["requester_id"].str[1:].astype(int) < 40
    had, solved = given["created_at"] + window <= end, given["resolved_at"] <= given["created_at"] + window
    stage = told_steps["solved", "bad"]
    assert (stage.n, stage.reached) == ((had & bad).sum(), (had & bad & solved).sum())
    assert stage.is_largest and stage.p < 0.001
    long_ago = given["resolved_at"] + window <= end
    assert told_steps["kept_solved", "good"].lost == (long_ago & ~bad & (given["reopened"] == "yes")).sum()
    assert told_steps["scored", "bad"].reached == (had & bad & given["csat"].notna()).sum()
    worst, best = came.scores
    assert (worst.segment, best.segment) == ("bad", "good") and worst.p < 0.001
    assert worst.mean == pytest.approx(given["csat"][bad].mean()) and worst.n == given["csat"][bad].count()
    assert worst.others == pytest.approx(best.mean) and worst.low < worst.mean < worst.high
    said = scores_answer(came, {"bad": "Late ones"}, Translator(language))
    assert "Late ones" in said and Translator(language).number(worst.mean) in said
    rng = np.random.default_rng(1)
    alike = journey(found.profiles, rng.permutation(labels).tolist(), found.standard)
    assert all(one.p > 0.05 for one in alike.scores) and scores_answer(alike, {}, Translator(language))


def test_who_had_no_time_for_a_step_is_not_taken_for_lost() -> None:
    rows = pd.DataFrame(
        {"customer_id": [f"C{n}" for n in range(60)], "order_date": ["2024-01-01"] * 30 + ["2024-05-01"] * 30}
    )
    found = begin(read(rows.assign(order_id=range(60), amount=5.0))).prepared()
    [stage] = journey(found.profiles, ["x"] * 60, found.standard).stages
    assert (stage.step, stage.n, stage.lost, stage.others) == ("second_order", 30, 30, None)
    signed = pd.DataFrame(
        {"customer_id": rows["customer_id"], "signup_date": ["2020-01-01"] * 35 + ["2024-01-02"] * 25}
    )
    found = begin(read([rows.assign(order_id=range(60), amount=5.0), signed])).prepared()
    first = next(one for one in journey(found.profiles, ["x"] * 60, found.standard).stages if one.step == "first_order")
    assert (first.n, first.lost) == (25, 25)  # who signed up before the files begin may have ordered then
    plain = begin(read(pd.DataFrame({"customer_id": [f"C{n}" for n in range(30)], "amount": range(30)}))).prepared()
    with pytest.raises(AnalysisError, match="act_journey_nothing"):
        journey(plain.profiles, ["x"] * 30, plain.standard)
