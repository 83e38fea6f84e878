"""What is weak about a tag, by cases made for each reason; names that are one; what a change does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.tags.apply import with_tags
from analysis.tags.change import tag_change
from analysis.tags.health import counts_of, crossed, weak_tags
from analysis.tags.history import TagHistory, changed
from analysis.tags.measure import tag_effects
from analysis.tags.naming import alike_names
from analysis.tags.params import FromColumn, Tag, Top
from analysis.tags.values import Basis
from tests.tags.makers import profiles_of, rule

N = 400
RNG = np.random.default_rng(3)
BASE = profiles_of(
    spend=np.r_[np.full(200, 10.0), np.full(200, 100.0)] + RNG.random(N),
    n_orders=np.tile([1.0, 2.0], 200),
    region=np.where(np.arange(N) < 200, "poor", "rich"),
)


def reasons(tags: Any, **how: Any) -> Any:
    tagged = with_tags(BASE, tags)
    return {(one.key, one.why) for one in weak_tags(tagged, **how)}


def test_a_good_tag_is_not_weak() -> None:
    assert reasons([rule("rich", "region", "in", "rich")]) == set()


def test_each_reason_is_named() -> None:
    tags = [
        rule("rich", "region", "in", "rich"),
        rule("same", "spend", "ge", 50),  # those of the rich region, by another way
        Tag(key="few", type="value", source=Top(feature="spend", n=10)),
        rule("all", "spend", "ge", 0),
        rule("often", "n_orders", "ge", 2),  # every second customer, rich or poor
        rule("gone", "colour", "is_known"),
    ]
    found = reasons(tags, unused_for={"rich": 3, "often": 2})
    assert {("same", "double"), ("few", "rare"), ("all", "constant"), ("gone", "failed"), ("rich", "unused")} <= found
    assert ("often", "says_nothing") in found
    assert ("often", "unused") not in found


def test_a_tag_whose_shares_moved_beyond_chance_is_unstable() -> None:
    tag = rule("rich", "region", "in", "rich")
    assert ("rich", "unstable") in reasons([tag], before={"rich": {"yes": 100, "": 300}})
    assert ("rich", "unstable") not in reasons([tag], before={"rich": {"yes": 195, "": 205}})


def test_crossed_counts_add_up_to_the_customers() -> None:
    values = with_tags(
        BASE, [rule("a", "spend", "ge", 50), Tag(key="b", type="static", source=FromColumn(feature="region"))]
    ).values
    table = crossed(values["a"], values["b"])
    assert table.to_numpy().sum() == N
    assert table.loc["yes", "rich"] == 200 and table.loc["", "poor"] == 200
    assert counts_of(values["a"]) == {"yes": 200, "": 200}


def test_the_tag_that_tells_most_about_the_goal_stands_first_and_what_is_made_from_it_last() -> None:
    tags = [rule("made", "spend", "ge", 50), rule("rich", "region", "in", "rich"), rule("often", "n_orders", "ge", 2)]
    effects = tag_effects(with_tags(BASE, tags), "best_customers")
    assert [one.key for one in effects] == ["rich", "often", "made"]
    assert effects[0].lower > 80 and effects[1].effect == 0 and effects[2].by_construction
    assert effects[0].effect == pytest.approx(effects[0].lower * 0.5)


def test_a_change_tells_who_comes_in_who_goes_out_and_their_money() -> None:
    base = profiles_of(spend=[300.0, 600.0, 900.0], region=["a", "a", "b"])
    before, after = rule("big", "spend", "gt", 500), rule("big", "spend", "gt", 800)
    found = tag_change(before, after, Basis(base))
    assert (found.n_before, found.n_after, found.n_in, found.n_out, found.revenue_out) == (2, 1, 0, 1, 600.0)
    pilot = tag_change(before, after, Basis(base), only=rule("x", "region", "in", "b").source.when)
    assert (pilot.n_looked_at, pilot.n_out) == (1, 0)
    assert tag_change(before, after, Basis(base), only=0.5).n_looked_at == 2
    with pytest.raises(AnalysisError, match="tag_pilot_nobody"):
        tag_change(before, after, Basis(base), only=rule("x", "region", "in", "zz").source.when)
    history = TagHistory().grown(before, found, base.as_of)
    assert history.versions[0].money_out == 600.0 and changed(before, after).version == 2
    assert changed(before, before.model_copy(update={"owner": "Li"})).version == 1


def named(*names: Any) -> Any:
    top = Top(feature="spend", share=0.2)
    return [Tag(key=f"t{place}", name_zh=name, type="value", source=top) for place, name in enumerate(names)]


def test_a_name_stands_on_one_line_and_holds_nothing_that_nobody_sees() -> None:
    hidden, blank, other = named(" V\x1b[2JI\x00P\u202e\n x ", " \u200b", "V\u200bIP")
    assert (hidden.name_zh, blank.name_zh) == ("V [2JI P x", "")
    assert [(one.first, one.second, one.why) for one in alike_names(named("VIP", "V\u200bIP"))] == [
        ("t0", "t1", "same")
    ]
    assert other.name_zh.isprintable()


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("VIP", "ＶＩＰ", "same"),
        ("vip ", "V.I.P.", "same"),
        ("高级会员", "高級會員", "same"),
        ("VIP", "高级会员", "thing"),
        ("Category fan", "Category fans", "near"),
        ("近 30 天下单", "近 90 天下单", None),
        ("大客户", "小客户", None),
    ],
)
def test_names_that_a_reader_takes_for_one_are_found(first: Any, second: Any, why: Any) -> None:
    assert [one.why for one in alike_names(named(first, second))] == ([why] if why else [])
