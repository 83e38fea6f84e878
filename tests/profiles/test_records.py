"""Events, feedback, referrals and contacts: read, set aside, reduced to features, all worked by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.act.reach import refusals
from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import with_kind
from analysis.recipe import Recipe
from analysis.study import prepare, suggest

ORDERS = (
    "customer id,order id,order date,amount\n"
    "a,1,2024-05-01,100\na,2,2024-06-01,50\nb,3,2024-05-20,30\nb,4,2024-07-15,999\nc,5,2024-06-29,7\n"
)
EVENTS = (
    "user id,event,event time\n"
    "a,login,2024-06-29 09:00:00\na,search,2024-06-29 09:29:00\na,search,2024-06-29 09:59:01\n"
    "a,login,2024-04-10 22:00:00\nb,login,2024-06-30 07:00:00\nb,login,2024-07-02 08:00:00\n"
    ",login,2024-06-30 07:00:00\nb,login,soon\n"
)
FEEDBACK = (
    "customer id,feedback date,rating,nps score,feedback type\n"
    "a,2024-06-01,5,9,praise\na,2024-06-10,2,6,Complaint: late\nb,2024-06-20,3,8,question\nc,2024-07-20,1,0,complaint\n"
)
REFERRALS = (
    "referrer id,referred id,referral date\n"
    "a,b,2024-05-01\na,b,2024-05-02\na,c,2024-06-01\na,nobody,2024-06-01\nb,b,2024-06-01\nb,c,2024-07-20\n"
)
CONTACTS = (
    "customer id,contact date,contact channel,campaign,answered\n"
    "a,2024-06-01,sms,spring,yes\na,2024-06-08,sms,spring,no\na,2024-06-28,email,spring,\nb,2024-06-02,email,spring,已回复\n"
    "b,2024-07-09,email,spring,yes\n"
)
CONSENTS = (
    "customer id,channel,consent status,consent date,source,expires at\n"
    "a,sms,granted,2024-01-01,shop,\na,sms,withdrawn,2024-03-01,phone,\na,email,granted,2023-01-01,web,2024-06-29\n"
    "b,sms,withdrawn,2023-01-01,web,\nb,sms,granted,2024-02-01,app,2024-06-30\nb,email,refused,2024-02-01,web,\n"
    "stranger,sms,granted,2024-01-01,web,\n"
)
DAY = date(2024, 6, 30)


def prepared(*texts: str, **changes):
    tables = [table for i, text in enumerate(texts) for table in read_file(text.encode(), name=f"{i}.csv")]
    return prepare(tables, suggest(tables).model_copy(update={"as_of": DAY, **changes}))


def customers(*texts: str, **changes) -> pd.DataFrame:
    return prepared(*texts, **changes).profiles.customers.set_index("customer_id")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (ORDERS, "orders"), (EVENTS, "events"), (FEEDBACK, "feedback"), (REFERRALS, "referrals"),
        (CONTACTS, "contacts"), (CONSENTS, "consents"),
        ("会员号,渠道,是否同意,授权时间\n1,短信,是,2024-1-1\n1,短信,否,2024-2-1\n2,邮件,是,2024-1-1\n", "consents"),
        ("会员号,访问时间,页面\n1,2024-01-01 08:00,首页\n1,2024-01-02 08:00,详情\n2,2024-01-02 09:00,首页\n", "events"),
        ("会员号,评价时间,评分,评论\n1,2024-01-01,5,好\n1,2024-01-02,1,差\n2,2024-01-02,3,中\n", "feedback"),
        ("推荐人,被推荐人,推荐日期\n1,2,2024-01-01\n1,3,2024-01-02\n2,4,2024-01-02\n", "referrals"),
        ("会员号,发送时间,触达渠道,回复\n1,2024-01-01,短信,是\n2,2024-01-02,电话,否\n2,2024-01-03,电话,\n", "contacts"),
        ("customer id,rating,date\n1,5,2024-01-01\n2,4,2024-01-02\n3,1,2024-01-03\n", "feedback"),
        ("customer id,rating,signup date,city\n1,5,2024-01-01,x\n2,4,2024-01-02,y\n3,1,2024-01-03,x\n", "customers"),
    ],
)  # fmt: skip
def test_headers_tell_the_kinds_of_tables_apart(text: str, kind: str) -> None:
    [guess] = inspect(read_file(text.encode(), name="a.csv"))
    assert guess.kind == kind


def test_events_become_visits_hours_and_features_up_to_the_day() -> None:
    found = prepared(ORDERS, EVENTS)
    frame = found.profiles.customers.set_index("customer_id")
    # a: 9:00 and 9:29 are one visit, 9:59:01 is more than half an hour later, and one visit in April.
    assert frame.loc["a", ["visits_last_30_days", "visits_last_90_days", "days_since_visit"]].tolist() == [2, 3, 1]
    assert frame.loc["b", ["visits_last_30_days", "visits_last_90_days", "days_since_visit"]].tolist() == [1, 1, 0]
    assert frame.loc["c", "visits_last_30_days"] == 0 and pd.isna(frame.loc["c", "days_since_visit"])
    assert frame.loc["a", ["active_hours", "n_features_used", "favourite_feature"]].tolist() == ["morning", 2, "login"]
    [count] = [count for count in found.standard.counts if count.kind == "events"]
    assert (count.read, count.kept, count.set_aside) == (8, 6, {"date_unreadable": 1, "no_customer": 1})


def test_a_session_of_the_file_is_a_visit() -> None:
    text = "user id,event,event time,session id\n"
    text += "a,x,2024-06-29 09:00,s1\na,y,2024-06-29 12:00,s1\na,x,2024-06-29 12:01,s2\n"
    assert customers(ORDERS, text).loc["a", "visits_last_30_days"] == 2


def test_feedback_becomes_ratings_complaints_and_classes() -> None:
    frame = customers(ORDERS, FEEDBACK)
    expected = {
        "n_ratings": 2, "mean_rating": 3.5, "n_complaints": 1, "days_since_feedback": 20,
        "satisfaction": "dissatisfied", "nps_class": "detractor",
    }  # fmt: skip
    assert frame.loc["a", list(expected)].to_dict() == expected
    assert frame.loc["b", ["satisfaction", "nps_class"]].tolist() == ["neutral", "passive"]
    assert frame.loc["c", "n_ratings"] == 0 and pd.isna(frame.loc["c", "satisfaction"])  # hers lies after the day


def test_referrals_count_each_pair_once_and_what_it_brought() -> None:
    frame = customers(ORDERS, REFERRALS)
    # b spent 30 by the day (999 lies after it), c 7; "nobody" has no order; b's own and July's do not count.
    assert frame.loc["a", ["referrals_made", "referrals_converted", "referral_spend"]].tolist() == [3, 2, 37]
    assert frame.loc["b", "referrals_made"] == 0


def test_contacts_become_sent_answered_and_the_last_day() -> None:
    frame = customers(ORDERS, CONTACTS)
    keys = ["contacts_sent", "contacts_answered", "answer_rate", "days_since_contact", "favourite_contact_channel"]
    assert frame.loc["a", keys].tolist() == [3, 1, pytest.approx(1 / 3), 2, "sms"]
    assert frame.loc["b", keys].tolist() == [1, 1, 1, 28, "email"]


def test_records_alone_make_profiles_and_the_day_follows_their_last_date() -> None:
    frame = prepared(EVENTS, as_of="latest").profiles
    assert frame.as_of == date(2024, 7, 3)
    assert list(frame.customers["customer_id"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("name,when\nx,2024-01-01\ny,2024-01-02\n", "events", "no_customer_column"),
        ("customer id,what\n1,x\n2,y\n1,z\n", "events", "no_time_column"),
        ("customer id,date\n1,2024-01-01\n2,2024-01-02\n", "feedback", "no_feedback_column"),
        ("customer id,date\n1,2024-01-01\n2,2024-01-02\n", "referrals", "no_referral_columns"),
        ("customer id,event,event time\n1,x,soon\n2,y,later\n", "events", "no_time_column"),
    ],
)
def test_records_that_lack_what_they_need_are_refused(text: str, kind, code: str) -> None:
    tables = read_file(text.encode(), name="a.csv")
    recipe = with_kind(Recipe(), tables, tables[0], kind)
    with pytest.raises(AnalysisError) as refusal:
        prepare(tables, recipe)
    assert refusal.value.code == code


def test_a_log_of_consents_says_who_may_be_contacted_and_how() -> None:
    # a: sms taken back, e-mail ended the day before; b: sms to this day; c said nothing; the stranger is no customer.
    found = customers(ORDERS, CONSENTS)
    assert found["may_contact"].to_dict() == {"a": "refused", "b": "allowed", "c": "unknown"}
    assert found["consent_channels"].dropna().to_dict() == {"b": "sms"}


def test_the_stricter_of_a_log_and_of_the_customers_table_counts() -> None:
    members = "customer id,name,do not contact\na,Ann,no\nb,Bo,yes\nc,Cy,no\n"
    assert customers(ORDERS, members)["may_contact"].to_dict() == {"a": "allowed", "b": "refused", "c": "allowed"}
    assert customers(ORDERS, members, CONSENTS)["may_contact"].to_dict() == {
        "a": "refused", "b": "refused", "c": "unknown",
    }  # fmt: skip


def test_a_log_without_answers_or_days_is_refused() -> None:
    lacking = "customer id,consent date,source\na,2024-01-01,web\na,2024-02-01,web\n"
    [table] = read_file(lacking.encode(), name="1.csv")
    orders = read_file(ORDERS.encode(), name="0.csv")
    recipe = with_kind(suggest([*orders, table]), [*orders, table], table, "consents")
    with pytest.raises(AnalysisError, match="no_consent_column"):
        prepare([*orders, table], recipe)


def said_on_orders(header: str, *cells: str) -> dict[str, str]:
    """Return who may be contacted, by cells of customers a (May, then June), b and c."""
    lines = zip(("a,1,2024-05-01", "a,2,2024-06-01", "b,3,2024-05-20", "c,5,2024-06-20"), cells, strict=True)
    rows = "".join(f"{line},10,{cell}\n" for line, cell in lines)
    found = prepared(f"customer id,order id,order date,amount,{header}\n{rows}").profiles.customers
    return {} if "may_contact" not in found else dict(zip(found["customer_id"], found["may_contact"], strict=True))


@pytest.mark.parametrize(
    ("header", "cells", "wanted"),
    [
        ("Accepts Marketing", ("yes", "no", "yes", "no"), ("refused", "allowed", "refused")),  # the latest counts
        ("营销同意", ("否", "是", "是", ""), ("allowed", "allowed", "unknown")),
        ("Marketing consent", ("granted", "withdrawn", "granted", "?"), ("refused", "allowed", "unknown")),
        ("Opt in", ("x", "", "", "x"), ("allowed", "unknown", "allowed")),
        ("Do not contact", ("no", "yes", "no", "no"), ("refused", "allowed", "allowed")),
        ("退订", ("是", "", "", ""), ("refused", "allowed", "allowed")),  # nothing does not take a tick back
    ],
)
def test_what_orders_say_of_being_contacted_is_a_log_of_consents(header, cells, wanted):
    assert said_on_orders(header, *cells) == dict(zip("abc", wanted, strict=True))


HEADS = (
    "order id,customer id,order date,{}\n1,a,2024-05-01,{}\n2,a,2024-06-01,{}\n3,b,2024-05-20,{}\n5,c,2024-06-20,{}\n"
)
LINES = "order id,product,quantity,amount\n" + "".join(f"{order},tea,1,{n}\n" for n, order in enumerate("11223335", 7))


def allowed_by(found, channel):
    return "".join(found.customers["customer_id"][refusals(found, channel) == ""])


@pytest.mark.parametrize(
    ("header", "cells", "states", "sms", "email"),
    [
        ("Accepts marketing", ("yes", "no", "yes", "yes"), ("refused", "allowed", "allowed"), "bc", "bc"),
        ("免打扰", ("否", "是", "否", "否"), ("refused", "allowed", "allowed"), "bc", "bc"),
        ("Accepts SMS marketing", ("no", "yes", "no", ""), ("allowed", "refused", "unknown"), "a", ""),
        ("是否订阅邮件", ("是", "是", "否", "是"), ("allowed", "refused", "allowed"), "", "ac"),
        # Beside a column of its own an answer in general is one for the other ways.
        ("Accepts marketing,Accepts SMS marketing", ("no,no", "yes,no", "no,yes", "no,no"),
         ("allowed", "allowed", "refused"), "b", "a"),
        ("Werbesperre,Newsletter", ("nein,ja", "ja,ja", "nein,ja", "nein,nein"),
         ("refused", "allowed", "refused"), "", "b"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("apart", [True, False])
def test_consent_stands_on_lines_or_on_a_row_per_order_and_may_be_for_one_way(header, cells, states, sms, email, apart):
    heads = HEADS.format(header, *cells)
    tables = [heads, LINES] if apart else [heads.replace("\n", ",9\n").replace(f"{header},9", f"{header},amount")]
    found = prepared(*tables).profiles
    assert dict(zip(found.customers["customer_id"], found.customers["may_contact"], strict=True)) == dict(
        zip("abc", states, strict=True)
    )
    assert (allowed_by(found, "sms"), allowed_by(found, "email")) == (sms, email)


@pytest.mark.parametrize("header", ["Subscribed", "Newsletter product", "SMS consent text"])
def test_what_may_be_goods_on_an_order_is_no_consent(header):
    assert said_on_orders(header, "yes", "no", "yes", "no") == {}
