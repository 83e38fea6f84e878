"""Made-up exports with the truth beside: what each table is, and which role its columns that matter play."""

from __future__ import annotations

import csv
import io
import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from benchmarks.roles.cells import Cells

SEED = 20240611
OPAQUE = (
    "F3",
    "col_7",
    "Feld 4",
    "字段3",
    "x1",
    "Ref",
    "Code",
    "Spalte5",
    "field_12",
    "Column4",
    "参考",
    "コード",
    "K1",
)


@dataclass(frozen=True)
class MadeFile:
    """One file and its truth.

    Attributes
    ----------
    roles : dict
        For each header that matters, the roles that are right.
    customer : str
        Header of the customer; empty where nothing in the file tells customers apart.
    by : str
        What tells it: ``header``, ``part`` of a header, ``values`` alone, or ``nothing``.
    """

    name: str
    content: bytes
    kinds: tuple[str, ...]
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    customer: str = ""
    by: str = "header"


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """Return the headings of every language by role."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


class Draft:
    """A file being written: columns in the order of adding, then shuffled."""

    def __init__(self, rng: random.Random, language: str) -> None:
        self.rng, self.cells, self.said = rng, Cells(rng, language), words()[language]
        self.columns: dict[str, list[str]] = {}
        self.roles: dict[str, tuple[str, ...]] = {}

    def head(self, role: str) -> str:
        """Return a heading of the role that the file does not have yet."""
        free = [word for word in self.said[role] if word not in self.columns]
        return self.rng.choice(free or [f"{self.said[role][0]} 2"])

    def add(self, role: str, cells: list[str], *also: str, header: str | None = None) -> str:
        """Add a column that plays a role; ``also`` are roles that are as right."""
        name = header or self.head(role)
        self.columns[name] = cells
        self.roles[name] = (role, *also)
        return name

    def other(self, name: str, cells: list[str]) -> str:
        """Add a column that does not matter."""
        if name not in self.columns:
            self.columns[name] = cells
        return name

    def write(self, name: str, kinds: tuple[str, ...], *, customer: str = "", by: str = "header") -> MadeFile:
        """Return the file; the order of its columns and the separator are drawn."""
        names = list(self.columns)
        if self.rng.random() < 0.6:
            self.rng.shuffle(names)
        out = io.StringIO()
        sheet = csv.writer(out, delimiter=";" if self.cells.comma else self.rng.choice(",,\t;"), lineterminator="\n")
        sheet.writerow(names)
        sheet.writerows(zip(*(self.columns[one] for one in names), strict=True))
        return MadeFile(name, out.getvalue().encode("utf-8-sig"), kinds, dict(self.roles), customer, by)


def _bought(draft: Draft, n: int, *, lines: bool) -> None:
    """Add what orders have beside the customer: number, day, money, and now and then more."""
    rng, cells = draft.rng, draft.cells
    days = [cells.day() for _ in range(n)]
    if lines:
        orders, number = [], 0
        numbers = cells.keys(n, rng.choice(["{n}", "ORD-{n}", "{n:08d}", "R{n}"]))
        for place in range(n):
            number += place > 0 and rng.random() < 0.5
            orders.append(number)
        order_cells = [numbers[one] for one in orders]
        days = [days[one] for one in orders]
    else:
        order_cells = cells.keys(n, rng.choice(["{n}", "SO{n}", "#{n}", "{n:07d}"]))
    draft.add("order_id", order_cells)
    draft.add("order_date", days)
    if lines:
        goods = cells.words("goods")
        prices = {one: cells.money() for one in goods}
        sold = [rng.choice(goods) for _ in range(n)]
        draft.add("product", sold)
        draft.add("quantity", [str(rng.choice([1, 1, 1, 2, 3])) for _ in range(n)])
        if rng.random() < 0.6:
            draft.add("unit_price", [prices[one] for one in sold])
        if len(draft.roles) == 4 or rng.random() < 0.4:
            draft.add("amount", [cells.money(20, 900) for _ in range(n)])
        if rng.random() < 0.4:
            draft.add("product_id", [f"P-{rng.randrange(100, 130)}" for _ in range(n)])
        if rng.random() < 0.3:
            draft.add("category", [rng.choice(["A1", "B2", "Z"]) for _ in range(n)])
    else:
        draft.add("amount", [cells.money() for _ in range(n)])
        if rng.random() < 0.4:
            draft.add("discount", [cells.money(0, 9) for _ in range(n)])
    if rng.random() < 0.5:
        draft.add("status", [cells.pick(cells.words("sold")) for _ in range(n)])
    if rng.random() < 0.4:
        draft.add("city", [rng.choice(cells.words("towns")) for _ in range(n)])
    if rng.random() < 0.3:
        draft.add("channel", [rng.choice(["web", "app", "pos"]) for _ in range(n)])


def _buyers(draft: Draft, n: int) -> list[int]:
    """Return who placed each of ``n`` orders, by whole orders where the file has lines."""
    several = max(8, n // 4)
    order = next((cells for name, cells in draft.columns.items() if draft.roles.get(name, ("",))[0] == "order_id"), [])
    who: dict[str, int] = {}
    return [who.setdefault(order[i] if order else str(i), draft.rng.randrange(several)) for i in range(n)]


def _placed(draft: Draft, n: int, values: list[str]) -> list[str]:
    return [values[one % len(values)] for one in _buyers(draft, n)]


def orders(draft: Draft, *, lines: bool = False) -> MadeFile:
    """Orders, one row each or one per line, whose customer a header names."""
    n = draft.rng.randrange(60, 160)
    _bought(draft, n, lines=lines)
    customer = draft.add("customer_id", _placed(draft, n, draft.cells.keys(n)))
    if draft.rng.random() < 0.3:
        draft.add("name", _placed(draft, n, draft.cells.people(n)))
    if draft.rng.random() < 0.25:
        draft.add("email", _placed(draft, n, draft.cells.emails(n)))
    return draft.write("lines" if lines else "orders", ("orders",), customer=customer)


def order_lines(draft: Draft) -> MadeFile:
    """Order lines."""
    return orders(draft, lines=True)


def by_part(draft: Draft) -> MadeFile:
    """Orders whose customer is named by a part of its header."""
    n = draft.rng.randrange(60, 160)
    _bought(draft, n, lines=draft.rng.random() < 0.5)
    stem = draft.rng.choice(draft.said["customer_id"]).rstrip(". ")
    header = draft.rng.choice(["{} (ERP)", "{}_hash", "CRM {}", "{} neu", "web {}", "{} / ID"]).format(stem)
    customer = draft.add("customer_id", _placed(draft, n, draft.cells.keys(n)), header=header)
    return draft.write("by_part", ("orders",), customer=customer, by="part")


def by_values(draft: Draft) -> MadeFile:
    """Orders whose customer stands under a header that says nothing: keys, phones, e-mails or names of firms."""
    n = draft.rng.randrange(80, 200)
    _bought(draft, n, lines=draft.rng.random() < 0.5)
    what = draft.rng.choice(["keys", "keys", "keys", "phones", "emails", "firms"])
    values = getattr(draft.cells, what)(n)
    customer = draft.add("customer_id", _placed(draft, n, values), header=draft.rng.choice(OPAQUE))
    draft.other("T", [draft.rng.choice(["1", "2", "3", "4", "5", "6"]) for _ in range(n)])
    return draft.write(f"by_values_{what}", ("orders",), customer=customer, by="values")


def by_person(draft: Draft) -> MadeFile:
    """Orders without a number of the customer, who is known by e-mail, phone, company or name."""
    n = draft.rng.randrange(60, 160)
    _bought(draft, n, lines=False)
    role, what = draft.rng.choice([("email", "emails"), ("phone", "phones"), ("company", "firms"), ("name", "people")])
    values = getattr(draft.cells, what)(n)
    customer = draft.add(role, _placed(draft, n, values))
    draft.roles[customer] = ("customer_id",)
    return draft.write(f"by_{role}", ("orders",), customer=customer)


def nobody(draft: Draft) -> MadeFile:
    """Orders of a till without any customer."""
    n = draft.rng.randrange(60, 160)
    _bought(draft, n, lines=draft.rng.random() < 0.7)
    draft.roles.clear()
    draft.other("T", [str(draft.rng.randrange(1, 12)) for _ in range(n)])
    return draft.write("nobody", ("ignore",), by="nothing")


def customers(draft: Draft) -> MadeFile:
    """A list of members with who they are."""
    rng, cells, n = draft.rng, draft.cells, draft.rng.randrange(40, 120)
    customer = draft.add("customer_id", cells.keys(n))
    draft.add("name", cells.people(n))
    if rng.random() < 0.6:
        draft.add("email", cells.emails(n))
    if rng.random() < 0.6:
        draft.add("phone", cells.phones(n))
    draft.add("gender", [rng.choice("MF") for _ in range(n)])
    if rng.random() < 0.5:
        draft.add("age", [str(rng.randrange(18, 80)) for _ in range(n)])
    else:
        draft.add("birth_date", [cells.day(date(1955, 1, 1), 15_000) for _ in range(n)])
    draft.add("signup_date", [cells.day(date(2019, 1, 1), 1500) for _ in range(n)])
    draft.add("city", [rng.choice(cells.words("towns")) for _ in range(n)])
    draft.add("level", [rng.choice(["A", "B", "C"]) for _ in range(n)])
    if rng.random() < 0.5:
        draft.add("n_orders", [str(rng.randrange(1, 40)) for _ in range(n)])
        draft.add("spend", [cells.money(10, 5000) for _ in range(n)])
        draft.add("last_order_date", [cells.day() for _ in range(n)])
    return draft.write("customers", ("customers",), customer=customer)


def rfm(draft: Draft) -> MadeFile:
    """The result of an RFM: days, counts and money of each customer."""
    rng, cells, n = draft.rng, draft.cells, draft.rng.randrange(40, 120)
    customer = draft.add("customer_id", cells.keys(n))
    if rng.random() < 0.7:
        draft.add("recency_days", [str(rng.randrange(1, 400)) for _ in range(n)])
    else:
        draft.add("last_order_date", [cells.day() for _ in range(n)])
    draft.add("n_orders", [str(rng.randrange(1, 40)) for _ in range(n)])
    draft.add("spend", [cells.money(10, 5000) for _ in range(n)])
    return draft.write("rfm", ("customers",), customer=customer)


def leads(draft: Draft) -> MadeFile:
    """Leads of a sales team, some of them converted."""
    rng, cells, n = draft.rng, draft.cells, draft.rng.randrange(60, 140)
    customer = draft.add("lead_id", cells.keys(n), "customer_id")
    draft.add("name", cells.people(n))
    draft.add("email", cells.emails(n))
    draft.add("company", cells.firms(n))
    draft.add("channel", [rng.choice(["ads", "fair", "web"]) for _ in range(n)])
    draft.add("outcome", [rng.choice([*draft.said["yes"], *draft.said["no"]]) for _ in range(n)], "extra")
    draft.add("signup_date", [cells.day() for _ in range(n)], "extra")
    return draft.write("leads", ("customers",), customer=customer)


def subscriptions(draft: Draft) -> MadeFile:
    """Subscribers with their plan and whether they left."""
    rng, cells, n = draft.rng, draft.cells, draft.rng.randrange(60, 140)
    customer = draft.add("customer_id", cells.keys(n))
    draft.add("level", [rng.choice(["Basic", "Pro", "Team"]) for _ in range(n)])
    draft.add("signup_date", [cells.day() for _ in range(n)])
    draft.add("outcome", [rng.choice([*draft.said["yes"], *draft.said["no"]]) for _ in range(n)], "extra")
    draft.add("country", [rng.choice(["DE", "FR", "US"]) for _ in range(n)])
    draft.other("MRR", [cells.money(9, 99) for _ in range(n)])
    return draft.write("subscriptions", ("customers",), customer=customer)


def survey(draft: Draft) -> MadeFile:
    """Answers, one row per person."""
    rng, cells, n = draft.rng, draft.cells, draft.rng.randrange(40, 120)
    draft.other("Q0", [cells.day() for _ in range(n)])
    customer = draft.add("email", cells.emails(n), "customer_id")
    draft.add("gender", [rng.choice("MF") for _ in range(n)])
    draft.add("age", [str(rng.randrange(18, 80)) for _ in range(n)])
    for question in ("Q1", "Q2", "Q3"):
        draft.other(question, [str(rng.randrange(1, 6)) for _ in range(n)])
    return draft.write("survey", ("customers", "feedback"), customer=customer)


def goods(draft: Draft) -> MadeFile:
    """A list of articles: nothing in it is a customer."""
    rng, cells, n = draft.rng, draft.cells, draft.rng.randrange(30, 80)
    draft.add("product_id", cells.keys(n, "P-{n}"))
    draft.add("product", [f"{rng.choice(cells.words('goods'))} {i}" for i in range(n)])
    draft.add("category", [rng.choice("ABC") for _ in range(n)])
    draft.add("unit_price", [cells.money() for _ in range(n)])
    draft.other("Stock", [str(rng.randrange(500)) for _ in range(n)])
    draft.roles.clear()
    return draft.write("goods", ("ignore",), by="nothing")


def dictionary(draft: Draft) -> MadeFile:
    """A description of the columns of another file."""
    said = [words[0] for words in draft.said.values()]
    draft.other("Field", said)
    draft.other("Type", [draft.rng.choice(["text", "number", "date"]) for _ in said])
    draft.other("Description", [f"what {one} means" for one in said])
    return draft.write("dictionary", ("ignore",), by="nothing")


def traffic(draft: Draft) -> MadeFile:
    """Days of an advertisement or a site: counts, no buyers."""
    rng, cells, n = draft.rng, draft.cells, draft.rng.randrange(40, 120)
    draft.other(draft.said["order_date"][1], [cells.day() for _ in range(n)])
    for name, most in rng.sample(
        [
            ("Clicks", 900),
            ("Impressions", 90_000),
            ("Sessions", 5000),
            ("访客数", 3000),
            ("Besucher", 2000),
            ("浏览量", 9000),
        ],
        3,
    ):
        draft.other(name, [str(rng.randrange(most)) for _ in range(n)])
    draft.other("Cost", [cells.money() for _ in range(n)])
    return draft.write("traffic", ("ignore",), by="nothing")


LAYOUTS: tuple[tuple[Callable[[Draft], MadeFile], int], ...] = (
    (orders, 4), (order_lines, 4), (by_part, 2), (by_values, 3), (by_person, 2), (nobody, 1), (customers, 3), (rfm, 2),
    (leads, 1), (subscriptions, 1), (survey, 1), (goods, 1), (dictionary, 1), (traffic, 1),
)  # fmt: skip


def made_files(n: int, seed: int = SEED) -> list[MadeFile]:
    """Return ``n`` files, the languages and layouts one after the other.

    Examples
    --------
    >>> [file.name for file in made_files(3)]
    ['orders-en-0', 'orders-zh-1', 'orders-de-2']
    """
    languages, layouts = list(words()), [layout for layout, times in LAYOUTS for _ in range(times)]
    found = []
    for place in range(n):
        language = languages[place % len(languages)]
        layout = layouts[(place // len(languages) + place * 4) % len(layouts)]
        made = layout(Draft(random.Random(f"{seed}-{place}"), language))
        found.append(
            MadeFile(f"{made.name}-{language}-{place}", made.content, made.kinds, made.roles, made.customer, made.by)
        )
    return found
