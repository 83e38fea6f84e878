from __future__ import annotations

import json

import pytest

import cli

ORDERS = "order_id,customer_id,order_date,status,amount,tax\n" + "".join(
    f"{n},c{n % 7},2024-03-{n % 28 + 1:02d},{'cancelled' if n % 9 == 0 else 'completed'},{20 + n}.10,{n % 5 + 1}.03\n"
    for n in range(60)
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    return str(path)


def told(capsys, *arguments):
    code = cli.main(["reconcile", *arguments])
    return code, capsys.readouterr()


def test_the_difference_is_explained_in_words_and_as_json(file, capsys):
    total = sum(20 + n + 0.10 + n % 5 + 1 + 0.03 for n in range(60) if n % 9)
    code, out = told(capsys, file, "--total", f"{total:,.2f}")
    assert code == 0 and "adds “tax”" in out.out
    code, out = told(capsys, file, "--total", f"{total:.2f}", "--json")
    found = json.loads(out.out)
    assert found["exact"][0]["treatments"][0]["subject"] == "tax" and found["said"]


@pytest.mark.parametrize(
    "wrong", [("--total", "a lot"), ("--total", "5", "--since", "spring"), ("--total", "5", "--since", "2025-01-01")]
)
def test_what_cannot_be_compared_is_refused_in_words(file, capsys, wrong):
    code, out = told(capsys, file, *wrong)
    assert code == 2 and out.out == "" and out.err.strip()
