"""The Overview on the sample data, in both languages; on a customers table alone; with a period and a filter."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from texts import LANGUAGES, Translator


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value.replace("\\", "") for metric in app.metric}


def look(app: AppTest, view: str) -> AppTest:
    """Open one of the views below the cards."""
    control = next(one for one in app.segmented_control if (one.key or "").startswith("overview_view"))
    return control.set_value(view).run()


def said(app: AppTest) -> str:
    return " ".join(str(one.value) for one in [*app.markdown, *app.caption]).replace("\\", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_shop_is_described_in_figures_and_words(language, open_page, make_study, root):
    t = Translator(language, "CNY")
    app = open_page("customers/overview", language, study=make_study(root / "sample_data" / "中文店铺.xlsx"))
    assert not app.exception, app.exception
    assert not app.error
    assert t("overview.read.some", read=7919, tables=2, left=340) in said(app)
    look(app, "figures")
    assert not app.exception, app.exception
    shown = metrics(app)
    assert shown[t("overview.figure.customers")] == "1,350"
    assert shown[t("overview.figure.buyers")] == "1,200"
    assert shown[t("overview.figure.orders")] == "4,785"
    assert shown[t("overview.figure.revenue")].endswith("1,007,697")
    assert t("overview.figure.new_buyers") not in shown
    words = said(app)
    assert t("overview.answer.repurchase", share=830 / 1200, n=1200) in words
    assert ("In the last 90 days revenue was 56% lower" if language == "en" else "最近 90 天的销售额比此前") in words
    for view in ("people", "return", "products"):
        look(app, view)
        assert not app.exception, (view, app.exception)
        assert not app.error


def test_a_shorter_period_shows_changes_and_new_buyers(open_page, make_study, root):
    app = open_page("customers/overview", "en", study=make_study(root / "sample_data" / "中文店铺.xlsx"))
    look(app, "figures")
    period = next(one for one in app.segmented_control if one.label == "Period")
    period.set_value("last_90_days").run()
    assert not app.exception, app.exception
    assert metrics(app)["New buyers"] == "370"
    deltas = {metric.label: metric.delta for metric in app.metric}
    assert deltas["Orders"].startswith("+") or deltas["Orders"].startswith("×")
    assert deltas["Revenue"].startswith("-")
    assert "Revenue is 56% lower than in the 90 days before." in said(app)


def test_the_period_is_kept_when_the_page_is_left(open_page, make_study, root):
    app = look(
        open_page("customers/overview", "en", study=make_study(root / "sample_data" / "中文店铺.xlsx")), "figures"
    )
    next(one for one in app.segmented_control if one.label == "Period").set_value("last_30_days").run()
    orders = metrics(app)["Orders"]
    app.switch_page("../pages/segments/rfm.py").run()
    app.switch_page("../pages/customers/overview.py").run()
    assert next(one for one in app.segmented_control if one.label == "Period").value == "last_30_days"
    assert metrics(app)["Orders"] == orders


def test_period_filter_and_dimension_are_found_again_after_a_refresh(open_page, make_study, root):
    study = make_study(root / "sample_data" / "中文店铺.xlsx")
    app = look(open_page("customers/overview", "en", study=study), "people")
    next(one for one in app.segmented_control if one.label == "Period").set_value("last_90_days").run()
    next(one for one in app.multiselect if one.label == "Region").set_value(["浙江省"]).run()
    next(one for one in app.segmented_control if one.label == "Dimension").set_value("risk").run()
    figures = metrics(look(app, "figures"))
    again = look(open_page("customers/overview", "en", study=study), "people")
    assert next(one for one in again.segmented_control if one.label == "Period").value == "last_90_days"
    assert next(one for one in again.multiselect if one.label == "Region").value == ["浙江省"]
    assert next(one for one in again.segmented_control if one.label == "Dimension").value == "risk"
    assert metrics(look(again, "figures")) == figures
    assert not again.warning


def test_a_filter_narrows_the_figures(open_page, make_study, root):
    app = open_page("customers/overview", "en", study=make_study(root / "sample_data" / "中文店铺.xlsx"))
    look(app, "figures")
    region = next(one for one in app.multiselect if one.label == "Region")
    region.set_value(["浙江省"]).run()
    assert not app.exception, app.exception
    assert 0 < int(metrics(app)["Orders"].replace(",", "")) < 4785
    next(one for one in app.button if one.label == "Clear filters").click().run()
    assert metrics(app)["Orders"] == "4,785"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dimension_opens(language, open_page, make_study, root):
    app = open_page("customers/overview", language, study=make_study(root / "sample_data" / "subscription_en.xlsx"))
    look(app, "people")
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
    assert app.get_by_key("card_list_0")
    assert t("overview.answer.members_add") in said(app)
    look(app, "people")
    assert not app.exception, app.exception


def test_words_of_the_file_are_shown_as_text(open_page, make_study, tmp_path):
    path = tmp_path / "orders.csv"
    name = "![x](http://a.b/c.png)<script>"
    lines = [f"c{i % 9},{i},2024-{i % 6 + 1:02}-11,{i + 1},{name}" for i in range(60)]
    path.write_text("\n".join(["customer id,order id,order date,amount,region", *lines]), "utf-8")
    app = open_page("customers/overview", "en", study=make_study(path))
    assert not app.exception, app.exception
    assert not any("![x](" in str(one.value) for one in [*app.markdown, *app.caption])


def test_a_card_opens_the_plan_of_an_experiment_for_its_segment(open_page, make_study, root):
    app = open_page("customers/overview", "en", study=make_study(root / "sample_data" / "中文店铺.xlsx"))
    assert "January buyers" in said(app)
    app.get_by_key("card_test_0").click().run()
    assert not app.exception, app.exception
    assert app.title[0].value == "Plan"
    assert app.get_by_key("plan_source_new").value == "rfm|champions"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_goal_of_the_study_words_the_first_sentence(language, open_page, make_study, root):
    from analysis.workspace import Workspace

    study = make_study(root / "sample_data" / "中文店铺.xlsx")
    workspace = Workspace.open()
    saved = workspace.load_recipe(study)
    assert saved.recipe is not None
    workspace.save_recipe(study, saved.recipe.model_copy(update={"goal": "win_back"}), saved.revision)
    workspace.close()
    app = open_page("customers/overview", language, study=study)
    assert not app.exception, app.exception
    t = Translator(language, "CNY")
    first = t("cards.win_back", n=310, revenue=1.0).split("310")[1][:8]
    assert first in said(app)


def test_a_decision_stands_on_the_card_of_its_segment(open_page, make_study, root):
    from datetime import UTC, datetime

    from analysis.experiments.record import Audience, Experiment, KeptDecision
    from analysis.workspace import Workspace

    study = make_study(root / "sample_data" / "中文店铺.xlsx")
    now = datetime(2025, 7, 1, tzinfo=UTC)
    workspace = Workspace.open()
    workspace.add_experiment(
        Experiment(
            name="Early access",
            audience=Audience(method="rfm", segment="champions", name="Champions", n=206),
            decision=KeptDecision(verdict="ship", by_rule=None, arm="letter", decided_at=now, read_at=now),
        ),
        study,
    )
    workspace.close()
    app = open_page("customers/overview", "en", study=study)
    assert not app.exception, app.exception
    assert "Early access: Decided 1 Jul 2025" in said(app)
