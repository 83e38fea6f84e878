"""What came of a list: everybody in the group they were drawn for, files of results judged before they are taken."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.act.campaign import Came, Campaign, Counted
from analysis.act.ladder import eligibility
from analysis.act.make import campaign_of
from analysis.act.outcome import came_by_orders, came_by_results, read_outcome, seen_effects
from analysis.act.outcome_words import expected_words, outcome_words, results_words
from analysis.act.params import ListChoices
from analysis.act.playbook.value import learned
from analysis.act.result_rows import result_rows
from analysis.errors import AnalysisError
from analysis.exports.act.layouts import Handed, list_frame
from analysis.intake.standard.merges import Merges
from tests.act.makers import DAY, people, profiles
from tests.samples import sample
from texts import LANGUAGES, translator

N = 1000


def made(n: int = N, **more: Any) -> tuple[Campaign, Any, Any]:
    base = profiles(n, spend=np.ones(n))
    who = people(base)
    ladder = eligibility(base, ["lost"] * (n // 2) + ["new"] * (n - n // 2), ListChoices(hold_out=0.2), who, seed="s")
    facts: dict[str, Any] = {"name": "May", "method": "rfm", "seed": "s", "made_on": DAY, "window_days": 30} | more
    return campaign_of(ladder, who, base, **facts), who, base


def rows(base: Any, who: Any, campaign: Campaign, *, sent: int, held: int) -> pd.DataFrame:
    by = {arm: [who.row(one) for arms in campaign.arms for one in getattr(arms, arm)] for arm in ("sent", "held")}
    chosen = [*by["sent"][:sent], *by["held"][:held]]
    ids = base.customers["customer_id"].iloc[chosen].tolist()
    return pd.DataFrame({"customer_id": ids, "responded": [True] * len(ids), "amount": [10.0] * len(ids)})


SALT = Merges(salt="ab" * 16)


def salted() -> tuple[Campaign, Any]:
    base = profiles(50, spend=np.ones(50))
    who = people(base, SALT)
    ladder = eligibility(base, ["a"] * 50, ListChoices(hold_out=0.4), who, seed="s")
    return campaign_of(ladder, who, base, name="x", method="rfm", seed="s", made_on=DAY, window_days=30), ladder


def after_merging(campaign: Campaign, *, into: str, gone: str, responded: str) -> Any:
    """Return what came of a list once one id is another, by a file that names one of the two."""
    base = profiles(50, spend=np.ones(50))
    now = type(base)(base.customers[base.customers["customer_id"] != gone].reset_index(drop=True), base.features, DAY)
    given = pd.DataFrame({"customer_id": [responded], "responded": [True]})
    return came_by_results(campaign, people(now, SALT.decide([(gone, into)], "same")), now, given, read_on=DAY)


def test_sent_against_held_out_is_read_by_intention_to_treat() -> None:
    campaign, who, base = made()
    given = pd.concat(
        [rows(base, who, campaign, sent=160, held=10), pd.DataFrame({"customer_id": ["zz"], "responded": [True]})]
    )
    found = came_by_results(campaign, who, base, given, read_on=DAY, cost=100.0)
    assert (found.n_unknown, found.n_others, found.came.held_reached) == (1, 0, 10)
    read = read_outcome(campaign, found.came)
    assert read.response is not None
    assert (read.response.n_treatment, read.response.n_control) == (800, 200)
    assert (read.response.treatment, read.response.control) == (0.2, 0.05)
    assert read.verdict == "works" and read.extra_orders == pytest.approx(0.15 * 800)
    # 1,600 from 800 and 100 from 200: 1.5 a head, times 800, less 100.
    assert read.extra_money == pytest.approx(1200.0) and read.net == pytest.approx(1100.0)
    assert [one.segment for one in read.segments] == ["lost"]  # in the other nobody did anything
    assert all(one.p_corrected >= one.reading.test.p for one in read.segments)
    assert {note.code for note in read.notes} == {"act_held_reached"}


def test_a_file_of_those_written_to_alone_proves_nothing() -> None:
    campaign, who, base = made()
    found = came_by_results(campaign, who, base, rows(base, who, campaign, sent=100, held=0), read_on=DAY)
    read = read_outcome(campaign, found.came)
    assert read.verdict == "unknown" and read.response is None and read.extra_orders is None
    assert "act_held_not_in_file" in {note.code for note in read.notes}


def test_orders_after_the_list_are_counted_within_its_days() -> None:
    run = sample()
    found = run.prepared()
    base = found.profiles
    who = people(base)
    start = base.as_of - timedelta(days=60)
    ladder = eligibility(base, ["all"] * len(base.customers), ListChoices(hold_out=0.3), who, seed="s")
    facts: dict[str, Any] = {"name": "x", "method": "everybody", "seed": "s"}
    campaign = campaign_of(ladder, who, base, made_on=start, window_days=30, **facts)
    came = came_by_orders(campaign, who, base, found.standard)
    frame = found.standard.orders().collect("pandas").to_native()
    days = pd.to_datetime(frame["order_date"])
    inside = (days > pd.Timestamp(start)) & (days <= pd.Timestamp(start + timedelta(days=30)))
    sold = frame[inside & (frame["amount"].astype(float) > 0)]
    buyers = set(sold["customer_id"]) & set(base.customers["customer_id"].iloc[[*ladder.sent, *ladder.held]])
    assert sum(one.responded for one in came.counts) == len(buyers)
    read = read_outcome(campaign, came)
    assert read.verdict in ("unclear", "works", "harms") and not any(n.code == "act_window_open" for n in read.notes)
    earlier = (days > pd.Timestamp(start - timedelta(days=30))) & (days <= pd.Timestamp(start))
    sold = frame[earlier & (frame["amount"].astype(float) > 0)]
    written_to = set(base.customers["customer_id"].iloc[[*ladder.sent]])
    assert came.before is not None and (came.before.days, came.before.n) == (30, len(ladder.sent))
    assert came.before.responded == len(set(sold["customer_id"]) & written_to) > 0
    for language, words in (("en", "the weaker figure: "), ("zh", "证据较弱")):
        said = outcome_words(read, {}, translator(language))
        assert sum(words in line for line in said) == 1 and words not in said[0]
    first = campaign.model_copy(update={"made_on": days.min().date() + timedelta(days=3)})
    assert came_by_orders(first, who, base, found.standard).before is None  # the files do not reach back so far
    late = campaign.model_copy(update={"made_on": base.as_of - timedelta(days=5)})
    assert (after := came_by_orders(late, who, base, found.standard).before) is not None and after.days == 5
    open_ = read_outcome(late, came_by_orders(late, who, base, found.standard))
    assert "act_window_open" in {note.code for note in open_.notes}
    with pytest.raises(AnalysisError, match="act_window_not_begun"):
        came_by_orders(campaign.model_copy(update={"made_on": base.as_of}), who, base, found.standard)
    with pytest.raises(AnalysisError, match="act_not_measured"):
        came_by_orders(campaign.model_copy(update={"window_days": None}), who, base, found.standard)


def test_a_person_whose_ids_were_merged_counts_once_and_as_written_to() -> None:
    campaign, ladder = salted()
    sent, held = ladder.sent[0], ladder.held[0]
    found = after_merging(campaign, into=f"k{sent}", gone=f"k{held}", responded=f"k{sent}")
    counts = {one.arm: (one.n, one.responded) for one in found.came.counts}
    assert counts == {"sent": (len(ladder.sent), 1), "held": (len(ladder.held) - 1, 0)}


def test_unequal_losses_ring_the_alarm_and_few_are_unclear() -> None:
    campaign, _, _ = made()
    counts = (
        Counted(segment="a", arm="sent", n=800, responded=80), Counted(segment="a", arm="held", n=100, responded=10),
    )  # fmt: skip
    read = read_outcome(campaign, Came(read_on=DAY, source="orders", counts=counts))
    assert read.verdict == "unclear" and "experiment_mismatch_alarm" in {note.code for note in read.notes}
    harm = (
        Counted(segment="a", arm="sent", n=800, responded=40), Counted(segment="a", arm="held", n=200, responded=40),
    )  # fmt: skip
    assert read_outcome(campaign, Came(read_on=DAY, source="orders", counts=harm)).verdict == "harms"
    with pytest.raises(AnalysisError, match="act_nothing_came"):
        read_outcome(campaign)


def test_what_came_moves_the_next_advice_of_the_same_segment_and_channel_alone() -> None:
    campaign, who, base = made()
    came = came_by_results(campaign, who, base, rows(base, who, campaign, sent=160, held=10), read_on=DAY).came
    done = campaign.model_copy(update={"came": came})
    [seen] = seen_effects([done], "lost", "other")
    assert seen.n == 500 and seen.effect > 0.1
    assert learned(0.002, 0.02, [seen]).middle > learned(0.002, 0.02).middle
    assert not seen_effects([done], "lost", "sms") and not seen_effects([done], "gone", "other")
    assert not seen_effects([campaign], "lost", "other")


def test_columns_of_results_are_found_and_what_cannot_be_read_is_refused() -> None:
    sheet = pd.DataFrame(
        {"客户编号": ["k1", "k2", "k3"], "结果": ["成交", "未接", ""], "成交金额": ["￥1,200", None, ""]}
    )
    found = result_rows(sheet, {"k1", "k2", "k3"})
    read = found.read(sheet)
    assert read["responded"].tolist() == [True, False, False] and read["amount"].iloc[0] == 1200.0
    assert found.read(sheet, {"customer": "客户编号", "responded": None, "amount": "成交金额"})["responded"].sum() == 1
    odd = sheet.assign(结果=["perhaps", "later", "hm"])
    for given, chosen, code in (
        (odd, None, "act_results_unreadable"),
        (sheet, {"customer": None, "responded": "结果", "amount": None}, "act_results_no_customer"),
        (sheet, {"customer": "客户编号", "responded": None, "amount": None}, "act_results_no_answer"),
    ):
        with pytest.raises(AnalysisError, match=code):
            found.read(given, chosen)
    campaign, who, base = made(100)
    with pytest.raises(AnalysisError, match="act_results_nobody"):
        came_by_results(campaign, who, base, pd.DataFrame({"customer_id": ["zz"], "responded": [True]}), read_on=DAY)


def test_a_call_sheet_of_our_own_comes_back_and_what_the_list_knew_before_is_no_result() -> None:
    base = profiles(n_orders=[1, 1, 1], spend=[900.0, 80.0, 7.0], phone=["13800138000", "13800138001", "13800138002"])
    who = people(base)
    for language, yes, no in (("en", "sold", "no answer"), ("zh", "成交", "未接")):
        t = translator(language)
        handed = Handed(base, np.arange(3), ["lost"] * 3, "May", region="CN")
        sheet = list_frame("call", handed, t).astype(object)
        sheet[t("act.column_result")] = [yes, no, ""]
        sheet[t("act.column_amount")] = ["1,250", "", ""]
        found = result_rows(sheet, set(base.customers["customer_id"]))
        assert (found.responded, found.amount) == (t("act.column_result"), t("act.column_amount"))
        read = found.read(sheet)
        assert read["responded"].tolist() == [True, False, False] and read["amount"].sum() == 1250
    assert who.rows_of_ids(["k2", "zz"]) == {"k2": 2}


def test_amounts_of_other_countries_orders_of_other_days_and_rows_twice_are_read_as_they_are() -> None:
    campaign, who, base = made(100, window_days=10)
    ids = base.customers["customer_id"].iloc[[who.row(one) for one in campaign.arms[0].sent[:3]]].tolist()
    orders = pd.DataFrame(
        {
            "Kunde": [ids[0], ids[0], ids[1], ids[2], ids[0]],
            "Bestellnummer": ["1", "2", "3", "4", "1"],
            "Bestelldatum": ["01.07.2024", "05.07.2024", "31.12.2023", "09.07.2024", "01.07.2024"],
            "Order Amount": ["1.234,56", "12,50", "99,00", "3,00", "1.234,56"],
        }
    )
    columns = result_rows(orders, set(base.customers["customer_id"]))
    assert (columns.customer, columns.amount, columns.day) == ("Kunde", "Order Amount", "Bestelldatum")
    read = columns.read(orders)
    assert columns.n_twice(orders) == 1 and read["amount"].tolist() == [1234.56, 12.5, 99.0, 3.0]
    found = came_by_results(campaign, who, base, read, read_on=DAY)
    assert (found.n_again, found.n_outside) == (1, 1)
    sent = [one for one in found.came.counts if one.arm == "sent"]
    assert sum(one.responded for one in sent) == 2
    assert sum(one.money for one in sent) == pytest.approx(1234.56 + 12.5 + 3)
    for language in LANGUAGES:
        assert len(results_words(found, 1, translator(language))) == 4
    late = read.assign(day=pd.Timestamp("2025-01-01"))
    with pytest.raises(AnalysisError, match="act_results_other_days"):
        came_by_results(campaign, who, base, late, read_on=DAY)
    # Two orders of one amount are two; a file that was put below itself is one file.
    bare = pd.DataFrame({"id": [ids[0], ids[0], ids[1]], "amount": ["5", "5", "7"]})
    known = result_rows(bare, set(ids))
    assert known.read(bare)["amount"].sum() == 17 and known.n_twice(bare) == 0
    assert known.read(pd.concat([bare.iloc[1:], bare.iloc[1:]]))["amount"].sum() == 12
    with pytest.raises(AnalysisError, match="act_results_no_number"):
        known.read(bare.assign(amount=["5", "about 5", "7"]), {"amount": "amount"})
    with pytest.raises(AnalysisError, match="act_results_no_day"):
        known.read(bare, {"day": "amount"})


def test_results_under_an_id_that_was_merged_since_are_those_of_the_person() -> None:
    campaign, ladder = salted()
    into, gone = (f"k{row}" for row in ladder.sent[:2])
    found = after_merging(campaign, into=into, gone=gone, responded=gone)
    assert found.n_unknown == 0 and sum(one.responded for one in found.came.counts) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_is_said(language: Any) -> None:
    t = translator(language)
    campaign, who, base = made()
    told = set()
    for sent, held in ((160, 10), (40, 40), (44, 10), (100, 0)):
        came = came_by_results(
            campaign, who, base, rows(base, who, campaign, sent=sent, held=held), read_on=DAY, cost=5.0
        )
        told.add(outcome_words(read_outcome(campaign, came.came), {}, t)[0])
    assert len(told) == 4
    assert expected_words(campaign, t)
    assert date(2024, 6, 30) == DAY
