"""The cards of a study: every door gives the same, and there is always an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.exports.contents import summary_of
from analysis.figures import summary
from analysis.study import begin, read
from analysis.study.cards import strongest_influence
from texts import Translator

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


CHURN = [
    f"M{i:03},{('Family', 'Student')[i % 2]},{i * 7 % 40},{('no', 'yes')[i % 20 in (0, 1, 2, 3, 5, 7, 9, 11)]}"
    for i in range(400)
]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "With “plan: Student”, “churned” is 3 times as likely"),
        ("zh", "“plan：Student”的客户出现“churned”的可能性是其他客户的 3 倍"),
    ],
)
def test_what_goes_with_an_outcome_is_said_though_it_made_no_group(tmp_path, language, said):
    result = study_of(tmp_path, ["member id,plan,visits,churned", *CHURN]).result(judged=False)
    assert said in summary_of(result, Translator(language)).headline


def test_without_an_outcome_nothing_goes_with_it(tmp_path):
    result = study_of(tmp_path, MEMBERS).result(judged=False)
    assert strongest_influence(result.cards, result.profiles) is None
