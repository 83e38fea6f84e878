"""The currency that a file says, read by whole signs: R$, HK$ and NT$ are no dollars of the United States."""

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import guess_currency, inspect


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("R$ 1.234,50", "BRL"), ("HK$120", "HKD"), ("NT$300", "TWD"), ("A$9", "AUD"), ("$7.50", "USD"),
        ("US$7.50", "USD"), ("3 000 ₽", "RUB"), ("₹450", "INR"), ("12,50 zł", "PLN"), ("¥1.25万", "CNY"),
        ("500日元", "JPY"), ("88元", "CNY"), ("€ 5,00", "EUR"), ("Rp 50.000", "IDR"), ("7 kr", None), ("12", None),
    ],
)  # fmt: skip
def test_the_whole_sign_beside_money_says_the_currency(cell: str, code: str | None) -> None:
    lines = "".join(f"C{i % 7},2024-01-{1 + i:02},{cell}\n" for i in range(12))
    lines = lines.replace(cell, f'"{cell}"')
    assert guess_currency(inspect(read_file(f"customer,order date,amount\n{lines}".encode()))) == code


@pytest.mark.parametrize(
    ("heading", "code"),
    [("Amount (SEK)", "SEK"), ("Amount R$", "BRL"), ("Amount", None), ("Amount USD", "USD"), ("amount €", "EUR")],
)
def test_the_heading_of_money_says_the_currency(heading: str, code: str | None) -> None:
    lines = "".join(f"C{i % 7},2024-01-{1 + i:02},{i + 3}.50\n" for i in range(12))
    assert guess_currency(inspect(read_file(f"customer,order date,{heading}\n{lines}".encode()))) == code


@pytest.mark.parametrize(
    ("headers", "cell", "code"),
    [
        ("予約番号,来店日,お客様名,お会計金額", "4950", "JPY"), ("注文番号,注文日,顧客番号,合計金額", "¥4950", "JPY"),
        ("订单编号,下单时间,会员编号,实付金额", "¥4950", "CNY"),
        ("Order ID,Order date,Customer ID,Total", "¥4950", "CNY"),
        ("注文番号,注文日,顧客番号,Total", "4950", None), ("注文番号,注文日,顧客番号,合計金額", "$4950", "USD"),
    ],
)  # fmt: skip
def test_yen_are_told_from_yuan_by_japanese_headings(headers: str, cell: str, code: str | None) -> None:
    rows = [f"R{i},2024-01-{1 + i:02d},K{i % 4},{cell}" for i in range(12)]
    guesses = inspect(read_file("\n".join([headers, *rows]).encode(), name="x.csv"))
    assert guesses[0].column("amount") is not None and guess_currency(guesses) == code


@pytest.mark.parametrize(("cell", "code"), [("$1,250.00", None), ("US$1,250.00", "USD"), ("€1.250,00", "EUR")])
def test_a_bare_dollar_among_spanish_headings_is_of_no_country(cell: str, code: str | None) -> None:
    rows = [f'OS-{i},{1 + i:02d}/01/2026,Ana {i % 4},"{cell}"' for i in range(14)]
    guesses = inspect(read_file("\n".join(["Folio,Fecha,Cliente,Importe", *rows]).encode(), name="x.csv"))
    assert guesses[0].column("amount") is not None and guess_currency(guesses) == code
