"""One result of each kind that acting comes to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.act.campaign import Came, Counted
from analysis.act.ladder import eligibility
from analysis.act.make import campaign_of
from analysis.act.outcome import read_outcome
from analysis.act.params import ListChoices
from analysis.act.playbook.budget import Return, split_budget
from analysis.act.playbook.few import Doing, worth_doing
from analysis.act.playbook.fill import fill
from analysis.act.playbook.levels import Level, Levels, simulate_levels
from analysis.act.playbook.scan import scan
from analysis.act.playbook.trade import trade
from analysis.act.product.backlog import backlog
from analysis.act.product.cube import cube
from analysis.act.product.journey import JourneyParams, journey
from analysis.study import StudyResult, begin, read
from tests.act.makers import DAY, people, profiles


def of_act(shop: StudyResult) -> list[Any]:
    """Return what lists, plays and products come to."""
    base = profiles(300, spend=np.arange(300.0), n_orders=[1] * 300)
    who = people(base)
    ladder = eligibility(base, ["lost"] * 300, ListChoices(hold_out=0.2), who, seed="s")
    campaign = campaign_of(ladder, who, base, name="May", method="rfm", seed="s", made_on=DAY, window_days=30)
    counts = [("sent", len(ladder.sent), 60), ("held", len(ladder.held), 5)]
    came = Came(
        read_on=DAY, source="orders",
        counts=tuple(Counted(segment="lost", arm=arm, n=n, responded=k) for arm, n, k in counts),
    )  # fmt: skip
    rng = np.random.default_rng(1)
    city, source = rng.choice(list("ABCDE"), 1500), rng.choice(["ad", "friend", "shop"], 1500)
    spend = rng.gamma(2, 50, 1500) * np.where((city == "C") & (source == "friend"), 3, 1)
    assert shop.cards is not None
    card = shop.cards.cards[0]
    inside = (shop.edited["rfm"].segmentation.labels == card.segments[0]).to_numpy()
    rows = [
        (f"C{n}", f"2024-0{month}-{1 + n % 27:02}", f"{n}-{month}", 50.0, ["shoes", "hats"][(n + month) % 2], "web")
        for n in range(200)
        for month in (1, 2)
    ]
    returned = [(f"C{n}", "2024-03-01", f"{n}r", -50.0, "shoes", "web") for n in range(80)]
    columns = ["customer_id", "order_date", "order_id", "amount", "category", "channel"]
    sold = begin(read(pd.DataFrame([*rows, *returned], columns=columns))).prepared()
    groups = ["early" if int(one[1:]) < 100 else "late" for one in sold.profiles.customers["customer_id"]]
    return [
        ladder,
        read_outcome(campaign, came),
        split_budget(100, [Return("a", 10), Return("b", 6)]),
        fill(trade("general"), card, shop.profiles, inside, segment=card.segments[0]),
        simulate_levels(base, Levels(levels=(Level(name="gold", spend=100),))),
        scan(profiles(city=city, source=source, spend=spend)),
        backlog(sold.profiles, groups, sold.standard),
        cube(sold.profiles, groups, sold.standard),
        worth_doing([Doing("a", 10, 2.0, 1.0)], 5.0),
        journey(sold.profiles, groups, sold.standard, JourneyParams(days=30)),
    ]
