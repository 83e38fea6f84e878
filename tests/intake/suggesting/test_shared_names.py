"""Customers named by a name that several people bear: their phones tell them apart, and that is marked."""

from __future__ import annotations

import csv
import io

import pytest

from analysis import suggest
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from tests.unsegmented import run_unsegmented

SURNAMES = "王李张刘陈杨赵黄周吴"


def orders(people: list[tuple[str, str]], *, header: tuple[str, str] = ("顾客", "手机号"), visits: int = 3) -> bytes:
    """Return orders of people, each a name and a phone, who come back."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["单号", "交易时间", *header, "品名", "实收"])
    for visit in range(visits):
        for place, person in enumerate(people):
            day = f"2025-{1 + (visit * 3 + place) % 9:02d}-{1 + place % 27:02d}"
            write.writerow([f"XS{visit}{place:04d}", day, *person, "可颂", f"{12 + place % 7}.50"])
    return out.getvalue().encode()


def phone(place: int) -> str:
    return f"138{place:04d}{(place * 37) % 10000:04d}"


def customer(content: bytes) -> tuple[str | None, str, int]:
    """Return the column that tells customers apart, how it was decided, and how many there are."""
    tables = read_file(content, name="流水.csv")
    result = run_unsegmented(tables, suggest(tables))
    told = next((one for one in result.decisions if one.subject == "customer"), None)
    column = next(one.name for one in result.recipe.sources[0].columns if one.role == "customer_id")
    return column, told.decided if told is not None else "found", len(result.profiles.customers)


@pytest.mark.parametrize("heading", ["顾客", "收货人"])
def test_a_name_of_many_gives_way_to_their_phones_and_the_name_stays_one_click_away(heading: str):
    shared = [(f"{SURNAMES[place % 10]}{('女士', '先生')[place % 2]}", phone(place)) for place in range(60)]
    tables = read_file(orders(shared, header=(heading, "手机号")), name="流水.csv")
    result = run_unsegmented(tables, suggest(tables))
    told = next(one for one in result.decisions if one.subject == "customer")
    assert (told.choice, told.decided, len(result.profiles.customers)) == ("手机号", "guessed", 60)
    assert [one.choice for one in told.alternatives] == [heading]
    assert "shared_names" in [note.code for note in told.evidence]


@pytest.mark.parametrize("more", [True, False])
def test_masked_names_give_way_to_masked_phones_where_these_tell_more_people_apart(more: bool):
    people = [(f"{SURNAMES[at % 10]}{'*' * (1 + at % 3)}", at if more else at % 30) for at in range(60)]
    shown = [(name, f"138****{place * 37 % 10000:04d}") for name, place in people]
    [guess] = inspect(read_file(orders(shown, header=("收件人", "收件手机号")), name="流水.csv"))
    customer_id = guess.column("customer_id")
    assert customer_id is not None and customer_id.name == ("收件手机号" if more else "收件人")
    assert not more or [one.name for one in guess.candidates] == ["收件手机号", "收件人"]


def test_names_of_their_own_stay_and_two_of_the_same_name_are_marked():
    own = [(f"{SURNAMES[place % 10]}{chr(0x4E00 + place)}", phone(place)) for place in range(60)]
    assert customer(orders(own)) == ("顾客", "found", 60)
    few = [*own[:54], *((own[place][0], phone(100 + place)) for place in range(6))]
    assert customer(orders(few)) == ("顾客", "guessed", 54)


@pytest.mark.parametrize("kind", ["firms", "codes", "one phone an order", "one phone of a street"])
def test_what_is_no_name_of_many_people_stays(kind: str):
    if kind == "firms":  # each with many who answer the phone
        people = [(f"麦香{SURNAMES[place % 10]}有限公司", phone(place)) for place in range(60)]
    elif kind == "codes":
        people = [(f"C{place % 20:04d}", phone(place)) for place in range(60)]
    elif kind == "one phone an order":
        people = [(f"{SURNAMES[place % 10]}先生", phone(place)) for place in range(60)]
    else:  # a phone stands with several names: it is nobody's own
        people = [(f"{SURNAMES[place % 10]}{'先生女士'[place % 3]}", phone(place // 2)) for place in range(60)]
    found = customer(orders(people, visits=1 if kind == "one phone an order" else 3))
    assert found[:2] == ("顾客", "found")


def test_orders_that_name_two_people_and_an_email_of_one_each_are_read():
    """Who is sent the goods is neither the customer nor the name; an e-mail on each order tells customers apart."""
    lines = ["Order,Purchase Date,Bill-to Name,Ship-to Name,Grand Total,Status,Customer Email,Total Refunded"]
    lines += [
        f"{100 + i},2024-03-{1 + i:02d},Kim N{i}x,Kim N{i}x,{60 + i}.00,complete,n{i}@example.com,{i % 3}.00"
        for i in range(9)
    ]
    assert customer("\n".join(lines).encode())[::2] == ("Customer Email", 9)
