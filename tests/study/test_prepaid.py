"""Visits paid by a pass in whole runs: both doors give one result, and who comes on a pass has not left."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from analysis.figures import summary
from analysis.predict.churn.params import ChurnParams
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.next_order.params import NextOrderParams
from analysis.study import Run, read, suggest
from analysis.study.memo import in_dict
from tests.doors import of_command_line, plain

PEOPLE, WEEKS, START = 120, 80, date(2023, 1, 2)
VISITS = 10  # of a pass
BEFORE = (1, 2, 5)  # bought theirs before the file begins


def lines() -> str:
    """Return the visits of 120 customers, who come about every week until some of them stop."""
    draw = random.Random(3)
    found = ["Order No,Date,Customer,Product,Amount,Payment"]
    for who in range(PEOPLE):
        price, left = 80 + draw.randint(0, 60), 1000 if who in BEFORE else 0
        last = WEEKS if who % 3 else draw.randint(10, WEEKS - 20)
        for week in range(draw.randint(0, 20), last):
            if draw.random() < 0.2:
                continue
            day = START + timedelta(days=7 * week + draw.randint(0, 4))
            sold = left == 0
            left = VISITS if sold else left - 1
            what, money, paid = ("10-visit pass", price + draw.randint(0, 9), "card") if sold else ("Yoga", 0, "Pass")
            found.append(f"R{len(found)},{day},C{who:03d},{what},{money},{paid}")
    return "\n".join(found) + "\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    file = tmp_path_factory.mktemp("pass") / "visits.csv"
    file.write_text(lines(), "utf-8")
    tables = read([file])
    return file, Run(tuple(tables), suggest(tables), memo=in_dict())


def test_the_two_doors_say_the_same(made: tuple[Path, Run]) -> None:
    file, run = made
    there = plain(summary(run.result()))
    told = of_command_line([file], run.recipe)
    assert {key: there[key] for key in told} == told
    rows = lines().splitlines()[1:]
    assert told["orders"] == len(rows) and told["revenue"] == sum(float(row.split(",")[4]) for row in rows)
    assert told["questions"] == [] and not [one for one in told["guesses"] if one["what"] == "prepaid"]


def test_who_comes_on_a_pass_has_not_left_and_is_foretold_by_the_visits(made: tuple[Path, Run]) -> None:
    run = made[1]
    customers = run.prepared().profiles.customers
    stayed = ~customers["customer_id"].str[1:].astype(int).mod(3).eq(0)
    churn = run.prediction(ChurnParams())
    assert churn.definition.days < 7 * VISITS  # the time that a pass lasts
    assert (customers.loc[stayed, "recency_days"] < 7 * 6).all() and customers.loc[
        ~stayed, "recency_days"
    ].min() > 7 * 15
    soon = run.prediction(NextOrderParams())
    assert np.nanmedian(soon.customers.loc[stayed.to_numpy(), "usual_days"]) < 7 * 3


def test_what_customers_are_worth_rests_on_what_they_paid(made: tuple[Path, Run]) -> None:
    worth = made[1].prediction(LifetimeParams())
    assert worth.spend is not None and 80 <= worth.spend.mean <= 150
