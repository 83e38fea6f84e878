"""Kinds of exports with the truth beside: what must come out of each, and what must be asked or said of it."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

BUYERS = ("Anna Schmidt", "Jean Dupont", "Maria Lopez", "Ole Hansen", "Eva Novak", "Tom Baker", "Sara Conti", "Kim Lee")
CHINESE = ("张三丰", "李四光", "王小五", "赵六一", "钱七七", "孙八斤", "周九儿", "吴十全")


@dataclass(frozen=True)
class Kind:
    """One kind of export, as made-up files.

    Attributes
    ----------
    files : dict
        Content by name of file.
    customers, orders, revenue
        What must come out; None where it is not told.
    said : str
        Subject of the question or guess that must be there (``currency``, …); none may be where it is empty.
    refused : str
        Code of the refusal, where the files cannot answer.
    """

    name: str
    files: dict[str, bytes]
    customers: int | None = None
    orders: int | None = None
    revenue: float | None = None
    said: str = ""
    refused: str = ""


@dataclass(frozen=True)
class Sale:
    """One order of the truth; ``n`` counts from 0."""

    n: int
    who: int
    day: date
    sum: float

    @property
    def buyer(self) -> str:
        """Name of the buyer."""
        return BUYERS[self.who]


def sales(seed: str, n: int = 40) -> list[Sale]:
    """Return orders of all buyers over half a year."""
    rng = random.Random(seed)
    who = [*range(len(BUYERS)), *(rng.randrange(len(BUYERS)) for _ in range(n - len(BUYERS)))]
    days = sorted(date(2024, 1, 14) + timedelta(rng.randrange(170)) for _ in range(n))
    return [Sale(i, who[i], days[i], round(rng.uniform(10, 400), 2)) for i in range(n)]


def sheet(rows: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Write rows as CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue().encode(encoding)


def german(money: float) -> str:
    """Write money as in Germany.

    Examples
    --------
    >>> german(1234.5)
    '1.234,50'
    """
    return f"{money:,.2f}".translate(str.maketrans(",.", ".,"))


Row = Callable[[Sale], Sequence[object] | Sequence[Sequence[object]]]


def _kind(name: str, head: str, row: Row, *, counts: Callable[[Sale], bool] = lambda _: True, **more: Any) -> Kind:
    """Make one file of a line for each sale, of which those that ``counts`` says are orders."""
    told = sales(name)
    kept = [one for one in told if counts(one)]
    delimiter = ";" if ";" in head else ","
    truth: dict[str, Any] = {
        "customers": len({one.who for one in kept}),
        "orders": len(kept),
        "revenue": sum(one.sum for one in kept),
    }
    content = sheet([head.split(delimiter), *map(row, told)], str(more.pop("encoding", "utf-8")), delimiter)
    return Kind(name, {f"{name}.csv": content}, **{**truth, **more})


def _of_states(name: str, head: str, good: str, bad: Sequence[str], **more: Any) -> Kind:
    """Every fifth order is in one of the bad states; each buyer keeps another one."""
    undone = lambda one: one.n >= len(BUYERS) and one.n % 5 == 0  # noqa: E731
    state = lambda one: bad[one.n // 5 % len(bad)] if undone(one) else good  # noqa: E731
    return _kind(
        name, head, lambda one: [one.n + 1, one.day, one.buyer, one.sum, state(one)],
        counts=lambda one: not undone(one), **more,
    )  # fmt: skip


def states() -> list[Kind]:
    """States of orders in several languages; one that nobody knows is asked."""
    return [
        _of_states("states_de", "Bestellnr.,Datum,Kunde,Betrag,Status", "Geliefert", ("Storniert", "Offen")),
        _of_states("states_zh", "订单号,下单时间,客户,实付金额,订单状态", "交易成功", ("交易关闭", "草稿")),
        _of_states("states_fr", "Commande,Date,Client,Montant TTC,Statut", "Livrée", ("Annulée", "Brouillon")),
        _of_states("states_ru", "Номер заказа,Дата,Покупатель,Сумма,Статус", "Выполнен", ("Отменён", "Черновик"),
                   encoding="cp1251"),
        _of_states("states_unknown", "Order,Date,Customer,Total,Status", "Shipped", ("Zorp",), said="state",
                   customers=None, orders=None, revenue=None),
    ]  # fmt: skip


def money() -> list[Kind]:
    """Where the money stands, and what takes it back."""
    told = sales("refunds")
    whole, back = sum(one.sum for one in told), [one for one in told if one.n % 9 == 4]
    net = round(whole - sum(round(one.sum / 2, 2) for one in back), 2)
    notes = [
        [kind, f"{kind[0]}{one.n}", one.day + timedelta(late), one.buyer, german(money)]
        for one in told
        for kind, money, late in (("Rechnung", one.sum, 0), ("Gutschrift", round(one.sum / 2, 2), 3))
        if kind == "Rechnung" or one in back
    ]
    refunds = [[f"R{one.n}", one.n, one.day + timedelta(2), f"{one.sum / 2:.2f}"] for one in back]
    levels = [
        line
        for one in told
        for line in (
            ["Header", one.n, one.day, one.buyer, "", one.sum], ["Item", one.n, one.day, one.buyer, "Tea", one.sum],
        )
    ]  # fmt: skip
    half = [[one.n, one.day, one.buyer, one.sum] for one in told]
    head = ["Order", "Date", "Customer", "Total"]
    truth: dict[str, Any] = {"customers": len(BUYERS), "orders": len(told)}
    return [
        Kind("refund_rows", {"belege.csv": sheet([["Belegart", "Belegnummer", "Datum", "Kunde", "Betrag"], *notes],
             delimiter=";")}, **truth, revenue=net),
        Kind("refunds_apart", {"orders.csv": sheet([head, *half]), "returns.csv": sheet(
             [["RMA number", "Order", "Return date", "Amount refunded"], *refunds])}, **truth, revenue=net),
        Kind("head_and_items", {"pos.csv": sheet([["RecordType", "Receipt", "Date", "Customer", "Product", "Amount"],
             *levels])}, **truth, revenue=whole),
        Kind("overlapping", {"a.csv": sheet([head, *half[:26]]), "b.csv": sheet([head, *half[18:]])}, **truth,
             revenue=whole),
        _kind("refund_column", "Order,Date,Customer,Total,Refunded Amount",
              lambda one: [one.n, one.day, one.buyer, one.sum, "0.00" if one.n % 4 else one.sum], orders=None,
              revenue=round(sum(one.sum for one in sales("refund_column") if one.n % 4), 2)),
        _kind("return_flag", "Order,Date,Customer,Total,Returned?",
              lambda one: [one.n, one.day, one.buyer, one.sum, "Yes" if one.n % 10 == 9 else "No"],
              counts=lambda one: one.n % 10 != 9),
        _kind("direction", "交易时间,交易对方,商品说明,收/支,金额",
              lambda one: [one.day, CHINESE[one.who], "货款", "支出" if one.n % 10 == 9 else "收入", one.sum],
              counts=lambda one: one.n % 10 != 9, orders=None),
        _kind("before_fees", "Beleg;Datum;Kunde;Brutto;Gebühr;Netto",
              lambda one: [one.n, one.day, one.buyer, german(one.sum), "-1,00", german(one.sum - 1)]),
        _kind("discount_percent", "Order,Date,Customer,Item,Qty,Unit price,Discount %",
              lambda one: [one.n, one.day, one.buyer, "Tea", 2, one.sum, one.n % 2 * 10],
              revenue=sum(2 * one.sum * (1 - one.n % 2 / 10) for one in sales("discount_percent"))),
        _kind("cents", "id,customer_id,created_at,amount_cents",
              lambda one: [one.n, one.who, one.day, round(one.sum * 100)]),
        _kind("wan", "单号,客户,日期,销售额（万元）", lambda one: [one.n, CHINESE[one.who], one.day, one.sum],
              revenue=round(10_000 * sum(one.sum for one in sales("wan")))),
        _kind("currencies", "Order,Date,Customer,Amount,Currency",
              lambda one: [one.n, one.day, one.buyer, one.sum, ("EUR", "USD")[one.n % 2]], said="currency",
              customers=None, orders=None, revenue=None),
        _kind("money_beside", "Order,Date,Customer,Total,Levy",
              lambda one: [one.n, one.day, one.buyer, one.sum, f"{0.25 + one.n % 3 / 4:.2f}"], said="worth",
              revenue=round(sum(one.sum + 0.25 + one.n % 3 / 4 for one in sales("money_beside")), 2)),
        _kind("kinds_of_rows", "Order,Date,Customer,Type,Total",
              lambda one: [one.n, one.day, one.buyer, "V" if one.n % 10 == 9 else "S", one.sum], said="row_type",
              counts=lambda one: one.n % 10 != 9,
              revenue=round(sum(one.sum * (-1 if one.n % 10 == 9 else 1) for one in sales("kinds_of_rows")), 2)),
        _kind("promised", "Gift,Date,Donor,Pledged,Received",
              lambda one: [one.n, one.day, one.buyer, one.sum + 10, one.sum], said="amount"),
        _kind("walk_ins", "Beleg,Datum,Kunde,Summe",
              lambda one: [one.n, one.day, "Laufkundschaft" if one.n % 3 == 2 and one.n > 7 else one.buyer, one.sum],
              counts=lambda one: one.n % 3 != 2 or one.n <= 7),
    ]  # fmt: skip


def days() -> list[Kind]:
    """How the day of an order is written."""

    def written(name: str, day: Callable[[date], str], **more: Any) -> Kind:
        return _kind(
            f"days_{name}", "Order,Customer,Order date,Total",
            lambda one: [one.n, one.buyer, day(one.day), one.sum], **more,
        )  # fmt: skip

    return [
        _kind("days_in_three", "Auftrag,Kunde,Jahr,Monat,Tag,Betrag",
              lambda one: [one.n, one.buyer, one.day.year, one.day.month, one.day.day, one.sum]),
        written("quarters", lambda day: f"{(day.month + 2) // 3}Q{day.year % 100}"),
        written("weeks", lambda day: f"{day:%G}-W{day:%V}"),
        written("digits", lambda day: f"{day:%y%m%d}"),
        written("other_digits", lambda day: f"{day}".translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))),
        written("buddhist", lambda day: f"{day:%d/%m}/{day.year + 543}", said="calendar"),
        written("without_year", lambda day: f"{day.day}-{day:%b}", said="year"),
        written("both_ways", lambda day: f"{day.day % 12 + 1:02d}/{day:%m/%Y}", said="date_order"),
        written("far", lambda day: "9999-12-31" if day == sales("days_far")[20].day else str(day), orders=None,
                revenue=None),
    ]  # fmt: skip


def shapes() -> list[Kind]:
    """How a table lies in its file, and what it is."""
    told = sales("shapes")
    truth: dict[str, Any] = {"customers": len(BUYERS), "revenue": round(sum(one.sum for one in told), 2)}
    grouped: list[Sequence[object]] = [["Date", "Num", "Product", "Amount"]]
    for who, buyer in enumerate(BUYERS):
        own = [one for one in told if one.who == who]
        grouped += [[buyer, "", "", ""], *([one.day, one.n, "Tea", one.sum] for one in own)]
        grouped.append([f"Total {buyer}", "", "", round(sum(one.sum for one in own), 2)])
    months = sorted({one.day.replace(day=1) for one in told})
    pivot: list[Sequence[object]] = [["Customer", *(f"{month:%m/%Y}" for month in months)]]
    for who, buyer in enumerate(BUYERS):
        sums = [sum(one.sum for one in told if one.who == who and one.day.replace(day=1) == month) for month in months]
        pivot.append([buyer, *(f"{one:.2f}" if one else "" for one in sums)])
    orders = sheet([["Order", "Date", "Phone", "Total"], *([one.n, one.day, f"+49 170 55500{one.who:02d}", one.sum]
                   for one in told)])  # fmt: skip
    members = sheet([["Phone", "Name", "Town"], *([f"0170/55500{who:02d}", buyer, "Bonn"] for who, buyer in
                    enumerate(BUYERS))])  # fmt: skip
    strangers = sheet([["Phone", "Name", "Town"], *([f"0151/99900{who:02d}", buyer, "Bonn"] for who, buyer in
                      enumerate(BUYERS))])  # fmt: skip
    rng = random.Random("people")
    people = [[f"C{i:03d}", rng.randrange(1, 300), rng.randrange(1, 20), rng.randrange(20, 900)] for i in range(120)]
    left = [[f"C{i:03d}", rng.randrange(60), rng.choice("AB"), rng.choice(("Yes", "No", "No"))] for i in range(120)]
    rows = [[one.n, one.day, "Tea", one.sum] for one in told]
    banner = "".join(f"Filter {i},all\n" for i in range(30)).encode()
    return [
        Kind("banner", {"a.csv": banner + sheet([["Order", "Date", "Customer", "Total"], *([one.n, one.day, one.buyer,
             one.sum] for one in told)])}, **truth, orders=len(told)),
        Kind("heading_rows", {"a.csv": sheet(grouped)}, **truth, orders=len(told)),
        Kind("months_as_columns", {"a.csv": sheet(pivot)}, **truth),
        Kind("phones_of_two_tables", {"orders.csv": orders, "members.csv": members}, **truth, orders=len(told)),
        Kind("members_unknown", {"orders.csv": orders, "members.csv": strangers}, said="join"),
        Kind("rfm_results", {"a.csv": sheet([["member", "days since last order", "number of purchases",
             "total spending"], *people])}, customers=120, revenue=sum(int(one[3]) for one in people)),
        Kind("who_left", {"a.csv": sheet([["customerID", "tenure", "plan", "Churn"], *left])}, customers=120),
        Kind("without_money", {"a.csv": sheet([["Order", "Order date", "Customer"], *([one.n, one.day, one.buyer] for
             one in told)])}, customers=len(BUYERS), orders=len(told)),
        Kind("of_nobody", {"a.csv": sheet([["Receipt", "Date", "Product", "Total"], *rows])},
             refused="orders_of_nobody_products"),
    ]  # fmt: skip


def kinds() -> tuple[Kind, ...]:
    """Return every kind, the same in each run."""
    return (*states(), *money(), *days(), *shapes())
