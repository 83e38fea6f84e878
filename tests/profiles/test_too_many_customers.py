"""More customers than memory holds: said before the work where there is no doubt, else once they are counted."""

from __future__ import annotations

import pytest

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.intake.standard import mapped
from analysis.intake.tables import RawTable
from analysis.study import prepare, suggest


def orders(ids: range, name: str = "orders.csv") -> RawTable:
    rows = "".join(f"c{i},b{i},2024-01-{i % 28 + 1:02},{i % 9 + 1}\n" for i in ids)
    [table] = read_file(f"customer_id,order_id,order_date,amount\n{rows}".encode(), name=name)
    return table


def members(ids: range) -> RawTable:
    rows = "".join(f"c{i},{('Bern', 'Basel')[i % 2]},2023-01-{i % 28 + 1:02}\n" for i in ids)
    [table] = read_file(f"customer_id,city,signup_date\n{rows}".encode(), name="customers.csv")
    return table


def refused(*tables: RawTable) -> AnalysisError:
    with pytest.raises(AnalysisError) as refusal:
        prepare(tables, suggest(tables))
    return refusal.value


@pytest.fixture(autouse=True)
def _at_most_a_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "MOST_CUSTOMERS", 1000)


@pytest.mark.parametrize(
    "tables",
    [
        (orders(range(3000)),),
        (members(range(3000)),),
        (orders(range(900)), orders(range(900, 3000), "more.csv")),
        (orders(range(50)), members(range(3000))),
    ],
    ids=["orders", "members", "several files", "members of few orders"],
)
def test_many_more_are_refused_before_a_line_is_typed(
    tables: tuple[RawTable, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis.intake.standard import standardise

    def late(*_: object, **__: object) -> None:
        raise AssertionError("the work has begun")

    monkeypatch.setattr(standardise, "typed_columns", late)
    monkeypatch.setattr(standardise, "unite", late)
    problem = refused(*tables)
    assert problem.code == "too_many_customers_named"
    assert problem.facts["most"] == 1000
    assert 2000 < problem.facts["n"] < 4000


def test_few_customers_of_many_lines_are_no_crowd() -> None:
    tables = [orders(range(900), f"{month}.csv") for month in range(1, 4)]
    assert len(prepare(tables, suggest(tables)).profiles.customers) == 900


def test_as_many_as_the_limit_are_profiled() -> None:
    tables = [orders(range(1000))]
    assert len(prepare(tables, suggest(tables)).profiles.customers) == 1000


@pytest.mark.parametrize("table", [orders(range(1001)), members(range(1001))], ids=["orders", "members"])
def test_one_more_is_refused_once_they_are_counted(table: RawTable) -> None:
    problem = refused(table)
    assert (problem.code, problem.facts) == ("too_many_customers", {"n": 1001, "most": 1000})


def test_orders_and_members_who_are_too_many_together_are_refused() -> None:
    problem = refused(orders(range(800)), members(range(230, 1030)))
    assert (problem.code, problem.facts) == ("too_many_customers", {"n": 1030, "most": 1000})
