"""Headings that are put together of words: each word known, nothing left over."""

from __future__ import annotations

import pytest

from analysis.intake.headings import composed_roles
from analysis.intake.roles import header_score, roles


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Referencia de la venta", "order_id"), ("Belegkennung", "order_id"), ("Nº transação", "order_id"),
        ("Mitgliedskennung", "customer_id"), ("Identifiant de l'adhérent", "customer_id"), ("회원 코드", "customer_id"),
        ("Fecha de la última visita", "last_order_date"), ("前回来店日", "last_order_date"),
        ("Nb d'achats", "n_orders"), ("来店回数", "n_orders"), ("عدد الطلبات", "n_orders"), ("Gesamtausgaben", "spend"),
        ("Giorni dall'ultima visita", "recency_days"), ("距上次到店天数", "recency_days"),
        ("Ville de facturation", "city"), ("Mobile Phone No.", "phone"), ("Adres e-mail klienta", "email"),
        ("Sales Invoice No", "order_id"), ("订单流水号", "order_id"), ("Fecha y hora", "order_date"),
        ("买家付款时间", "order_date"), ("Totale riga", "amount"), ("Zuletzt bestellt", "last_order_date"),
        ("Total de pedidos", "n_orders"), ("Customer Account", "customer_id"), ("Preis netto", "unit_price"),
        ("orderno", "order_id"), ("CustomerCode", "customer_id"), ("Order Total (USD)", "amount"),
    ],
)  # fmt: skip
def test_a_header_of_known_words_names_its_role_in_any_language(header: str, role: str) -> None:
    assert header_score(header, roles()[role]) >= 0.9


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Order tax", "amount"), ("Shipping amount", "amount"), ("Refund amount", "amount"),
        ("Delivery date", "order_date"),
        ("Number of employees", "n_orders"),
        ("Customer status", "level"), ("Days to delivery", "recency_days"), ("buyer name", "customer_id"),
        ("Customer type", "customer_id"),
        ("Kundengruppe", "customer_id"), ("商品数量", "amount"), ("TotalVisits", "n_orders"),
        ("Discount code", "discount"),
    ],
)  # fmt: skip
def test_a_word_more_says_something_else(header: str, role: str) -> None:
    assert role not in composed_roles(header)


def test_very_short_words_stand_by_themselves() -> None:
    assert composed_roles("N° client") == {"customer_id"}
    assert composed_roles("client game") == frozenset()  # g-am-e


def test_a_long_question_is_no_heading() -> None:
    assert composed_roles("how many orders did you place in the last year with us or others in town") == frozenset()
