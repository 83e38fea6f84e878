"""Of very many different values a sample is looked at, each with all its rows, and says what all of them would."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting import candidates
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable


def exported(header: str = "buyer ref") -> RawTable:
    """Return 4,000 orders of two lines each, by 2,000 buyers of whom a quarter come back, in an order of its own."""
    rows = []
    for order in range(4000):
        buyer = order % 500 if order % 2 else 500 + order % 1500
        day = f"2024-{order % 11 + 1:02}-{order % 28 + 1:02}"
        rows += [f"U{buyer:06},B{order},P{order % 40 + line},{day},{order % 7}.5" for line in (1, 2)]
    [table] = read_file(f"{header},order id,article,order date,amount\n{chr(10).join(rows)}\n".encode(), name="x.csv")
    return table


@pytest.mark.parametrize("header", ["buyer ref", "ref", "customer id"])
def test_a_sample_of_values_leads_to_the_same_columns(header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = exported(header)
    [exact] = inspect([table])
    monkeypatch.setattr(candidates, "SAMPLED_FROM", 100)
    monkeypatch.setattr(candidates, "SAMPLED", 200)
    [sampled] = inspect([table])
    assert [column.role for column in sampled.columns] == [column.role for column in exact.columns]
    assert (sampled.kind, sampled.customer) == (exact.kind, exact.customer)
    for one, other in zip(exact.candidates, sampled.candidates, strict=True):
        assert (other.name, other.codes) == (one.name, one.codes)
        assert other.n == pytest.approx(one.n, rel=0.2)
        assert other.come_back == pytest.approx(one.come_back, rel=0.2)


def test_what_differs_within_orders_is_told_from_a_sample_of_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    table = exported()
    monkeypatch.setattr(candidates, "SAMPLED_FROM", 100)
    monkeypatch.setattr(candidates, "SAMPLED", 200)
    [guess] = inspect([table])
    from analysis.engine import look
    from analysis.intake.suggesting.describe import scan

    evidence = [column.evidence for column in guess.columns]
    with look() as connection, scan(connection, table) as rows:
        varies = [candidates._varies(connection, rows, f"c{place}", 1, evidence) for place in (0, 2)]
    assert varies == [False, True]
