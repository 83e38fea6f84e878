"""The cards of a study: every door gives the same, and there is always an answer."""

from __future__ import annotations

from pathlib import Path

from analysis.figures import summary
from analysis.study import begin, read

ORDERS = ["customer id,order id,order date,amount"] + [
    f"c{i % 30},{i},2024-{i % 9 + 1:02}-{i % 27 + 1:02},{i % 50 + 1}" for i in range(240)
]
MEMBERS = ["member id,gender,age"] + [f"m{i},{'FM'[i % 2]},{20 + i % 40}" for i in range(60)]
ALIKE = ["member id,name"] + [f"m{i},n{i}" for i in range(40)]


def study_of(tmp_path: Path, rows: list[str]):
    path = tmp_path / "table.csv"
    path.write_text("\n".join(rows), "utf-8")
    return begin(read(path))


def test_a_run_its_result_and_its_summary_hold_the_same_cards(tmp_path):
    study = study_of(tmp_path, ORDERS)
    result = study.result(judged=False)
    assert study.cards() == result.cards
    told = summary(result)["cards"]
    assert [(card["segments"], card["customers"], card["action"]) for card in told] == [
        (list(card.segments), card.customers, card.action) for card in study.cards().cards
    ]
    assert result.cards.method == "rfm"
    assert sum(card["customers"] for card in told) == 30


def test_customers_without_orders_are_told_by_clusters_and_else_all_stand_on_one_card(tmp_path):
    members = study_of(tmp_path, MEMBERS).cards()
    assert (members.method, members.customers) == ("clusters", 60)
    alike = study_of(tmp_path, ALIKE).cards()
    assert (alike.method, alike.plan, [card.customers for card in alike.cards]) == ("everybody", None, [40])
