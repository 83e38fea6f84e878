"""Who bought without an account is told apart by name or contact; walk-ins stay nobody; corrected totals hold."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import accept, apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line
from analysis.intake.reading import large
from analysis.intake.reading.read import read_file
from analysis.intake.recipe_lines import recipe_line
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe
from analysis.profiles.personal import id_kind_of
from analysis.recipe import Recipe
from texts import Translator

GUESTS = ("Ada Byrne", "Leo Fuchs", "林小雨")
N = 30


def shop(headers: str, guest: str = "", *, walk_in: str = "") -> str:
    """Return 30 orders: every third without an id, of three people in turn, and two of nobody."""
    rows = [
        f"R{i},2024-0{1 + i % 9}-{1 + i % 28:02d},{'' if i % 3 == 0 else f'K{i % 5}'},"
        f"{(walk_in if i > 24 else guest or GUESTS[i // 3 % 3]) if i % 3 == 0 else f'Pat Nr{i % 5}x'},{10 + i}.50"
        for i in range(N)
    ]
    return "\n".join([headers, *rows])


def judged(text: str, recipe: Recipe | None = None) -> tuple[list[Decision], pd.DataFrame, Recipe]:
    tables = read_file(text.encode(), name="x.csv")
    guesses = inspect(tables)
    recipe = recipe or suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    lines = standard.cursor().sql("SELECT * FROM orders ORDER BY line").to_df()
    made = decisions(tables, guesses, recipe, standard)
    return [one for one in made if one.subject in ("guests", "worth")], lines, recipe


@pytest.mark.parametrize(
    "headers",
    [
        "Order ID,Order date,Customer ID,Customer Name,Total", "订单编号,下单时间,会员编号,客户姓名,实付金额",
        "Bestellnummer,Bestelldatum,Kundennummer,Kundenname,Gesamtbetrag",
        "N° commande,Date de commande,N° client,Nom,Montant total",
    ],
)  # fmt: skip
def test_rows_without_an_id_that_name_a_person_are_people(headers: str) -> None:
    [one], lines, recipe = judged(shop(headers, walk_in="Walk-in"))
    without = lines[lines["customer_id"].str.startswith("~ ")]
    assert len(without) == 9 and without["customer_id"].nunique() == len(GUESTS) and len(lines) == N - 1
    assert one.is_guess and not one.is_question and one.evidence[0].facts["people"] == len(GUESTS)
    [left] = one.alternatives
    assert recipe_line(left.fix).endswith("guests: leave") and left.fix is not None
    then, fewer, _ = judged(shop(headers, walk_in="Walk-in"), apply_fix(recipe, left.fix))
    assert not then and len(fewer) == N * 2 // 3
    assert float(fewer["amount"].sum()) == pytest.approx(left.effect["revenue"])
    assert not judged(shop(headers), accept(recipe, one.id))[0][0].is_guess
    for language in ("en", "zh"):
        assert "9" in evidence_sentences(one, Translator(language))[0] and guess_line(one, Translator(language))
    assert id_kind_of(lines["customer_id"]) == "name"


def test_guests_whose_currency_does_not_count_are_not_taken_off_what_does() -> None:
    first, *rows = shop("Order ID,Order date,Customer ID,Customer Name,Total").splitlines()
    text = "\n".join([f"{first},Currency", *(f"{row},{'USD' if i % 6 == 0 else 'EUR'}" for i, row in enumerate(rows))])
    [one], _, recipe = judged(text)
    [left] = one.alternatives
    assert left.fix is not None and one.evidence[0].facts["n"] == 4  # 3, 9, 15, 21
    assert float(judged(text, apply_fix(recipe, left.fix))[1]["amount"].sum()) == left.effect["revenue"]


@pytest.mark.parametrize("guest", ["Walk-in", "散客", "Counter 1"])
def test_walk_ins_and_a_counter_are_nobody(guest: str) -> None:
    made, lines, _ = judged(shop("Order ID,Order date,Customer ID,Customer Name,Total", guest))
    assert not made and len(lines) == N * 2 // 3


@pytest.mark.parametrize(
    ("total", "corrected"),
    [("Order Total", "Adjusted Order Total"), ("订单金额", "修正后金额"), ("Gesamtbetrag", "Korrigierter Betrag")],
)
def test_a_corrected_total_stands_in_place_of_the_total_and_is_marked(total: str, corrected: str) -> None:
    rows = [f"R{i},2024-0{1 + i % 9}-11,K{i % 5},{20 + i}.00,{'5.00' if i % 10 == 3 else ''}" for i in range(N)]
    text = "\n".join([f"Order ID,Order date,Customer ID,{total},{corrected}", *rows])
    [one], lines, recipe = judged(text)
    assert float(lines["amount"].sum()) == pytest.approx(sum(20 + i for i in range(N) if i % 10 != 3) + 15)
    assert one.is_guess and one.evidence[0].code == "adjusted" and one.evidence[0].facts["n"] == 3
    first = one.alternatives[0]
    assert first.fix is not None and first.effect["revenue"] == pytest.approx(sum(20 + i for i in range(N)))
    _, then, _ = judged(text, apply_fix(recipe, first.fix))
    assert float(then["amount"].sum()) == pytest.approx(first.effect["revenue"])


def test_a_column_of_noughts_corrects_nothing() -> None:
    rows = [f"R{i},2024-0{1 + i % 9}-11,K{i % 5},{20 + i}.00,{'5.00' if i == 3 else '0.00'}" for i in range(N)]
    [one], lines, _ = judged("\n".join(["Order ID,Order date,Customer ID,Order Total,Adjusted Order Total", *rows]))
    assert float(lines["amount"].sum()) == pytest.approx(sum(20 + i for i in range(N)) - 18)
    assert one.evidence[0].facts["n"] == 1
    none = "\n".join(["Order ID,Order date,Customer ID,Order Total,Adjusted Order Total", *rows]).replace(
        ",5.00", ",0.00"
    )
    made, lines, _ = judged(none)
    assert not made and float(lines["amount"].sum()) == pytest.approx(sum(20 + i for i in range(N)))


def test_lines_of_an_order_whose_first_line_says_the_id_are_no_guests() -> None:
    rows = [
        f"R{i // 3},2024-0{1 + i % 9}-11,{'' if i % 3 else f'K{i % 5}'},Pat Nr{i // 3}x,Tea {i % 4},2,{20 + i}.00"
        for i in range(N)
    ]
    text = "\n".join(["Order ID,Order date,Customer ID,Customer Name,Product,Quantity,Total", *rows])
    made, lines, _ = judged(text)
    assert not [one for one in made if one.subject == "guests"]
    assert not lines["customer_id"].str.startswith("~ ").any() and len(lines) == N


@pytest.mark.parametrize("word", ["Summe", "合计", "Total général", "TOTAL", "Итого", "Razem", "総合計", "합계"])
def test_a_row_of_sums_without_an_id_is_a_total_and_no_lost_customer(word: str) -> None:
    rows = [f"R{i},2024-0{1 + i % 9}-11,{f'K{i % 5}' if i % 6 else ''},,{20 + i}.00" for i in range(N)]
    text = "\n".join(["Order ID,Order date,Customer ID,Customer Name,Total", *rows, f"{word},,,,{N * 20 + 435}.00"])
    tables = read_file(text.encode(), name="x.csv")
    [count] = standardise(tables, suggest_recipe(inspect(tables))).counts
    assert count.set_aside == {"total_row": 1, "no_customer": 5}


def test_guests_are_found_in_parquet_files_of_the_user_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.read_csv(io.StringIO(shop("Order ID,Order date,Customer ID,Customer Name,Total", walk_in="Walk-in")))
    frame["Order date"] = pd.to_datetime(frame["Order date"])
    frame.to_parquet(tmp_path / "orders.parquet")
    monkeypatch.setattr(large, "LARGE", 0)
    tables = read_file(tmp_path / "orders.parquet")
    assert tables[0].stored
    standard = standardise(tables, suggest_recipe(inspect(tables)))
    lines = standard.cursor().sql("SELECT customer_id FROM orders").to_df()["customer_id"]
    assert sorted(lines[lines.str.startswith("~ ")].unique()) == sorted(f"~ {guest}" for guest in GUESTS)
    [note] = [note for note in standard.notes if note.code == "guests_by_contact"]
    assert (note.facts["n"], note.facts["people"]) == (9, len(GUESTS))


def walked_in(code: str, name: str, phone: str = "") -> list[str]:
    rows = [f"S{i},2026-01-{1 + i % 28:02},K1{i % 8:02},Shop {i % 8},1380000{i % 8:04},20" for i in range(30)]
    rows += [f"W{i},2026-02-{1 + i:02},{code},{name},{phone},7" for i in range(9)]
    tables = read_file(
        ("Slip no,Date,Customer no,Customer name,Phone,Amount\n" + "\n".join(rows)).encode(), name="a.csv"
    )
    with standardise(tables, suggest_recipe(inspect(tables))).cursor() as cursor:
        return [key for (key,) in cursor.execute("SELECT DISTINCT customer_id FROM orders ORDER BY 1").fetchall()]


def test_an_account_for_walk_ins_is_nobody_whatever_its_number() -> None:
    shops = [f"K1{i:02}" for i in range(8)]
    for name in ("散客", "零售客户", "Walk-in", "Laufkundschaft"):
        assert walked_in("K0000", name) == shops
    assert walked_in("K0000", "Corner shop") == ["K0000", *shops]
    assert walked_in("K0000", "Walk-in", "13900000001") == ["K0000", *shops]  # somebody who left a phone
