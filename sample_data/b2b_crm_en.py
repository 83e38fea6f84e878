"""The B2B export: a supplier of laboratory equipment, its accounts and its deals."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from sample_data.planted import FIRST_DAY, N_DAYS, Business, Group, Sheet, one_of, order_days, pick, season

DEAL_HEADERS = ("Deal ID", "Account ID", "Close Date", "Product", "Product Line", "Quantity", "Amount", "Stage",
                "Deal Owner")  # fmt: skip
ACCOUNT_HEADERS = (
    "Account ID", "Company", "Industry", "Company Size", "Annual Revenue Band", "Region", "Contact Name",
    "Contact Email", "Contact Role", "Decision Power", "Account Created", "Lead Source",
)  # fmt: skip
WON, CANCELLED = "Closed Won", "Cancelled"
SEASONS = {"quarters": season(1.0, [(date(2024, month, 15), date(2024, month, 30), 2.5) for month in (3, 6, 9, 12)])}
GROUPS = (
    Group("key accounts", 30, (12, 17), (2, 12), {"large": 1.0}, (1.0,), (1, 2), (0.0, 0.12),
          {"M. Adeyemi": 0.6, "S. Lindqvist": 0.4}, "quarters"),
    Group("regular accounts", 70, (5, 7), (20, 55), {"middle": 1.0}, (1.0,), (1, 2), (0.0, 0.08),
          {"S. Lindqvist": 0.5, "J. Ortega": 0.5}, "quarters"),
    Group("pilots", 50, (1, 1), (45, 110), {"pilot": 1.0}, (1.0,), (1, 1), (0.0, 0.05), {"J. Ortega": 1.0}, "quarters"),
    Group("dormant accounts", 50, (3, 4), (330, 450), {"middle": 1.0}, (1.0,), (1, 2), (0.0, 0.10),
          {"J. Ortega": 0.7, "M. Adeyemi": 0.3}, "quarters"),
)  # fmt: skip
PRODUCTS = {
    "large": (("Chromatography System", "Systems", 14800.0), ("Automation Cell", "Systems", 18900.0),
              ("Service Contract, 12 months", "Services", 11500.0)),
    "middle": (("Bench Centrifuge", "Instruments", 3900.0), ("Spectrophotometer", "Instruments", 4600.0),
               ("Reagent Pack, quarterly", "Consumables", 3200.0)),
    "pilot": (("Pilot Kit", "Pilot", 1200.0), ("Pilot Kit with Training", "Pilot", 1450.0)),
}  # fmt: skip
_COMPANY = {
    "key accounts": ({"1000+": 0.7, "251-1000": 0.3}, {"over 100M": 0.7, "20M-100M": 0.3}),
    "regular accounts": ({"51-250": 0.6, "251-1000": 0.4}, {"5M-20M": 0.5, "20M-100M": 0.5}),
    "pilots": ({"1-50": 0.7, "51-250": 0.3}, {"under 5M": 0.8, "5M-20M": 0.2}),
    "dormant accounts": ({"1-50": 0.3, "51-250": 0.7}, {"under 5M": 0.3, "5M-20M": 0.7}),
}
_ROLES = {"Purchasing manager": "Decides", "Laboratory director": "Decides", "Finance lead": "Approves",
          "Technical lead": "Influences", "Scientist": "Uses"}  # fmt: skip
_INDUSTRIES = ("Pharmaceuticals", "Food testing", "University", "Hospital", "Chemicals", "Environmental services")
_REGIONS = {"North America": 0.35, "DACH": 0.25, "UK and Ireland": 0.2, "Nordics": 0.12, "Asia Pacific": 0.08}
_SOURCES = {"Trade fair": 0.35, "Referral": 0.25, "Website": 0.25, "Outbound": 0.15}
_HEADS = ("Alder", "Birch", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Iris", "Juniper", "Kestrel",
          "Lumen", "Meridian", "Northwind", "Opal", "Pinnacle", "Quartz", "Ridge", "Summit", "Tidal")  # fmt: skip
_TAILS = ("Analytics", "Biotech", "Chemical", "Diagnostics", "Foods", "Institute", "Labs", "Medical", "Research",
          "Water")  # fmt: skip
_PEOPLE = ("Alex Kim", "Bea Lund", "Cy Grant", "Dana Fox", "Eli Marsh", "Fay Osei", "Gus Roy", "Hana Vale",
           "Ian Petrov", "Jo Adler")  # fmt: skip
N_NO_DEAL, N_EXTRA = 15, 35


def build(seed: int) -> Business:
    """Draw the export: deals sorted by day, accounts sorted by id, and the planted groups."""
    rng = np.random.default_rng([seed, 3])
    everyone: list[Group | None] = [group for group in GROUPS for _ in range(group.size)]
    everyone += [None] * N_NO_DEAL
    everyone = [everyone[int(i)] for i in rng.permutation(len(everyone))]
    companies = [f"{head} {tail}" for head in _HEADS for tail in _TAILS]
    companies += [f"{head} {tail} Group" for head, tail in zip(_HEADS, _TAILS * 2, strict=True)]
    companies = [companies[int(i)] for i in rng.permutation(len(companies))]
    deals: list[tuple[Any, ...]] = []
    accounts, truth, buyers = [], [], []
    latest_needed = True
    for number, group in enumerate(everyone):
        account_id = f"ACC{number + 1:04d}"
        days = order_days(rng, group, SEASONS[group.season]) if group else []
        if group is GROUPS[0] and latest_needed:  # one deal closes on the last day, so that day ends the data
            days[-1], latest_needed = N_DAYS - 1, False
        if group:
            truth.append((account_id, group.name))
            deals += [_deal(rng, group, account_id, day, WON) for day in days]
            if len(days) > 1:
                buyers.append((group, account_id, days))
        accounts.append(_account(rng, account_id, companies[number], group, days))
    for _ in range(N_EXTRA):
        group, account_id, days = one_of(rng, buyers)
        deals.append(_deal(rng, group, account_id, int(rng.integers(days[0], days[-1] + 1)), CANCELLED))
    deals.sort(key=lambda deal: (deal[1], deal[0]))
    sheets = (
        Sheet("Deals", DEAL_HEADERS, tuple((f"D{number + 50001}", *deal) for number, deal in enumerate(deals)),
              {"Close Date": "yyyy-mm-dd"}),
        Sheet("Accounts", ACCOUNT_HEADERS, tuple(accounts), {"Account Created": "yyyy-mm-dd"}),
    )  # fmt: skip
    return Business("b2b_crm_en", sheets, tuple(truth))


def _deal(rng, group: Group, account_id: str, day: int, stage: str) -> tuple[Any, ...]:
    name, line, price = one_of(rng, PRODUCTS[pick(rng, group.tiers)])
    quantity = int(rng.integers(group.quantity[0], group.quantity[1] + 1))
    amount = float(round(quantity * price * (1 - float(rng.uniform(*group.discount)))))
    when = datetime.combine(FIRST_DAY, datetime.min.time()) + timedelta(days=day)
    return account_id, when, name, line, quantity, amount, stage, pick(rng, group.channels)


def _account(rng, account_id: str, company: str, group: Group | None, days: list[int]) -> tuple[Any, ...]:
    sizes, revenues = _COMPANY[group.name if group else "pilots"]
    role = one_of(rng, list(_ROLES))
    contact = one_of(rng, _PEOPLE)
    email = f"{contact.replace(' ', '.')}@{company.replace(' ', '-')}.example.com".lower()
    first = days[0] if days else int(rng.integers(100, N_DAYS - 5))
    created = FIRST_DAY + timedelta(days=first - int(rng.integers(10, 120)))
    industry = None if rng.random() < 0.06 else one_of(rng, _INDUSTRIES)
    return (
        account_id, company, industry, pick(rng, sizes), pick(rng, revenues), pick(rng, _REGIONS), contact, email, role,
        _ROLES[role], created, pick(rng, _SOURCES),
    )  # fmt: skip
