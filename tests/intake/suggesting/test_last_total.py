"""The amount is where a paper ends, however that is headed; a deposit and guests are no quantity."""

from __future__ import annotations

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect


def roles_of(text: str) -> dict[str, str]:
    [guess] = inspect(read_file(text.encode(), name="a.csv"))
    return {column.role: column.name for column in guess.columns if column.role != "ignore"}


def test_the_last_total_is_the_amount_and_profit_is_none() -> None:
    rows = []
    for i in range(40):
        total, off, served = 100.0 + 7 * i, float(5 * (i % 3)), 3.5 * (i % 4)
        tax = round((total - off + served) * 0.07, 2)
        rows.append(f"R{i},2026-01-{1 + i % 28:02},M{i % 9},{i % 5 + 1},{total:.2f},{off:.2f},{served:.2f},{tax:.2f}")
        rows[-1] += f",{total - off + served + tax:.2f},{round(total - off + tax - served, 2):.2f}"
    first = "Receipt no,Date,Member no,Guests,ยอดรวม,ส่วนลด,ค่าบริการ,ภาษีมูลค่าเพิ่ม"
    whole = "\n".join([f"{first},xq", *(row.rsplit(",", 1)[0] for row in rows)])
    assert roles_of(whole)["amount"] == "xq" and "quantity" not in roles_of(whole)
    taken = "\n".join([f"{first},xq", *(",".join([*row.split(",")[:-2], row.split(",")[-1]]) for row in rows)])
    assert roles_of(taken)["amount"] == "ยอดรวม"


def test_a_deposit_is_no_quantity() -> None:
    rows = [f"A{i},2026-01-{1 + i % 28:02},K{i % 9},{200 + i},{(0, 50.5)[i % 2]}" for i in range(40)]
    found = roles_of("Auftragsnr.,Auftragsdatum,Kundennr.,Gesamtpreis,Anzahlung\n" + "\n".join(rows))
    assert found["amount"] == "Gesamtpreis" and "quantity" not in found


def test_a_bare_dollar_beside_taxes_that_the_us_do_not_have_is_not_theirs() -> None:
    from analysis.intake.suggesting.suggest import guess_currency

    def told(tax: str, sign: str = "$") -> str | None:
        rows = [f"A{i},2026-01-{1 + i % 28:02},K{i % 9},{sign}{20 + i}.00,{sign}1.{i % 9}5" for i in range(30)]
        text = f"Order no,Date,Customer no,Total,{tax}\n" + "\n".join(rows)
        return guess_currency(inspect(read_file(text.encode(), name="a.csv")))

    assert [told(tax) for tax in ("PST", "TVQ", "GST", "Sales tax")] == ["CAD", "CAD", None, "USD"]
    assert told("GST", "A$") == "AUD"
