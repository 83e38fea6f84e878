"""The RFM page: the answer, the choices that are kept, own cuts, names and merges, refusals."""

from __future__ import annotations

import pytest

from texts import catalogue

from .conftest import MEMBERS, ONE_ORDER, THREE, forget

PAGE = "segments/rfm"


def offered(app) -> list[str]:
    """Return the names of the segments that can be looked at."""
    return [option.replace("\\", "") for option in app.get_by_key("focus_rfm").options]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_answers_with_the_numbers_of_the_study(language, open_page, sample_study, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    # Planted: 345 wholesale buyers and old customers of 1,200 buyers bring 60 % of the money.
    assert "29%" in read_words(app)
    assert "60%" in read_words(app)
    assert "150" in read_words(app)
    assert any((editor.key or "").startswith("edit_rfm_") for editor in app.data_editor)


def test_moves_of_the_slider_are_kept_and_found_again_after_a_restart(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("rfm_n_scores").set_value(3).run()
    assert not app.exception
    assert plan(sample_study, "rfm").params.n_scores == 3
    forget()
    again = open_page(PAGE, study=sample_study)
    assert again.get_by_key("rfm_n_scores").value == 3


@pytest.mark.parametrize("scheme", ["eight_a", "eight_b"])
def test_eight_classes_take_the_mean_and_the_two_digit_map_goes_back_to_equal_parts(
    scheme, open_page, sample_study, plan
):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("rfm_scheme").set_value(scheme).run()
    assert not app.exception
    assert (plan(sample_study, "rfm").params.scheme, plan(sample_study, "rfm").params.cuts) == (scheme, "mean")
    app.get_by_key("rfm_cuts").set_value("own").run()
    assert not app.exception
    assert len(plan(sample_study, "rfm").params.own_frequency) == 1
    app.get_by_key("rfm_own_f_one").set_value(2.0).run()
    assert plan(sample_study, "rfm").params.own_frequency == (2.0,)
    app.get_by_key("rfm_scheme").set_value("two_digit").run()
    assert plan(sample_study, "rfm").params.cuts == "quantile"


def test_own_cuts_start_from_the_present_ones_and_are_kept(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("rfm_cuts").set_value("own").run()
    assert app.get_by_key("rfm_own_r").value == "18, 23, 34, 336"
    assert app.get_by_key("rfm_own_f").value == "1, 3, 4, 5"
    app.get_by_key("rfm_own_r").set_value("30，90, 180").run()
    assert not app.exception
    assert plan(sample_study, "rfm").params.own_recency == (30.0, 90.0, 180.0)


def test_own_cuts_that_cannot_be_read_are_explained_and_change_nothing(open_page, sample_study, plan, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("rfm_cuts").set_value("own").run()
    before = plan(sample_study, "rfm")
    for text, code in (("30, soon", "not_a_number"), ("90, 30", "not_increasing"), ("", "missing")):
        app.get_by_key("rfm_own_r").set_value(text).run()
        assert not app.exception
        start = catalogue()[f"error.cuts_{code}"]["en"].split("{")[0].strip("“") or "“soon”"
        assert start in read_words(app), code
        assert app.get_by_key("rfm_own_r").value == text
        assert plan(sample_study, "rfm") == before
    app.get_by_key("rfm_own_r").set_value("30, 90").run()
    assert not app.error
    assert plan(sample_study, "rfm").params.own_recency == (30.0, 90.0)


def test_name_and_merge_stay_in_a_new_session_and_are_undone_one_by_one(
    open_page, sample_study, plan, edit_cell, read_words
):
    app = open_page(PAGE, study=sample_study)
    app = edit_cell(app, "rfm", 0, name="  VIP <script>  ")
    app = edit_cell(app, "rfm", 2, merge="loyal")
    assert not app.exception
    edits = {edit.segment: edit for edit in plan(sample_study, "rfm").edits}
    assert edits["champions"].name == "VIP <script>"
    assert edits["potential_loyalists"].merge_into == "loyal"
    forget()
    again = open_page(PAGE, "zh", study=sample_study)
    whose = offered(again)
    assert "VIP <script>" in whose
    assert catalogue()["segment.potential_loyalists"]["zh"] not in whose
    again.get_by_key("undo").click().run()
    assert [edit.segment for edit in plan(sample_study, "rfm").edits] == ["champions"]
    again.get_by_key("undo").click().run()
    assert plan(sample_study, "rfm").edits == ()


def test_merge_into_itself_is_refused_with_a_sentence(open_page, sample_study, plan, edit_cell, read_words):
    app = edit_cell(open_page(PAGE, study=sample_study), "rfm", 1, merge="loyal")
    assert catalogue()["error.edit_merge_into_itself"]["en"] in read_words(app)
    assert plan(sample_study, "rfm").edits == ()


def test_hidden_segment_leaves_the_lists_and_can_come_back(open_page, sample_study, edit_cell):
    app = edit_cell(open_page(PAGE, study=sample_study), "rfm", 0, hide=True)
    assert "Champions" not in offered(app)
    app = edit_cell(app, "rfm", 0, hide=False)
    assert "Champions" in offered(app)


def test_a_segment_chosen_to_look_at_says_what_to_do_and_has_its_customers_listed(
    open_page, sample_study, look, read_words
):
    app = look(open_page(PAGE, study=sample_study), "rfm", "customers")
    app.get_by_key("focus_rfm").set_value("at_risk").run()
    assert not app.exception
    assert app.get_by_key("customers_rfm").value == "at_risk"
    assert catalogue()["segment.at_risk.advice"]["en"] in read_words(app)
    app = look(app, "rfm", "meaning")
    app.get_by_key("look_list_rfm").click().run()
    assert not app.exception
    assert any("Phone" in table.value for table in app.dataframe)
    app.get_by_key("look_test_rfm").click().run()
    assert not app.exception
    assert app.get_by_key("plan_source_new").value == "rfm|at_risk"


def test_customers_are_masked_until_the_visitor_asks(open_page, sample_study, look):
    def phones(app):
        return next(table.value for table in app.dataframe if "Phone" in table.value)["Phone"]

    app = look(open_page(PAGE, study=sample_study), "rfm", "customers")
    assert len(phones(app)) == 206
    assert phones(app).str.fullmatch(r"1\d\d\*{4}\d{4}").all()
    app.get_by_key("unmasked").set_value(True).run()
    app.get_by_key("unmask_reason").set_value("a call").run()
    assert not phones(app).str.contains("*", regex=False).any()


def test_frequency_cuts_that_collapse_lead_to_own_cuts_in_one_click(open_page, make_study, plan, read_words):
    study = make_study(ONE_ORDER)
    app = open_page(PAGE, study=study)
    assert "frequency scores are in use" in read_words(app)
    app.get_by_key("use_own_rfm_f_cuts_collapse").click().run()
    assert not app.exception
    params = plan(study, "rfm").params
    assert params.cuts == "own"
    assert params.own_frequency[0] == 1.0
    assert len(params.own_frequency) > 1


def test_customers_without_orders_learn_what_is_missing(open_page, make_study, read_words):
    app = open_page(PAGE, "zh", study=make_study(MEMBERS))
    assert not app.exception
    assert "距上次下单天数" in read_words(app)
    assert "recency_days" not in read_words(app)
    assert "订单" in read_words(app)


def test_three_customers_are_refused_until_there_are_fewer_scores(open_page, make_study, plan, read_words):
    study = make_study(THREE)
    app = open_page(PAGE, study=study)
    assert "Only 3 customers for 5 scores" in read_words(app)
    app.get_by_key("rfm_n_scores").set_value(3).run()
    assert not app.exception
    assert not app.error
    assert any((editor.key or "").startswith("edit_rfm_") for editor in app.data_editor)


def test_own_cuts_help_three_customers_too(open_page, make_study, plan):
    study = make_study(THREE)
    app = open_page(PAGE, study=study)
    next(button for button in app.button if button.label == catalogue()["rfm.use_own"]["en"]).click().run()
    assert not app.exception
    assert not app.error
    assert plan(study, "rfm").params.cuts == "own"


def test_code_on_the_page_gives_the_same_segments(open_page, sample_study, root, monkeypatch):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("rfm_scheme").set_value("eight_a").run()
    app = open_page(PAGE, study=sample_study)
    code = next(block.value for block in app.get("code") if "plan" in block.value)
    monkeypatch.chdir(root / "sample_data")
    found: dict[str, object] = {}
    exec(code, found)
    shown = offered(app)
    assert len(found["segmentation"].segments) == len(shown)


def test_eleven_classes_are_checked_and_their_boxes_can_be_changed(open_page, sample_study, plan, read_words, look):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("rfm_scheme").set_value("boxes").run()
    app = look(app, "rfm", "boxes")
    assert not app.exception
    assert "36 of 125 codes" in read_words(app)
    assert "New, Promising, Can't lose, Lost" in read_words(app).replace("’", "'")
    key = next(editor.key for editor in app.data_editor if (editor.key or "").startswith("rfm_boxes_"))
    app.session_state[key] = {"edited_rows": {9: {"name": "Rest", "r_high": 5, "f_high": 5, "m_high": 5}}}
    app.run()
    assert not app.exception
    assert plan(sample_study, "rfm").params.boxes[9].name == "Rest"
    assert "All 125 codes belong to a box." in read_words(app)


def test_interval_one_time_buyers_weights_and_business_cuts_are_kept(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("rfm_cuts").set_value("interval").run()
    app.get_by_key("rfm_one_time").set_value(True).run()
    app.get_by_key("rfm_weight_r").set_value(3.0).run()
    assert not app.exception
    params = plan(sample_study, "rfm").params
    assert (params.cuts, params.one_time_apart, params.weights) == ("interval", True, (3.0, 1.0, 1.0))
    app.get_by_key("rfm_business").click().run()
    assert not app.exception
    assert plan(sample_study, "rfm").params.own_recency == (30.0, 90.0)
    assert app.get_by_key("rfm_own_f").value == "1, 4"
