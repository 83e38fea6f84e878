"""Trades as data, plays filled from data, times that stand out, values with their arithmetic, a sum over segments."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.act.playbook.budget import Return, split_budget
from analysis.act.playbook.few import Doing, taking_hours, taking_money, worth_doing
from analysis.act.playbook.fill import fill
from analysis.act.playbook.plays import PlaySettings, as_changed, called, used_trade
from analysis.act.playbook.timing import HOURS, best_channel, best_time, hours_of, time_told
from analysis.act.playbook.trade import (
    GENERAL,
    PLAY_OF,
    PLAYS,
    TRADES,
    Trade,
    find_trade,
    own_trade,
    trade,
    trade_from_toml,
    trade_to_toml,
)
from analysis.act.playbook.value import Assumption, Seen, expected_value, learned
from analysis.act.playbook.words import answer, arithmetic, lines, trade_words, value_words
from analysis.errors import AnalysisError
from analysis.overview.actions import ACTIONS
from analysis.overview.card_result import Pace, SegmentCard
from analysis.reports.choices import Preset
from analysis.reports.hush import Hushed
from benchmarks.times import found as named
from tests.act.makers import profiles
from tests.thorough import examples
from texts import LANGUAGES, Calling, Translator, translator

WEDNESDAY_20 = 2 * 24 + 20


def card(action: Any = "win_back", gap: float = 31.0) -> SegmentCard:
    pace = Pace("regular", 10, 0.5, gap)
    return SegmentCard(("lost",), 40, 1.0, None, None, "middle", "lost", pace, 0, 0.0, 0, 0, None, None, action)


def test_every_trade_is_whole_in_both_languages_and_has_every_play() -> None:
    for key in (GENERAL, *TRADES):
        found = trade(key)
        assert set(found.plays) == set(PLAYS), key
        for play in found.plays.values():
            assert not any("\u4e00" <= one <= "\u9fff" for one in play.offer.en)
            assert any("\u4e00" <= one <= "\u9fff" for one in play.offer.zh)
    assert set(PLAY_OF) == set(ACTIONS)
    outcomes = [PLAY_OF[one] for one in ("outcome_high", "outcome_low", "know_them")]
    assert len({trade(GENERAL).plays[one].offer for one in outcomes}) == 3  # without orders, too, advice differs
    offers = {trade(key).plays["win_back"].offer.en for key in TRADES}
    assert len(offers) == len(TRADES)  # advice differs by trade


@pytest.mark.parametrize(
    ("headings", "roles", "key"),
    [
        (["学员", "课程名称", "报名日期", "金额"], (), "education"),
        (["Booking ID", "Room type", "Nights", "Guest name"], (), "hospitality"),
        (["订单号", "饮品", "杯型", "金额"], ("product",), "dining"),
        (["就诊日期", "患者编号", "科室", "金额"], (), "health"),
        (["Patient ID", "Doctor", "Visit date", "Fee"], (), "health"),
        (["会员卡号", "教练", "团课", "签到时间"], (), "membership"),
        (["会员号", "会员等级", "消费金额"], (), GENERAL),  # shops have members as well
        (["Company", "Industry", "Amount"], ("industry",), "b2b"),
        (["plan", "seats", "mrr"], (), "software"),
        (["订单号", "商品", "门店", "金额"], (), "retail"),
        (["保单号", "保费", "客户号"], (), "finance"),
        (["id", "amount", "date"], (), GENERAL),
        (["classic", "stable"], (), GENERAL),  # words inside other words say nothing
    ],
)
def test_the_trade_is_found_from_the_columns_or_not_at_all(headings: list[str], roles: Any, key: str) -> None:
    assert find_trade(headings, roles).trade.key == key


def test_a_template_with_a_misspelt_name_or_a_wrong_range_is_refused() -> None:
    start = 'name = {en = "x", zh = "园"}\n'
    for text, code in (
        (start + "nmae = 1", "choice_unknown"),
        (start + "[plays.win_back]\nofer = 1", "choice_unknown"),
        (start + "[plays.winback]\nwindow_days = 3", "choice"),
        (start + "[plays.win_back]\nresponse = [0.5, 0.1]", "act_bad_response"),
        ("name = ", "act_trade_not_toml"),
        ("plays = 3", "act_trade_not_toml"),
        (start + 'by_tag = {complaint = "rescue"}', "choice_not_offered"),
        (start + 'tags = ["at_risk"]', "choice_not_offered"),  # no tag of the library
    ):
        with pytest.raises(AnalysisError, match=code):
            trade_from_toml(text, "garden")
    with pytest.raises(AnalysisError, match="act_trade_unknown"):
        trade("fishing")


def test_a_trade_is_handed_on_as_a_file_and_comes_back_the_same() -> None:
    for key in (GENERAL, *TRADES):
        assert trade_from_toml(trade_to_toml(trade(key)), key) == trade(key)
    strange = 'name = {en = "a \\"b\\" \\u202e\\n c", zh = "花\\\\店"}\n[plays.rest]\nwindow_days = 9\n'
    given = own_trade(strange.encode(), "../花店 Shop №1.TOML")
    assert (given.key, given.name.en, given.name.zh) == ("own_shop_1", 'a "b" c', "花\\店")
    assert own_trade(trade_to_toml(given).encode(), f"{given.key}.toml") == given
    assert own_trade(b"", "店.toml").key == "own_trade" and len(own_trade(b"", "x" * 99).key) <= 40
    with pytest.raises(AnalysisError, match="act_trade_not_toml"):
        own_trade("名".encode("gbk"), "x.toml")
    assert get_args(Trade.model_fields["report"].annotation) == get_args(Preset)


def test_words_of_a_play_are_those_that_were_written_else_those_of_the_trade() -> None:
    given = trade("retail").model_copy(update={"key": "own_shop"})
    kept = {"trade": "own_shop", "texts": {"lost": {"offer": "A cake", "stop": " "}}}
    settings = PlaySettings.kept(kept, trades=[given])
    used = used_trade(find_trade([]), settings)
    assert used == given and used_trade(find_trade([]), PlaySettings.kept(kept)).key == GENERAL
    play = as_changed(used, "win_back", "lost", settings).plays["win_back"]
    assert play.offer.of("zh") == "A cake" and play.stop == given.plays["win_back"].stop
    assert as_changed(used, "win_back", "new", settings) == given


def test_a_tag_that_half_of_a_segment_has_chooses_its_play_and_says_so() -> None:
    inside = np.array([True] * 20 + [False] * 20)
    for n, key in ((9, "win_back"), (10, "rescue")):
        base = profiles(tag_complained=pd.array([True] * n + [None] * (40 - n), dtype="boolean"))
        play = fill(trade("retail"), card(), base, inside, segment="lost")
        assert (play.key, play.tag) == (key, "complained" if key == "rescue" else "")
        assert any("50%" in line for line in lines(play, Translator("zh"))) == (key == "rescue")
    changed = as_changed(trade("retail"), "rescue", "lost", PlaySettings.kept({"texts": {"lost": {"offer": "Tea"}}}))
    assert fill(changed, card(), base, inside, segment="lost").play.offer.en == "Tea"


@pytest.mark.parametrize("key", TRADES)
def test_customers_are_called_what_the_trade_calls_them(key: str) -> None:
    used = trade(key)
    en = Calling(Translator("en"), used.customer.en, used.measure)
    zh = Calling(Translator("zh"), used.customer.zh, used.measure)
    whole = [one("act.answer", sent=1, n=n) for one in (en, zh) for n in (1, 5)]
    single = {"companies": "company", "learners": "learner"}.get(used.customer.en, used.customer.en[:-1])
    assert whole[:2] == [f"1 of 1 {single} is on the list.", f"1 of 5 {used.customer.en} are on the list."]
    assert whole[3] == f"5 {used.measure}{used.customer.zh}中，1 位在名单上。"
    assert ("customer" in en.text("playbook.group")) == (used.customer.en == "customers")
    told = Hushed(Translator("en")).calling(called(used))("act.answer", sent=7, n=9)  # so in reports for others
    assert told == f"7 of 9 {used.customer.en} are on the list."


def test_noise_names_no_time_and_a_planted_wednesday_evening_is_found() -> None:
    assert named("nothing", 2_000, runs=100)[0] <= 0.05 + 0.04  # two standard errors
    assert named("the hour of the day", 2_000, concentrated=True, runs=80)[1] >= 0.75
    assert named("the day", 2_000, runs=40)[1] >= 0.95
    assert named("day and hour", 2_000, runs=40)[1] >= 0.95
    assert named("the hour of the day", 50_000, runs=20)[1] >= 0.95  # evenly: 2,000 of them are twelve an hour


@pytest.mark.parametrize(
    ("days", "hours", "told"),
    [
        ((2,), range(24), ((2, None), "Wednesday: 40% of 240 answered", "周三：240 次中 40% 有回应")),
        (range(7), (20,), ((None, 20), "At 20:00: 40% of 70 answered", "20:00：70 次中 40% 有回应")),
    ],
)
def test_a_whole_day_and_an_hour_of_every_day_are_told_as_such(days: Any, hours: Any, told: Any) -> None:
    answered = np.ones((7, 24), dtype=int)
    answered[np.ix_(list(days), list(hours))] = 4
    best = best_time([10] * HOURS, answered.ravel())
    assert best is not None and (best.weekday, best.hour) == told[0]
    assert (best.share, best.others) == (0.4, 0.1)
    plain = fill(trade(GENERAL), card(), profiles(spend=[1.0] * 40), np.ones(40, bool), segment="lost")
    for language, words in zip(LANGUAGES, told[1:], strict=True):
        assert any(words in line for line in lines(replace(plain, time=best), translator(language)))


def test_no_clear_time_says_what_so_many_contacts_could_have_told() -> None:
    rng, n = np.random.default_rng(3), 2_016
    told = time_told([12] * HOURS, [2] * 134 + [1] * 34)
    assert told.least is not None and told.share == pytest.approx(302 / n)
    shares, found = np.full((7, 24), 0.15), 0
    shares[:, 20] = told.least
    for _ in range(100):
        reached = rng.multinomial(n, [1 / HOURS] * HOURS)
        best = best_time(reached, rng.binomial(reached, shares.ravel()))
        found += best is not None and best.hour == 20
    assert 0.64 <= found / 100 <= 0.95  # four times in five, less or more four standard errors and what rounds up
    plain = fill(trade(GENERAL), card(), profiles(spend=[1.0] * 40), np.ones(40, bool), segment="lost")
    few = time_told([1] * HOURS, [0] * 100 + [1] * 68)
    assert few.least is None
    for found_, en, zh in ((told, "in it; overall 15% do", "总体回应率为 15%"), (few, "too few", "次数太少")):
        for language, words in zip(LANGUAGES, (en, zh), strict=True):
            said = lines(replace(plain, n_timed=n, told=found_), translator(language))
            assert any(words in line for line in said)


def test_hours_are_counted_from_monday_and_more_answers_than_contacts_are_refused() -> None:
    rows = pd.DataFrame({"time": pd.to_datetime(["2024-06-05 20:15", "2024-06-03 00:01"]), "answered": [True, None]})
    reached, answered = hours_of(rows)
    assert reached.nonzero()[0].tolist() == [0, WEDNESDAY_20] and answered.nonzero()[0].tolist() == [WEDNESDAY_20]
    with pytest.raises(AnalysisError, match="act_bad_hours"):
        best_time(answered, reached)
    assert best_time([0] * HOURS, [0] * HOURS) is None


def test_a_channel_is_the_best_by_those_whom_it_reached() -> None:
    # More answers in all by text message, more of those reached by phone.
    found = best_channel({"sms": (1000, 50), "phone": (100, 20), "mail": (0, 0)})
    assert found is not None and found.channel == "phone" and found.differs and found.share == 0.2
    alike = best_channel({"sms": (1000, 100), "phone": (100, 11)})
    assert alike is not None and not alike.differs
    assert best_channel({"sms": (0, 0)}) is None


def test_a_value_is_its_arithmetic_and_learning_moves_it_as_far_as_it_is_sure() -> None:
    found = expected_value(4120, 1984, Assumption(0.002, 0.02), order=80.0, contact_cost=0.05)
    assert found.low == pytest.approx(1984 * 0.002 * 80 - 99.2) and found.high == pytest.approx(1984 * 0.02 * 80 - 99.2)
    before = learned(0.002, 0.02)
    assert (before.low, before.high, before.n) == (0.002, 0.02, 0)
    # Precision-weighted by hand: prior mean .011, sd .018 / 3.2897; one effect of .05 with the same sd meets halfway.
    sd = 0.018 / (2 * 1.6448536269514722)
    after = learned(0.002, 0.02, [Seen(0.05, sd, 900)])
    assert after.middle == pytest.approx((0.011 + 0.05) / 2) and after.n == 900
    assert after.high - after.low == pytest.approx(0.018 / math.sqrt(2))
    assert abs(learned(0.002, 0.02, [Seen(0.05, 0.5, 20)]).middle - 0.011) < 0.001
    assert expected_value(10, 10, Assumption(0.1, 0.2)).low is None  # nobody knows what an order is worth
    for wrong in ({"size": 5, "reached": 6}, {"size": 5, "reached": 5, "order": -1.0}):
        with pytest.raises(AnalysisError, match="act_bad"):
            expected_value(assumption=before, **wrong)  # pyright: ignore


def test_a_budget_is_split_as_worked_by_hand() -> None:
    found = split_budget(1000, [Return("a", 10), Return("b", 6), Return("c", 2)])
    # x = B · a² / Σa²
    assert [part.spent for part in found.parts] == pytest.approx([1000 * s / 140 for s in (100, 36, 4)], abs=1e-6)
    assert found.returned == pytest.approx(math.sqrt(1000 * 140), abs=1e-6)
    assert found.marginal == pytest.approx(0.5 * math.sqrt(140 / 1000), abs=1e-6)
    assert all(part.marginal == pytest.approx(found.marginal, abs=1e-6) for part in found.parts)


@given(
    st.floats(1, 1e6),
    st.lists(st.tuples(st.floats(0, 1e3), st.floats(0, 50), st.floats(0, 1e5)), min_size=1, max_size=8),
)
@example(1.0, [(1e-05, 0.0, 0.0), (5e-324, 1e-12, 49_326.1)])
def test_parts_add_up_keep_their_limits_and_no_coin_would_return_more_elsewhere(total: float, given: Any) -> None:
    returns = [Return(str(n), scale, least, least + more) for n, (scale, least, more) in enumerate(given)]
    try:
        found = split_budget(total, returns)
    except AnalysisError as problem:
        assert problem.code in ("act_budget_no_return", "act_budget_below_limits", "act_budget_above_limits")
        return
    assert sum(part.spent for part in found.parts) == pytest.approx(total, rel=1e-6)
    for one, part in zip(returns, found.parts, strict=True):
        assert one.least - 1e-6 <= part.spent <= (one.most or 0) * (1 + 1e-6) + 1e-6
        if part.marginal and part.spent > one.least * (1 + 1e-6) + 1e-9:
            assert part.marginal >= found.marginal * (1 - 1e-4)  # it would not have been given what it has


@pytest.mark.parametrize("scale", [1.0, 2.2e-309, 1e300])
def test_a_sum_that_fills_every_limit_is_split_whatever_the_scale(scale: float) -> None:
    found = split_budget(1.0, [Return("a", scale, 0.0, 1.0)])
    assert found.parts[0].spent == 1.0 and found.parts[0].at_limit


DOINGS = st.lists(
    st.builds(
        Doing, st.just("x"), st.integers(0, 6), st.floats(-1, 9), st.sampled_from([0.0, 1.0, 2.5]),
        st.sampled_from([0.0, 1.0])
    ),
    max_size=5,
)  # fmt: skip


@examples(60)
@given(DOINGS, st.floats(0, 30))
def test_of_few_things_none_takes_more_than_there_is_and_no_other_three_bring_more(given: Any, have: float) -> None:
    if not any(one.gain > 0 and one.n for one in given):
        with pytest.raises(AnalysisError, match="act_budget_no_return"):
            worth_doing(given, have)
        return
    few = worth_doing(given, have).chosen
    assert len(few) <= 3 and sum(one.takes for one in few) <= have + 1e-6
    each = max((one.gain for one in given), default=0.0)
    for some in product(*[range(one.n + 1) for one in given]):
        taken = [(one, n) for one, n in zip(given, some, strict=True) if n]
        takes = sum(one.takes * n + one.takes_once for one, n in taken)
        if len(taken) <= 3 and takes <= have:
            assert sum(one.gain * n for one, n in taken) <= sum(one.gain for one in few) + each + 1e-6


def test_a_play_takes_money_or_hours_and_no_budget_is_none() -> None:
    with pytest.raises(AnalysisError, match="act_bad_money"):
        worth_doing([Doing("a", 1, 1.0, 1.0)], -1.0)
    base = profiles(spend=[100.0] * 40, n_orders=[2] * 40)
    play = fill(trade(GENERAL), card(), base, np.ones(40, bool), segment="lost", reached={"sms": 40}, contact_cost=0.5)
    by_money, by_hours = taking_money(play), taking_hours(play)
    assert by_money is not None and (by_money.n, by_money.takes) == (40, 0.5)
    assert by_money.gain == pytest.approx(0.011 * 50 - 0.5)
    assert by_hours is not None and (by_hours.takes, by_hours.takes_once) == (0.0, 0.5)
    assert taking_money(fill(trade(GENERAL), card(), base, np.ones(40, bool), segment="lost")) is None


def test_limits_that_cannot_be_kept_are_said_and_what_nobody_has_spent_is_marked() -> None:
    two = [Return("a", 10, least=600), Return("b", 6, least=600)]
    with pytest.raises(AnalysisError, match="act_budget_below_limits") as refused:
        split_budget(1000, two)
    assert refused.value.facts["least"] == 1200
    with pytest.raises(AnalysisError, match="act_budget_above_limits"):
        split_budget(1000, [Return("a", 10, most=100)])
    with pytest.raises(AnalysisError, match="act_budget_no_return"):
        split_budget(1000, [Return("a", 0)])
    with pytest.raises(AnalysisError, match="act_budget_bad_limits"):
        split_budget(1000, [Return("a", 1, least=5, most=1)])
    with pytest.raises(AnalysisError, match="act_bad_money"):
        split_budget(0, [Return("a", 1)])
    assert [part.is_beyond for part in split_budget(1000, [Return("a", 10, seen=100), Return("b", 10)]).parts] == [
        True,
        False,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_play_is_filled_from_its_segment_and_said(language: Any) -> None:
    n = 80
    base = profiles(
        spend=np.full(n, 300.0), n_orders=np.full(n, 3), average_order_value=np.linspace(80, 120, n),
        favourite_category=["茶"] * 30 + ["酒"] * 50, phone=["13800138000"] * n,
    )  # fmt: skip
    inside = np.arange(n) < 40
    contacts = pd.DataFrame(
        {
            "customer_id": [f"k{row % 40}" for row in range(600)],
            "time": pd.to_datetime(["2024-06-05 20:00"] * 200 + ["2024-06-06 09:00"] * 400),
            "channel": ["短信"] * 300 + ["电话"] * 300,
            "answered": [True] * 80 + [False] * 520,
        }
    )
    play = fill(
        trade("retail"), card(), base, inside, segment="lost", contacts=contacts, reached={"sms": 20}, contact_cost=0.5
    )
    assert play.key == "win_back" and play.channel == "sms"
    assert play.answered is not None and play.answered.differs and play.time is not None
    assert (play.time.weekday, play.time.hour) == (2, 20)
    assert play.favourites[0].name == "茶" and play.favourites[0].share == 0.75 and play.favourites[1].index == 25.0
    assert play.interval_days == 31 and play.value.order == 100.0 and play.value.reached == 20
    t = translator(language)
    said = [*lines(play, t), *arithmetic(play, t), value_words(play, t), answer([play], {"lost": "X"}, t)]
    assert len(said) >= 10 and all(said)
    plain = fill(trade(GENERAL), card(gap=float("nan")), profiles(spend=[1.0] * 40), np.ones(40, bool), segment="lost")
    assert plain.channel == "other" and plain.time is None and plain.interval_days is None
    assert value_words(plain, t) and lines(plain, t) and answer([plain], {}, t)
    found, school = find_trade(["商品", "门店"]), trade("education")
    assert school.name.of(language) in trade_words(found, school, t)  # the one that was chosen is named, not the found
    assert found.trade.name.of(language) in trade_words(found, found.trade, t)
    assert trade_words(find_trade([]), trade(GENERAL), t)
