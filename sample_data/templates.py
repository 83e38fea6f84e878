"""The empty templates: two sheets with headers; what a column means stands in a note on its header, never in a row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TemplateColumn:
    """One column: its header, its note, and the Excel number format of its cells (``@`` keeps text as typed)."""

    header: str
    note: str
    number_format: str = "General"


@dataclass(frozen=True)
class Template:
    """One template workbook: sheet name → columns."""

    name: str
    sheets: dict[str, tuple[TemplateColumn, ...]]


_DATE, _TIME, _TEXT, _MONEY = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "@", "0.00"

ENGLISH = Template("template_en", {
    "Orders": (
        TemplateColumn("Order ID", "The number of the order. Lines with the same number are one order. May stay empty "
                       "if you have none.", _TEXT),
        TemplateColumn("Customer ID", "Needed. The same customer always has the same id, here and in the sheet "
                       "Customers.", _TEXT),
        TemplateColumn("Order Date", "Needed. Day, or day and time, for example 2025-06-18 or 2025-06-18 20:15.",
                       _TIME),
        TemplateColumn("Product", "What was bought."),
        TemplateColumn("Category", "The product's category, for example Tea."),
        TemplateColumn("Quantity", "How many pieces. A return is a negative number.", "0"),
        TemplateColumn("Unit Price", "List price of one piece, without a currency sign.", _MONEY),
        TemplateColumn("Discount", "What was taken off this line, as an amount of money.", _MONEY),
        TemplateColumn("Amount Paid", "What the customer paid for this line. Without it, quantity × unit price is "
                       "used.", _MONEY),
        TemplateColumn("Status", "For example Completed, Cancelled or Refunded. Cancelled and refunded lines are left "
                       "out of the sums."),
        TemplateColumn("Sales Channel", "Where it was sold, for example Shop, Website or Marketplace."),
        TemplateColumn("Region", "State, province or country."),
        TemplateColumn("City", "The customer's city."),
    ),
    "Customers": (
        TemplateColumn("Customer ID", "Needed. One row per customer, with the id used in the sheet Orders.", _TEXT),
        TemplateColumn("Name", "Masked on screen and in exports unless you unmask it.", _TEXT),
        TemplateColumn("Gender", "For example Female or Male."),
        TemplateColumn("Birth Year", "Four digits, for example 1988.", "0"),
        TemplateColumn("Phone", "Kept as text, so that leading zeros stay. Masked like the name.", _TEXT),
        TemplateColumn("Email", "Masked like the name.", _TEXT),
        TemplateColumn("Region", "State, province or country."),
        TemplateColumn("City", "The customer's city."),
        TemplateColumn("Member Level", "For example Standard, Silver or Gold."),
        TemplateColumn("Signup Date", "The day the customer registered, for example 2024-03-05.", _DATE),
        TemplateColumn("Acquisition Channel", "How the customer found you, for example Referral or Search."),
    ),
})  # fmt: skip

CHINESE = Template("template_zh", {
    "订单": (
        TemplateColumn("订单编号", "同一编号的多行算作一笔订单。没有编号可以留空。", _TEXT),
        TemplateColumn("会员号", "必填。同一位客户始终用同一个编号，并与“会员”表一致。", _TEXT),
        TemplateColumn("下单时间", "必填。写日期或日期加时间，例如 2025-06-18 或 2025-06-18 20:15。", _TIME),
        TemplateColumn("商品名称", "买了什么。"),
        TemplateColumn("品类", "商品所属的品类，例如绿茶。"),
        TemplateColumn("数量", "件数。退货填负数。", "0"),
        TemplateColumn("单价", "一件的标价，不带货币符号。", _MONEY),
        TemplateColumn("优惠金额", "这一行优惠了多少钱。", _MONEY),
        TemplateColumn("实付金额", "客户为这一行实际付了多少钱。没有这一列时按“数量 × 单价”计算。", _MONEY),
        TemplateColumn("订单状态", "例如交易成功、已取消、退款成功。已取消和已退款的行不计入金额。"),
        TemplateColumn("渠道", "在哪里卖出的，例如门店、天猫、微信小程序。"),
        TemplateColumn("省份", "客户所在的省份。"),
        TemplateColumn("城市", "客户所在的城市。"),
    ),
    "会员": (
        TemplateColumn("会员号", "必填。每位客户一行，编号与“订单”表一致。", _TEXT),
        TemplateColumn("姓名", "默认在屏幕上和导出的文件里都会打码。", _TEXT),
        TemplateColumn("性别", "填男或女。"),
        TemplateColumn("出生年份", "四位数字，例如 1988。", "0"),
        TemplateColumn("手机号", "按文本保存，默认打码。", _TEXT),
        TemplateColumn("邮箱", "默认打码。", _TEXT),
        TemplateColumn("省份", "客户所在的省份。"),
        TemplateColumn("城市", "客户所在的城市。"),
        TemplateColumn("会员等级", "例如普通会员、银卡会员、金卡会员。"),
        TemplateColumn("注册日期", "成为会员的日期，例如 2024-03-05。", _DATE),
        TemplateColumn("来源渠道", "客户从哪里来，例如朋友推荐、抖音、门店。"),
    ),
})  # fmt: skip
TEMPLATES = (ENGLISH, CHINESE)
