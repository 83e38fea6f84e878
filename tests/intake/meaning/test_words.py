"""What words of cells mean, in many languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import analysis.intake.meaning.words as module
from analysis.intake.meaning.words import folded, words_of

LISTS = ("states", "row_types", "directions", "nobody")

STATES = {
    "sale": ["Bezahlt", "已发货", "Livrée", "Entregado", "Consegnato", "Verzonden",
             "Dostarczone", "Доставлен", "発送済み",
             "배송완료", "تم الدفع", "ชำระแล้ว", "Teslim edildi", "Skickad",
             "unfulfilled", "卖家已发货，等待买家确认"],
    "cancelled": ["Storniert", "已取消", "Annulée", "Cancelado", "Annullato",
             "Geannuleerd", "Anulowane", "Отменён",
                  "キャンセル済み", "취소됨", "ملغي", "ยกเลิกแล้ว", "İptal edildi", "Avbruten", "Void", "(取消)等待付款"],
    "refunded": ["Zurückerstattet", "已退款", "Remboursé", "Reembolsado",
             "Rimborsato", "Terugbetaald", "Zwrócono", "Возврат",
                 "返金済み", "환불완료", "คืนเงินแล้ว", "İade edildi", "wc-refunded"],
    "open": ["Entwurf", "草稿", "Brouillon", "Borrador", "Bozza", "Szkic",
             "Черновик", "見積", "보류", "Quotation Sent",
             "on-hold", "Pending", "Taslak", "Disputed"],
    "unpaid": ["Unbezahlt", "待付款", "Impayé", "Pendiente de pago", "Non pagato",
             "Onbetaald", "Nieopłacone",
               "Не оплачен", "未払い", "미결제", "Ödenmedi", "past_due", "Offen"],
    "stands": ["退款失败", "not returned", "refund declined", "无售后或售后取消"],
    "partial": ["Partially refunded", "部分退款", "Teilweise erstattet"],
    "won": ["Closed Won", "赢单", "Gewonnen"],
    "lost": ["Closed Lost", "输单", "Verloren", "Perdu"],
    "unknown": ["Zustand 7", "17", "蓝色"],
}  # fmt: skip
TYPES = {
    "return": ["Payment Refund", "shop_order_refund", "Sales credit note", "退货单", "Gutschrift", "Avoir"],
    "transfer": ["General Withdrawal", "General Currency Conversion", "提现", "Auszahlung", "Bank Deposit"],
    "fee": ["Service Fee", "手续费", "Gebühren"],
    "line": ["Sale Line", "Line Item", "商品明细"],
    "payment": ["Express Checkout Payment", "收款单", "Zahlung"],
    "sale": ["Sale", "Sales invoice", "shop_order", "消费", "Rechnung"],
    "quote": ["Estimate", "报价单", "Devis"],
    "purchase": ["Bill", "采购", "Expense"],
}


@pytest.mark.parametrize(
    ("name", "meaning", "cell"),
    [
        (name, meaning, cell)
        for name, groups in (("states", STATES), ("row_types", TYPES))
        for meaning, cells in groups.items()
        for cell in cells
    ],
)
def test_a_word_means_what_people_mean_by_it(name: str, meaning: str, cell: str) -> None:
    assert words_of(name).meaning(cell) == meaning


@pytest.mark.parametrize("cell", ["收入", "Cr", "CREDIT", "Haben", "money in"])
def test_money_that_came_in_is_told_from_money_that_went(cell: str) -> None:
    assert words_of("directions").meaning(cell) == "received"


@pytest.mark.parametrize("name", LISTS)
def test_no_whole_cell_means_two_things(name: str) -> None:
    read = tomllib.loads((Path(module.__file__).with_name(f"{name}.toml")).read_text("utf-8"))
    seen: dict[str, str] = {}
    for meaning, entry in read.items():
        for word in map(folded, entry.get("is", ())):
            assert seen.setdefault(word, meaning) == meaning, word
