"""What a column cannot be whatever its header, and which tables are lists of people."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from analysis.study import run
from tests.unsegmented import run_unsegmented


def guess_of(header: str, row, n: int = 60):
    text = header + "\n" + "".join(row(i) + "\n" for i in range(n))
    return inspect(read_file(text.encode(), name="t.csv"))[0]


def role_of(guess, name: str) -> str:
    return next(column.role for column in guess.columns if column.name == name)


def test_births_are_no_orders_and_rows_without_a_number_are_customers_by_their_row() -> None:
    row = lambda i: f"Ada{i % 9},{('f', 'm')[i % 2]},{1940 + i % 45}-0{i % 9 + 1}-11,{i}.250"  # noqa: E731
    guess = guess_of("given name,gender,born,worth", row)
    assert (guess.kind, guess.column("customer_id"), guess.column("order_date")) == ("customers", None, None)
    result = run_unsegmented([guess.table])
    assert len(result.profiles.customers) == 60
    [said] = [one for one in result.decisions if one.subject == "customer"]
    assert (said.choice, said.is_guess) == ("row_numbers", True)


@pytest.mark.parametrize(
    ("header", "cells", "role"),
    [
        ("PhoneService", ("Yes", "No", "No phone service"), "phone"),
        ("phone", ("landline", "cell"), "phone"),
        ("title", ("Mr.", "Ms.", "Dr."), "job_role"),
        ("contact", ("mail", "call"), "name"),
        ("Household_Size", ("1", "2", "3"), "company_size"),
    ],
)
def test_a_few_values_are_no_phones_jobs_names_or_firms(header: str, cells: tuple[str, ...], role: str) -> None:
    guess = guess_of(f"customer id,{header}", lambda i: f"{i},{cells[i % len(cells)]}")
    assert role_of(guess, header) != role


@pytest.mark.parametrize(
    ("headers", "roles"),
    [
        ("Id,R,F,M", ["recency_days", "n_orders", "spend"]),
        ("customer,days since last purchase,number of purchases,total spend", ["recency_days", "n_orders", "spend"]),
        ("会员号,最近消费天数,消费频次,累计消费金额", ["recency_days", "n_orders", "spend"]),
        ("Kundennummer,Tage seit letztem Kauf,Anzahl Bestellungen,Gesamtumsatz", ["recency_days", "n_orders", "spend"]),
        ("id cliente,días desde la última compra,número de compras,gasto total", ["recency_days", "n_orders", "spend"]),
    ],
)
def test_results_of_an_rfm_are_recognised(headers: str, roles: list[str]) -> None:
    guess = guess_of(headers, lambda i: f"{i + 1},{i * 3 % 70},{i % 7 + 1},{i * 7 + 9}.50")
    assert [column.role for column in guess.columns][1:] == roles
    assert "rfm" in run([guess.table]).segmentations


def test_a_lone_letter_m_is_no_money() -> None:
    guess = guess_of("customer id,M,age", lambda i: f"{i},{i % 2},{20 + i}")
    assert role_of(guess, "M") != "spend"


def test_money_is_no_count_of_orders() -> None:
    money = guess_of("customer id,purchases,tenure", lambda i: f"{i},{i * 3}.45,{i % 12}")
    counts = guess_of("customer id,purchases,tenure", lambda i: f"{i},{i % 9},{i % 12}")
    assert (role_of(money, "purchases"), role_of(counts, "purchases")) == ("spend", "n_orders")


def test_a_city_is_one_however_many_there_are() -> None:
    guess = guess_of("customer id,order date,amount,town", lambda i: f"{i % 9},2024-01-{i % 28 + 1:02d},{i}.5,Ley {i}")
    assert role_of(guess, "town") == "city"


def test_numbers_of_rows_are_left_out_and_codes_are_no_amounts() -> None:
    headers = "Row No,customer id,age,Depot Code"
    guess = guess_of(headers, lambda i: f"{i + 1},{i * 7 + 1000},{20 + i % 50},{9000 + i % 4}")
    assert role_of(guess, "Row No") == "ignore"
    features = {feature.key: feature.kind for feature in run_unsegmented([guess.table]).profiles.features}
    assert features["Depot Code"] == "category"


def test_a_dictionary_beside_the_data_adds_no_customers() -> None:
    data = "member no,balance,miles\n" + "".join(f"{i},{i * 7}.5,{i * 3}\n" for i in range(40))
    words = "field name,meaning\nmember no,the number\nbalance,what is left\nmiles,flown so far\n"
    tables = [*read_file(data.encode(), name="d.csv"), *read_file(words.encode(), name="w.csv")]
    assert [guess.kind for guess in inspect(tables)] == ["customers", "ignore"]


@pytest.mark.parametrize("header", ["town,people,area", "page,views,clicks,bounces"])
def test_towns_and_pages_are_no_customers(header: str) -> None:
    row = lambda i: ",".join([f"Name {i}", *(str(i * (n + 3) % 97) for n in range(header.count(",")))])  # noqa: E731
    assert guess_of(header, row).kind == "ignore"


LANGUAGES = {
    "de": "Rechnungsnr.,Kundennummer,Rechnungsdatum,Artikel,Menge,Gesamtbetrag",
    "fr": "N° commande,Numéro client,Date de commande,Produit,Quantité,Montant total",
    "es": "Número de pedido,Número de cliente,Fecha de pedido,Producto,Cantidad,Importe total",
    "it": "Numero ordine,Codice cliente,Data ordine,Prodotto,Quantità,Importo totale",
    "pt": "Número do pedido,Código do cliente,Data do pedido,Produto,Quantidade,Valor total",
    "nl": "Bestelnummer,Klantnummer,Besteldatum,Productnaam,Aantal,Totaalbedrag",
    "pl": "Numer zamówienia,Numer klienta,Data zamówienia,Nazwa produktu,Ilość,Kwota",
    "ru": "Номер заказа,Код клиента,Дата заказа,Товар,Количество,Сумма",
    "tr": "Sipariş No,Müşteri No,Sipariş Tarihi,Ürün,Adet,Toplam Tutar",
    "ja": "注文番号,顧客番号,注文日,商品名,数量,合計金額",
    "ko": "주문번호,고객번호,주문일자,상품명,수량,결제금액",
    "ar": "رقم الطلب,رقم العميل,تاريخ الطلب,المنتج,الكمية,المبلغ",
    "th": "เลขที่คำสั่งซื้อ,รหัสลูกค้า,วันที่สั่งซื้อ,สินค้า,จำนวน,ยอดรวม",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_orders_table_is_read_in_each_language(language: str) -> None:
    row = lambda i: f"{5000 + i},{i % 11 + 300},2024-02-{i % 28 + 1:02d},P {i % 5},{i % 3 + 1},{i}.75"  # noqa: E731
    guess = guess_of(LANGUAGES[language], row)
    assert [column.role for column in guess.columns] == [
        "order_id", "customer_id", "order_date", "product", "quantity", "amount",
    ]  # fmt: skip


def test_headings_are_known_without_their_accents_too() -> None:
    guess = guess_of(
        "Numero de pedido,Numero de cliente,Fecha de pedido,Importe",
        lambda i: f"{i},{i % 9},2024-02-0{i % 9 + 1},{i}.5",
    )
    assert guess.kind == "orders"


def test_a_reference_that_every_row_has_of_its_own_is_that_of_the_order() -> None:
    row = lambda i: f"2024-03-{i % 28 + 1:02d},T{i},p{i % 7}@x.io,{i}.50"  # noqa: E731
    assert role_of(guess_of("Payment date,Reference,Payer email,Gross", row), "Reference") == "order_id"


def test_an_id_beside_that_of_the_customer_is_that_of_the_order_but_not_where_rows_are_lines() -> None:
    row = lambda i: f"{i},c{i % 7},2024-03-{i % 28 + 1:02d},{i}.50"  # noqa: E731
    assert role_of(guess_of("id,customer_id,created_at,amount", row), "id") == "order_id"
    line = lambda i: f"{i},c{i % 7},2024-03-{i % 28 + 1:02d},tea{i % 3},{i}.50"  # noqa: E731
    assert role_of(guess_of("id,customer_id,created_at,product,amount", line), "id") != "order_id"


@pytest.mark.parametrize("header", ["order no", "number", "单号", "Orders", "Bestellungen"])
def test_different_numbers_of_orders_are_no_count_of_what_a_member_bought(header: str) -> None:
    guess = guess_of(f"{header},total,channel", lambda i: f"{1000 + i},{i}.25,{('web', 'shop')[i % 2]}")
    assert (guess.kind, guess.missing) == ("ignore", ("customer_id", "order_date"))
    dated = guess_of(f"{header},date,total", lambda i: f"{1000 + i},2024-03-{1 + i % 28:02d},{i}.25")
    assert (dated.kind, dated.missing) == ("ignore", ("customer_id",))


def test_counts_of_orders_beside_what_members_spent_stay_counts() -> None:
    guess = guess_of("no of orders,total spent,channel", lambda i: f"{1 + i % 4},{i}.25,web{i % 2}")
    assert (guess.kind, role_of(guess, "no of orders")) == ("customers", "n_orders")


ORDERS = "Order no,Order date,Customer no,"


@pytest.mark.parametrize(
    "header", ["Returned value", "Reversed", "취소금액", "Importo reso", "取消金额", "Cancelled amount"]
)
@pytest.mark.parametrize("nothing", ["", "0"])
def test_money_that_a_heading_says_to_have_gone_back_is_a_refund(header: str, nothing: str) -> None:
    row = lambda i: f"O{i},2024-01-{1 + i % 28},C{i % 9},{20.5 + i},{20.5 + i if i % 7 == 0 else nothing}"  # noqa: E731
    guess = guess_of(f"{ORDERS}Amount,{header}", row)
    assert (role_of(guess, "Amount"), role_of(guess, header)) == ("amount", "refunded")
    flagged = guess_of(f"{ORDERS}Amount,{header}", lambda i: f"O{i},2024-01-02,C{i % 9},{i + 5},{('no', 'yes')[i % 2]}")
    assert role_of(flagged, header) != "refunded"


@pytest.mark.parametrize(
    ("amount", "header", "codes", "role"),
    [
        ("Amount", "Cur", ("EUR", "USD"), "currency"),
        ("Amount", "Mon", ("EUR", "EUR"), "currency"),
        ("Amount", "Site", ("EUR", "WEB"), "ignore"),
        ("Amount (EUR)", "Charged in", ("EUR", "USD"), "ignore"),
    ],
)
def test_a_column_of_codes_of_currencies_is_the_currency_whatever_its_heading(
    amount: str, header: str, codes: tuple[str, str], role: str
) -> None:
    guess = guess_of(
        f"{ORDERS}{amount},{header}", lambda i: f"O{i},2024-01-{1 + i % 28},C{i % 9},{20 + i}.50,{codes[i % 2]}"
    )
    assert role_of(guess, header) == role


@pytest.mark.parametrize(("first", "second"), [("Pcs", "Unit"), ("Unit", "Pcs")])
def test_pieces_are_the_quantity_beside_the_price_of_a_unit(first: str, second: str) -> None:
    cell = {"Pcs": lambda i: i % 7 + 1, "Unit": lambda i: (12.5, 18)[i % 2]}
    line = lambda i: cell["Pcs"](i) * cell["Unit"](i)  # noqa: E731
    row = lambda i: (  # noqa: E731
        f"O{i},2024-01-{1 + i % 28},C{i % 9},P{i % 5},{cell[first](i)},{cell[second](i)},{line(i)}"
    )
    guess = guess_of(f"{ORDERS}Product,{first},{second},Line value", row)
    assert (role_of(guess, "Pcs"), role_of(guess, "Line value")) == ("quantity", "amount")
