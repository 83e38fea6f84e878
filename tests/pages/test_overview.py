"""The Overview on the sample data, in both languages; on a customers table alone; with a period and a filter."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from texts import LANGUAGES, Translator


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value.replace("\\", "") for metric in app.metric}


def said(app: AppTest) -> str:
    return " ".join(str(one.value) for one in [*app.markdown, *app.caption]).replace("\\", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_shop_is_described_in_figures_and_words(language, open_page, make_study, root):
    t = Translator(language, "CNY")
    app = open_page("customers/overview", language, study=make_study(root / "sample_data" / "中文店铺.xlsx"))
    assert not app.exception, app.exception
    assert not app.error
    shown = metrics(app)
    assert shown[t("overview.figure.customers")] == "1,350"
    assert shown[t("overview.figure.buyers")] == "1,200"
    assert shown[t("overview.figure.orders")] == "4,785"
    assert shown[t("overview.figure.revenue")].endswith("1,007,697")
    assert t("overview.figure.new_buyers") not in shown
    words = said(app)
    assert t("overview.answer.repurchase", share=830 / 1200, n=1200) in words
    assert t("overview.read.some", read=7919, tables=2, left=340) in words
    headings = [heading.value for heading in app.subheader]
    for section in ("segments", "distributions", "cohorts", "products"):
        assert t(f"overview.section.{section}") in headings


def test_a_shorter_period_shows_changes_and_new_buyers(open_page, make_study, root):
    app = open_page("customers/overview", "en", study=make_study(root / "sample_data" / "中文店铺.xlsx"))
    period = next(one for one in app.segmented_control if one.label == "Period")
    period.set_value("last_90_days").run()
    assert not app.exception, app.exception
    assert metrics(app)["New buyers"] == "370"
    deltas = {metric.label: metric.delta for metric in app.metric}
    assert deltas["Orders"].startswith("+") or deltas["Orders"].startswith("×")
    assert deltas["Revenue"].startswith("-")
    assert "Revenue is 56% lower than in the 90 days before." in said(app)


def test_the_period_is_kept_when_the_page_is_left(open_page, make_study, root):
    app = open_page("customers/overview", "en", study=make_study(root / "sample_data" / "中文店铺.xlsx"))
    next(one for one in app.segmented_control if one.label == "Period").set_value("last_30_days").run()
    orders = metrics(app)["Orders"]
    app.switch_page("../pages/segments/rfm.py").run()
    app.switch_page("../pages/customers/overview.py").run()
    assert next(one for one in app.segmented_control if one.label == "Period").value == "last_30_days"
    assert metrics(app)["Orders"] == orders


def test_period_filter_and_dimension_are_found_again_after_a_refresh(open_page, make_study, root):
    study = make_study(root / "sample_data" / "中文店铺.xlsx")
    app = open_page("customers/overview", "en", study=study)
    next(one for one in app.segmented_control if one.label == "Period").set_value("last_90_days").run()
    next(one for one in app.multiselect if one.label == "Region").set_value(["浙江省"]).run()
    next(one for one in app.segmented_control if one.label == "Dimension").set_value("risk").run()
    figures = metrics(app)
    again = open_page("customers/overview", "en", study=study)
    assert next(one for one in again.segmented_control if one.label == "Period").value == "last_90_days"
    assert next(one for one in again.multiselect if one.label == "Region").value == ["浙江省"]
    assert next(one for one in again.segmented_control if one.label == "Dimension").value == "risk"
    assert metrics(again) == figures
    assert not again.warning


def test_a_filter_narrows_the_figures(open_page, make_study, root):
    app = open_page("customers/overview", "en", study=make_study(root / "sample_data" / "中文店铺.xlsx"))
    region = next(one for one in app.multiselect if one.label == "Region")
    region.set_value(["浙江省"]).run()
    assert not app.exception, app.exception
    assert 0 < int(metrics(app)["Orders"].replace(",", "")) < 4785
    next(one for one in app.button if one.label == "Clear filters").click().run()
    assert metrics(app)["Orders"] == "4,785"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dimension_opens(language, open_page, make_study, root):
    app = open_page("customers/overview", language, study=make_study(root / "sample_data" / "subscription_en.xlsx"))
    label = Translator(language)("overview.dimension")
    options = next(one for one in app.segmented_control if one.label == label).options
    assert len(options) >= 5
    for dimension in ("basic", "behaviour", "value", "risk", "channel"):
        next(one for one in app.segmented_control if one.label == label).set_value(dimension).run()
        assert not app.exception, (dimension, app.exception)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_customers_table_alone_says_what_orders_would_add(language, open_page, make_study, tmp_path):
    path = tmp_path / "members.csv"
    lines = [f"M{i},{'FM'[i % 2]},{20 + i},2024-01-{i % 28 + 1:02}" for i in range(60)]
    path.write_text("\n".join(["member id,gender,age,sign-up date", *lines]), "utf-8")
    app = open_page("customers/overview", language, study=make_study(path))
    assert not app.exception, app.exception
    t = Translator(language)
    assert metrics(app) == {t("overview.figure.customers"): "60"}
    assert t("overview.answer.members", n=60) in said(app)
    assert t("overview.answer.members_add") in said(app)
    assert t("overview.section.distributions") in [heading.value for heading in app.subheader]


def test_words_of_the_file_are_shown_as_text(open_page, make_study, tmp_path):
    path = tmp_path / "orders.csv"
    name = "![x](http://a.b/c.png)<script>"
    lines = [f"c{i % 9},{i},2024-{i % 6 + 1:02}-11,{i + 1},{name}" for i in range(60)]
    path.write_text("\n".join(["customer id,order id,order date,amount,region", *lines]), "utf-8")
    app = open_page("customers/overview", "en", study=make_study(path))
    assert not app.exception, app.exception
    assert not any("![x](" in str(one.value) for one in [*app.markdown, *app.caption])
