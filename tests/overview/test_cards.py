"""The cards of the first screen: money, rhythm, change and advice, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from analysis.goals import NEEDS
from analysis.overview.actions import _USUAL, ACTIONS, Level, Rhythm, Stage, action
from analysis.overview.card_params import CardParams
from analysis.overview.card_result import CardChange, Counted
from analysis.overview.card_words import card_name, card_texts, changes_since, few_words, headline, outside_words
from analysis.overview.cards import compared, segment_cards
from analysis.overview.pace import Known
from analysis.profiles.outcome import outcome_of
from analysis.profiles.result import Feature, Profiles
from analysis.recipe import SegmentationPlan
from analysis.segments.names import segment_names
from analysis.segments.params import RfmParams
from analysis.segments.result import EditedSegmentation, segmentation_of
from analysis.study.cards import study_cards
from analysis.study.prepared import Prepared
from texts import LANGUAGES, Translator, catalogue

DAY = date(2025, 7, 1)
PLAN = SegmentationPlan(params=RfmParams())


def group(spend: list[float], segments: list[str]) -> tuple[Profiles, EditedSegmentation]:
    keys = list(dict.fromkeys(segments))
    money = np.array(spend)
    base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(len(spend))], "spend": money})
    features = (Feature("spend", "value", "number", "money"),)
    found = segmentation_of(np.array([keys.index(one) for one in segments]), keys, method="rfm", spend=money)
    return Profiles(base, features, DAY), EditedSegmentation(found)


def known(stages: list[str], order_days: list[int] | None = None, **months: list[int]) -> Known:
    n = len(stages)
    days = np.array(order_days or [3] * n, dtype=float)
    table = np.zeros((n, 12), dtype=int)
    table[:, 5] = days
    return Known(
        np.array(stages, dtype=object), days, np.full(n, 40.0), np.full(n, 0.5), np.full(n, 20.0),
        table, np.minimum(table, 1), 40.0,
    )  # fmt: skip


def in_january(found: Known, rows: list[int]) -> Known:
    """Let some customers buy in January of two years, half a year ago."""
    months, years, silent = found.months.copy(), found.years.copy(), found.silent_days.copy()
    months[rows], years[rows], silent[rows] = 0, 0, 165.0
    months[rows, 0], years[rows, 0] = 2, 2
    return Known(found.stages, found.order_days, found.gap_days, found.multiple, silent, months, years, 40.0)


def test_a_card_says_how_many_customers_bring_how_much_of_the_money():
    profiles, edited = group([60.0, 20.0, 10.0, 10.0], ["champions", "loyal", "loyal", "new"])
    found = segment_cards(profiles, PLAN, edited)
    assert [(card.segment, card.customers, card.revenue, card.revenue_share) for card in found.cards] == [
        ("champions", 1, 60.0, 0.6), ("loyal", 2, 30.0, 0.3), ("new", 1, 10.0, 0.1),
    ]  # fmt: skip
    assert [card.level for card in found.cards] == ["big", "big", "small"]
    assert found.customers == 4 and outside_words(found, Translator("en")) == ""
    some = outside_words(replace(found, outside=2), Translator("en"))
    assert some.startswith("Shares are of the 4 customers in these groups; 2 more") and some.endswith("are in none.")


def test_a_card_of_few_customers_says_so():
    profiles, edited = group([1.0] * 29 + [1.0] * 30, ["few"] * 29 + ["many"] * 30)
    cards = segment_cards(profiles, PLAN, edited, CardParams())
    few, many = (text.size for text in card_texts(cards, profiles, {"few": "Few", "many": "Many"}, Translator("en")))
    assert few == "29 · 49% of money · few"
    assert few_words(cards, Translator("en")) == "Few: fewer than 30, so chance decides much."
    profiles, edited = group([1.0] * 30, ["many"] * 30)
    assert few_words(segment_cards(profiles, PLAN, edited), Translator("zh")) == ""
    assert many == "30 · 51% of money"


def test_the_day_of_the_changes_is_said_once_where_all_cards_share_it():
    profiles, edited = group([50.0, 50.0], ["champions", "loyal"])
    found, t = segment_cards(profiles, PLAN, edited), Translator("en")
    names = segment_names(["champions", "loyal"], t)
    same, other = (
        replace(found, cards=tuple(replace(card, change=CardChange(50, n, days)) for card, n, days in zip(
            found.cards, (40, 20), (90, last), strict=True
        ))) for last in (90, 30)
    )  # fmt: skip
    assert changes_since(same, t) == "Customers: change in 90 days."
    told = [text.change for text in card_texts(same, profiles, names, t, since=False)]
    assert told == ["customers −20%", "customers −60%"]
    assert changes_since(other, t) == ""
    assert card_texts(other, profiles, names, t)[1].change == "customers −60% in 30 days"


def test_ten_segments_become_seven_cards_and_the_last_one_holds_the_smallest():
    names = [f"rule_{i}" for i in range(10)]
    profiles, edited = group([float(100 - i) for i in range(10)], names)
    found = segment_cards(profiles, PLAN, edited)
    assert [card.segments for card in found.cards] == [*((name,) for name in names[:6]), tuple(names[6:])]
    assert sum(card.customers for card in found.cards) == 10
    assert sum(card.revenue_share or 0 for card in found.cards) == pytest.approx(1)


def test_a_hidden_segment_has_no_card_and_no_part_of_the_shares():
    profiles, edited = group([60.0, 40.0, 100.0], ["champions", "loyal", "new"])
    found = segment_cards(profiles, PLAN, EditedSegmentation(edited.segmentation, hidden=("new",)))
    assert [(card.segment, card.revenue_share) for card in found.cards] == [("champions", 0.6), ("loyal", 0.4)]


def test_a_sleeping_segment_that_buys_every_january_is_reminded_of_it_and_is_not_away():
    n = 30
    profiles, edited = group([100.0] * n, ["hibernating"] * n)
    found = segment_cards(profiles, PLAN, edited, known=in_january(known(["dormant"] * n), list(range(n))))
    card = found.cards[0]
    assert card.pace is not None
    assert (card.pace.rhythm, card.pace.month, card.pace.n, card.action) == ("yearly", 1, n, "season_reminder")
    assert card.away == 0
    text = card_texts(found, profiles, segment_names(["hibernating"], Translator("en")), Translator("en"))[0]
    assert text.name == "January buyers (Hibernating)"
    assert "January" in text.pace and "December" in text.action


def test_who_left_in_one_month_has_no_season():
    n = 30
    profiles, edited = group([100.0] * n, ["hibernating"] * n)
    once = known(["lost"] * n, [1] * n)
    once.silent_days[:] = 400
    card = segment_cards(profiles, PLAN, edited, known=once).cards[0]
    assert card.pace is not None and card.pace.rhythm == "once"
    assert card.action == "ask_why"


@pytest.mark.parametrize(
    ("spend", "stages", "expected"),
    [
        ([90.0, 10.0], ["lost", "active"], "ask_why"),
        ([90.0, 10.0], ["at_risk", "active"], "call"),
        ([90.0, 10.0], ["active", "lost"], "thank"),
        ([10.0, 90.0], ["lost", "active"], "last_mail"),
        ([50.0, 50.0, 50.0, 50.0, 50.0, 50.0], ["at_risk", *["active"] * 5], "come_back"),
    ],
)
def test_the_advice_follows_value_and_stage(spend, stages, expected):
    profiles, edited = group(spend, ["first", *["second"] * (len(spend) - 1)])
    assert segment_cards(profiles, PLAN, edited, known=known(stages)).cards[0].action == expected


def test_a_segment_whose_usual_time_has_passed_is_reminded_though_it_is_active():
    profiles, edited = group([90.0, 10.0], ["first", "second"])
    found = known(["active", "active"])
    found.multiple[0] = 1.2
    cards = segment_cards(profiles, PLAN, edited, known=found).cards
    assert [(card.stage, card.action) for card in cards] == [("due", "reorder"), ("active", "routine")]


def test_each_goal_puts_its_own_segment_first_and_the_same_customers_stand_on_the_cards():
    names = ["champions", "new", "lost_ones", "many_small"]
    spend = [*[100.0] * 5, *[10.0] * 4, *[60.0] * 5, *[1.0] * 20]
    segments = [*["champions"] * 5, *["new"] * 4, *["lost_ones"] * 5, *["many_small"] * 20]
    stages = [*["active"] * 5, *["new"] * 4, *["lost"] * 5, *["active"] * 20]
    profiles, edited = group(spend, segments)
    facts = known(stages, [*[9] * 5, *[1] * 4, *[3] * 5, *[2] * 20])
    first = {}
    for goal in NEEDS:
        found = segment_cards(profiles, PLAN, edited, known=facts, goal=goal)
        assert sorted(card.segment or "" for card in found.cards) == sorted(names)
        assert sum(card.customers for card in found.cards) == len(spend)
        first[goal] = found.cards[0].segment
    assert first == {
        "win_back": "lost_ones", "repurchase": "new", "best_customers": "champions", "launch": "champions",
        "cut_waste": "many_small",
    }  # fmt: skip


def test_every_stage_level_rhythm_and_goal_has_an_action_and_every_action_a_sentence():
    levels, rhythms, goals = get_args(Level), [*get_args(Rhythm), None], [*NEEDS, None]
    stages = get_args(Stage)
    found = {action(*case) for case in product(stages, levels, rhythms, goals)}
    found |= {action(None, "middle", None, None, outcome=one) for one in ("high", "low", None)}
    assert set(_USUAL) == set(stages)
    assert found == set(ACTIONS)
    assert {key.removeprefix("action.") for key in catalogue() if key.startswith("action.")} == set(ACTIONS)


def test_growth_is_told_of_enough_customers_only():
    assert CardChange(40, 50, 90).change == pytest.approx(0.25)
    assert CardChange(9, 50, 90).change is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("goal", [*NEEDS, None])
def test_every_goal_has_a_sentence_with_and_without_money(language, goal):
    t = Translator(language, "CNY")
    profiles, edited = group([90.0, 10.0, 1.0], ["champions", "at_risk", "new"])
    names = segment_names(["champions", "at_risk", "new"], t)
    plain = Profiles(profiles.customers[["customer_id"]], (), DAY)
    facts = known(["active", "at_risk", "new"], [3, 3, 1])
    said = [
        headline(segment_cards(one, PLAN, edited, known=facts, goal=goal), one, names, t) for one in (profiles, plain)
    ]
    assert all(said)
    assert (said[0] == said[1]) == (goal == "repurchase")


@pytest.mark.parametrize("header", ["Churn", "是否流失", "customer_churned", "Response"])
def test_an_outcome_is_a_flag_that_is_called_so(header):
    base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(40)], "x": [i % 2 == 0 for i in range(40)]})
    assert outcome_of(Profiles(base, (Feature("x", "risk", "flag", header=header),), DAY)) is not None
    few = base.assign(x=[i < 5 for i in range(40)])
    assert outcome_of(Profiles(few, (Feature("x", "risk", "flag", header=header),), DAY)) is None


def test_a_flag_of_another_name_is_no_outcome():
    base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(40)], "x": [i % 2 == 0 for i in range(40)]})
    for header in ("Partner", "PaperlessBilling", "Leftovers", "短信同意"):
        assert outcome_of(Profiles(base, (Feature("x", "risk", "flag", header=header),), DAY)) is None


def lines(n_days: int) -> list[tuple[str, str, str, float]]:
    """Return orders of 60 customers: each comes every 10 days from a start of his own."""
    start, found = DAY - timedelta(days=n_days), []
    for customer in range(60):
        for step in range(customer % 7, n_days // 10):
            day = start + timedelta(days=10 * step + customer % 9)
            found.append((f"C{customer}", f"{customer}-{step}", day.isoformat(), 10.0 + customer))
    return found


def cards_of(prepared: Prepared, **params: object):
    from analysis.recipe import Recipe
    from analysis.study import edit, segment

    def segmentation(plan: SegmentationPlan):
        found = segment(prepared.profiles, plan, standard=prepared.standard)
        return found, edit(found, plan, prepared.profiles)

    return study_cards(Recipe(), prepared, segmentation, CardParams.model_validate(params))


def test_what_changed_compares_equally_long_histories_by_the_same_borders(study_of):
    prepared = study_of(lines(400))
    found = cards_of(prepared)
    changes = [card.change for card in found.cards]
    assert all(change is not None and change.days == 90 for change in changes)
    # Everybody keeps his rhythm: over equally long histories nobody has moved but by a step.
    assert sum(change.before for change in changes if change) == sum(change.now for change in changes if change) == 60


def test_a_short_history_tells_of_no_change(study_of):
    assert all(card.change is None for card in cards_of(study_of(lines(80))).cards)


def test_the_state_of_today_is_what_the_profiles_say(study_of):
    from analysis.intake.questions import order_span
    from analysis.study.cards import profiles_between

    prepared = study_of([*lines(200), ("C1", "back", DAY.isoformat(), -5.0)])
    span = order_span(prepared.standard)
    assert span.first is not None
    as_of = prepared.profiles.as_of
    spans = ((span.first, as_of), (span.first, span.first), (as_of, as_of))
    now, *others = profiles_between(prepared.standard, prepared.profiles, spans)
    assert [one.as_of for one in others] == [span.first, as_of] and others[1].customers["n_orders"].sum() == 0
    assert 0 < others[0].customers["n_orders"].sum() < now.customers["n_orders"].sum()
    for column in ("recency_days", "n_orders", "spend"):
        expected = prepared.profiles.customers[column].to_numpy(dtype=float)
        assert now.customers[column].to_numpy(dtype=float) == pytest.approx(expected)


@pytest.mark.parametrize(("came", "differs"), [((112, 100), False), ((112, 40), True)])
def test_a_share_of_an_outcome_is_told_as_a_finding_only_beyond_chance(came, differs):
    """56 and 50 of 100 are chance at 200 a group; 56 and 20 are not."""
    n = 200
    left = [i < came[0] for i in range(n)] + [i < came[1] for i in range(n)]
    base = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(2 * n)], "x": pd.array(left, "boolean")})
    people = Profiles(base, (Feature("x", "risk", "flag", header="Churn"),), DAY)
    groups = segmentation_of(np.repeat([0, 1], n), ["champions", "lost"], method="rfm")
    found = segment_cards(people, SegmentationPlan(params=RfmParams()), EditedSegmentation(groups))
    actions = {card.action for card in found.cards}
    assert actions == ({"outcome_high", "outcome_low"} if differs else {"know_them"})
    for language in LANGUAGES:
        t = Translator(language)
        names = segment_names(["champions", "lost"], t)
        alike = t("cards.outcome_alike", outcome="Churn", everyone=sum(came) / (2 * n))
        assert (alike in headline(found, people, names, t)) is not differs


@pytest.mark.parametrize(
    ("goal", "what", "rows"),
    [
        (None, "good_due", (1,)),
        ("win_back", "win_back", (1, 3)),
        ("repurchase", "repurchase", (2,)),
        ("launch", "launch", (0, 1)),
        ("cut_waste", "cut_waste", (2, 3)),
    ],
)
def test_the_customers_whom_the_first_sentence_counts_can_be_listed(goal, what, rows):
    profiles, edited = group([60.0, 60.0, 3.0, 2.0], ["champions", "champions", "new", "lost"])
    stages = known(["active", "at_risk", "new", "lost"], [3, 3, 1, 1])
    found = segment_cards(profiles, PLAN, edited, known=stages, goal=goal)
    assert found.counted == Counted(what, rows)
    names = {key: key for key in edited.shown}
    assert str(len(rows)) in headline(found, profiles, names, Translator("en"))


def test_what_changed_is_told_since_an_earlier_run_where_it_had_the_segment():
    profiles, edited = group([60.0, 20.0, 10.0, 10.0], ["champions", "loyal", "loyal", "new"])
    cards = segment_cards(profiles, PLAN, edited)
    found = compared(cards, DAY - timedelta(days=30), {"champions": 12, "loyal": 2})
    assert [card.change for card in found.cards] == [CardChange(12, 1, 30), CardChange(2, 2, 30), None]


def test_several_groups_in_one_card_are_named_by_their_numbers_and_a_name_of_ones_own_stays():
    t = Translator("en")
    shared = SimpleNamespace(segment=None, segments=("cluster_2", "cluster_5", "cluster_7"))
    names = {"cluster_2": "Group 2: high Monthly fee, high Age", "cluster_5": "Old friends", "cluster_7": "Group 7"}
    assert card_name(shared, names, t) == "Others: Group 2, Old friends, Group 7"  # pyright: ignore
