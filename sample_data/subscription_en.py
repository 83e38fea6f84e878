"""The English subscription business: a coffee box, its invoices and its customers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from sample_data.planted import FIRST_DAY, N_DAYS, Business, Group, Sheet, moment, one_of, order_days, pick, season

INVOICE_HEADERS = (
    "Invoice ID", "Customer ID", "Invoice Date", "Product", "Category", "Quantity", "Unit Price", "Discount",
    "Amount Paid", "Currency", "Status", "Sales Channel",
)  # fmt: skip
CUSTOMER_HEADERS = (
    "Customer ID", "Full Name", "Email", "Age", "Country", "City", "Plan", "Signup Date", "Acquisition Channel",
    "Support Tickets", "NPS",
)  # fmt: skip
PAID, REFUNDED, CANCELLED = "Paid", "Refunded", "Cancelled"
_CHRISTMAS = [(date(2024, 2, 5), date(2024, 2, 13), 60.0), (date(2024, 11, 25), date(2024, 12, 10), 200.0)]
_FRIDAY = [(date(2024, 11, 25), date(2024, 12, 20), 2.0), (date(2024, 7, 20), date(2024, 8, 20), 0.7)]
SEASONS = {"box": season(1.0, _FRIDAY), "gift": season(0.02, _CHRISTMAS)}
_WEB = {"Website": 0.75, "Mobile app": 0.25}
GROUPS = (
    Group("steady subscribers", 240, (14, 18), (2, 12), {"box": 0.93, "extra": 0.07}, (0.85, 0.15), (1, 1), (0.0, 0.10),
          {"Mobile app": 0.6, "Website": 0.4}, "box", 30),
    Group("offices", 90, (9, 13), (4, 16), {"office": 1.0}, (1.0,), (1, 2), (0.0, 0.08),
          {"Sales team": 0.7, "Website": 0.3}, "box", 38),
    Group("trials", 230, (1, 1), (35, 90), {"trial": 1.0}, (1.0,), (1, 1), (0.0, 0.0), _WEB, "box"),
    Group("lapsed subscribers", 220, (4, 6), (230, 360), {"box": 1.0}, (0.9, 0.1), (1, 1), (0.0, 0.15), _WEB,
          "box", 30),
    Group("gift givers", 120, (2, 2), (192, 203), {"gift": 1.0}, (1.0,), (1, 1), (0.0, 0.10), _WEB, "gift"),
)  # fmt: skip
PRODUCTS = {
    "box": (("House Blend Box, 2 bags", "Coffee box", 24.0), ("Single Origin Box, 2 bags", "Coffee box", 29.0),
            ("Espresso Box, 2 bags", "Coffee box", 26.0), ("Decaf Box, 2 bags", "Coffee box", 25.0)),
    "extra": (("Paper Filters, 100", "Equipment", 8.5), ("Stoneware Mug ☕", "Equipment", 16.0)),
    "office": (("Office Box, 10 bags", "Office box", 129.0), ("Office Box, 14 bags", "Office box", 169.0)),
    "trial": (("Tasting Box, 3 samples", "Trial", 9.0), ("Espresso Tasting Box", "Trial", 10.0)),
    "gift": (("Gift Subscription, 3 months", "Gift", 79.0), ("Gift Box with Grinder", "Gift", 98.0),
             ("Gift Box with Mug", "Gift", 72.0)),
}  # fmt: skip
_PLANS = {
    "steady subscribers": {"Monthly": 0.7, "Monthly Duo": 0.3}, "offices": {"Office": 1.0}, "trials": {"Trial": 1.0},
    "lapsed subscribers": {"Monthly": 0.8, "Monthly Duo": 0.2}, "gift givers": {"Gift": 1.0},
}  # fmt: skip
_CITIES = {
    "United States": ("Portland", "Austin", "Chicago", "Boston"), "United Kingdom": ("London", "Leeds", "Bristol"),
    "Canada": ("Toronto", "Vancouver"), "Germany": ("Berlin", "Hamburg"), "Australia": ("Melbourne", "Sydney"),
}  # fmt: skip
_COUNTRIES = {"United States": 0.5, "United Kingdom": 0.2, "Canada": 0.12, "Germany": 0.1, "Australia": 0.08}
_SOURCES = {"Organic search": 0.3, "Instagram": 0.25, "Referral": 0.2, "Podcast": 0.15, "Partner": 0.1}
_FIRST = ("Ada", "Ben", "Carla", "Dev", "Elena", "Finn", "Grace", "Hugo", "Isla", "Jonas", "Kira", "Liam", "Maya",
          "Noah", "Olive", "Priya", "Quinn", "Rosa", "Sam", "Tess", "Uma", "Victor", "Wren", "Yusuf",
          "Zoe")  # fmt: skip
_LAST = ("Abbott", "Baker", "Castillo", "Dale", "Ellis", "Fischer", "Gray", "Hughes", "Ito", "Jensen", "Khan",
         "Lopez", "Moore", "Novak", "Okafor", "Patel", "Quigley", "Reed", "Silva", "Turner", "Vogel",
         "Walsh", "Young")  # fmt: skip
# (lowest, highest) NPS answer, share who answered, mean support tickets
_MOOD = {"steady subscribers": (8, 10, 0.6, 0.5), "offices": (7, 10, 0.7, 1.2), "trials": (5, 9, 0.2, 0.2),
         "lapsed subscribers": (2, 7, 0.4, 2.1), "gift givers": (7, 10, 0.25, 0.3)}  # fmt: skip
N_NO_ORDER, N_EXTRA = 60, 150


def build(seed: int) -> Business:
    """Draw the business: invoice lines sorted by time, customers sorted by id, and the planted groups."""
    rng = np.random.default_rng([seed, 2])
    everyone: list[Group | None] = [group for group in GROUPS for _ in range(group.size)]
    everyone += [None] * N_NO_ORDER
    everyone = [everyone[int(i)] for i in rng.permutation(len(everyone))]
    invoices: list[tuple[datetime, list[Any]]] = []
    customers, truth, buyers = [], [], []
    latest_needed = True
    for number, group in enumerate(everyone):
        customer_id = f"C-{10001 + number}"
        days = order_days(rng, group, SEASONS[group.season]) if group else []
        if group is GROUPS[0] and latest_needed:  # one customer pays on the last day, so that day ends the data
            days[-1], latest_needed = N_DAYS - 1, False
        if group:
            truth.append((customer_id, group.name))
            invoices += [_invoice(rng, group, customer_id, moment(rng, day)) for day in days]
            if len(days) > 1:
                buyers.append((group, customer_id, days))
        customers.append(_customer(rng, customer_id, group, days))
    for _ in range(N_EXTRA):
        group, customer_id, days = one_of(rng, buyers)
        when = moment(rng, int(rng.integers(days[0], days[-1] + 1)))
        status = REFUNDED if rng.random() < 0.7 else CANCELLED
        invoices.append(_invoice(rng, group, customer_id, when, status=status))
    ordered = sorted(invoices, key=lambda invoice: (invoice[0], invoice[1][0][0]))
    lines = tuple((f"INV-{200001 + number}", *line) for number, (_, rows) in enumerate(ordered) for line in rows)
    sheets = (
        Sheet("Invoices", INVOICE_HEADERS, lines, {"Invoice Date": "yyyy-mm-dd hh:mm:ss"}),
        Sheet("Customers", CUSTOMER_HEADERS, _untidy(rng, customers), {"Signup Date": "yyyy-mm-dd"}),
    )
    return Business("subscription_en", sheets, tuple(truth))


def _invoice(rng, group: Group, customer_id: str, when: datetime, *, status: str = PAID) -> tuple[datetime, list[Any]]:
    channel = pick(rng, group.channels)
    lines = []
    for number in range(1 + int(rng.choice(len(group.lines), p=group.lines))):
        tier = pick(rng, group.tiers) if number == 0 else "extra"
        name, category, price = one_of(rng, PRODUCTS[tier])
        quantity = int(rng.integers(group.quantity[0], group.quantity[1] + 1))
        discount = round(quantity * price * float(rng.uniform(*group.discount)), 1)
        paid = round(quantity * price - discount, 2)
        lines.append((customer_id, when, name, category, quantity, price, discount, paid, "USD", status, channel))
    return when, lines


def _customer(rng, customer_id: str, group: Group | None, days: list[int]) -> list[Any]:
    first, last = one_of(rng, _FIRST), one_of(rng, _LAST)
    email = f"{first}.{last}.{customer_id[2:]}@example.com".lower()
    country = pick(rng, _COUNTRIES)
    plan = pick(rng, _PLANS[group.name]) if group else "None"
    since = days[0] if days else int(rng.integers(60, N_DAYS - 5))
    signup = FIRST_DAY + timedelta(days=since - int(rng.integers(0, 6)))
    low, high, answered, tickets = _MOOD[group.name] if group else (4, 9, 0.0, 0.1)
    nps = int(rng.integers(low, high + 1)) if rng.random() < answered else None
    age = int(np.clip(round(float(rng.normal(38, 10))), 19, 76))
    city = one_of(rng, _CITIES[country])
    n_tickets = int(rng.poisson(tickets))
    source = pick(rng, _SOURCES)
    return [customer_id, f"{first} {last}", email, age, country, city, plan, signup, source, n_tickets, nps]


def _untidy(rng: np.random.Generator, customers: list[list[Any]]) -> tuple[tuple[Any, ...], ...]:
    """Leave some ages and cities empty, some spaces behind, and one name that looks like markup."""
    name, age, country, city = (CUSTOMER_HEADERS.index(header) for header in ("Full Name", "Age", "Country", "City"))
    rows = [list(customer) for customer in customers]
    order = iter(int(i) for i in rng.permutation(len(rows)))
    for _ in range(70):
        rows[next(order)][age] = None
    for _ in range(20):
        rows[next(order)][city] = None
    for _ in range(15):
        row = rows[next(order)]
        row[country] = row[country] + " "
    rows[next(order)][name] = "<b>Ada Walsh</b>"
    return tuple(tuple(row) for row in rows)
