"""A bound widget shows what is saved, saves what is chosen at once, and belongs to one thing alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest


class Store(dict[str, dict[str, Any]]):
    """What is saved by scope, and how often it was written."""

    writes = 0

    def write(self, scope: str, values: dict[str, Any]) -> None:
        self.writes += 1
        self[scope] = values


def page(store) -> None:
    from datetime import date

    import streamlit as st

    from ui.bound import Bound

    scope = st.session_state.get("scope", "one")
    bind = Bound("page", scope, lambda: store.get(scope, {}), lambda values: store.write(scope, values))
    if st.session_state.get("elsewhere"):
        st.stop()
    options = st.session_state.get("options", ["a", "b", "c"])
    words = {"en": str.upper, "zh": lambda code: f"选{code}"}[st.session_state.get("language", "en")]
    st.selectbox("one", options, format_func=words, **bind.to("one", options[0], offered=options, kind=str))
    st.multiselect("many", options, **bind.to("many", [], offered=options, many=True, kind=list[str]))
    st.text_input("text", **bind.to("text", "", kind=str))
    first, last = date(2024, 1, 1), date(2024, 12, 31)
    st.date_input("days", min_value=first, max_value=last, **bind.to("days", (first, last), kind=tuple[date, date]))


@pytest.fixture
def store() -> Store:
    return Store()


def visit(store: Store, **state: Any) -> AppTest:
    app = AppTest.from_function(page, args=(store,), default_timeout=30)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def held(app: AppTest) -> tuple[Any, ...]:
    return app.selectbox[0].value, app.multiselect[0].value, app.text_input[0].value


def test_what_is_chosen_is_found_on_another_visit_and_looking_writes_nothing(store: Store) -> None:
    from datetime import date

    app = visit(store)
    assert held(app) == ("a", [], "") and store.writes == 0
    app.selectbox[0].set_value("b").run()
    assert store == {"one": {"one": "b"}}
    app.date_input[0].set_value((date(2024, 2, 1), date(2024, 3, 1))).run()
    again = visit(store)
    assert held(again) == ("b", [], "")
    assert again.date_input[0].value == (date(2024, 2, 1), date(2024, 3, 1))
    assert store["one"]["days"] == ["2024-02-01", "2024-03-01"] and store.writes == 2


def test_what_was_typed_before_a_click_that_leaves_the_page_is_kept_in_one_write(store: Store) -> None:
    app = visit(store)
    app.text_input[0].set_value("typed")
    app.multiselect[0].set_value(["c"])
    app.session_state["elsewhere"] = True
    app.run()
    assert store == {"one": {"text": "typed", "many": ["c"]}} and store.writes == 1
    app.session_state["elsewhere"] = False
    assert held(app.run()) == ("a", ["c"], "typed")


def test_an_option_that_vanishes_shows_the_default_and_comes_back_with_the_data(store: Store) -> None:
    app = visit(store)
    app.selectbox[0].set_value("c").run()
    app.session_state["options"] = ["a", "b"]
    assert held(app.run())[0] == "a"
    app.text_input[0].set_value("x").run()
    assert store["one"] == {"one": "c", "text": "x"}, "what is not offered now is not lost"
    assert held(visit(store, options=["a", "b"]))[0] == "a"
    assert held(visit(store))[0] == "c"


def test_nothing_leaks_from_one_study_to_another(store: Store) -> None:
    app = visit(store)
    app.text_input[0].set_value("mine").run()
    app.session_state["scope"] = "two"
    assert held(app.run()) == ("a", [], "")
    app.text_input[0].set_value("other").run()
    app.session_state["scope"] = "one"
    assert held(app.run())[2] == "mine"
    assert store == {"one": {"text": "mine"}, "two": {"text": "other"}}


def test_two_visits_change_different_fields_of_one_study_and_lose_neither(store: Store) -> None:
    first, second = visit(store), visit(store)
    first.text_input[0].set_value("from the first").run()
    second.selectbox[0].set_value("b").run()
    assert store["one"] == {"text": "from the first", "one": "b"}
    assert held(second) == ("b", [], "from the first")
    assert held(first.run()) == ("b", [], "from the first")


def test_a_choice_stays_when_the_language_is_switched(store: Store) -> None:
    app = visit(store)
    app.selectbox[0].set_value("b").run()
    app.session_state["language"] = "zh"
    assert held(app.run())[0] == "b"
    assert store.writes == 1


@pytest.mark.parametrize("saved", [{"one": 7}, {"many": "a"}, {"days": ["2024-01-01"]}, {"days": "x"}, {"text": None}])
def test_what_was_saved_and_does_not_fit_is_shown_as_the_default(store: Store, saved: dict[str, Any]) -> None:
    store["one"] = saved
    assert held(visit(store)) == ("a", [], "")


def test_half_a_period_is_not_saved_and_stays_on_the_screen(store: Store) -> None:
    from datetime import date

    app = visit(store)
    app.date_input[0].set_value((date(2024, 5, 1),)).run()
    assert not app.exception, app.exception
    assert app.date_input[0].value == (date(2024, 5, 1),)
    assert store.writes == 0


def test_of_several_those_that_are_still_offered_are_shown(store: Store) -> None:
    store["one"] = {"many": ["c", "a"]}
    assert held(visit(store, options=["a", "b"]))[1] == ["a"]
    assert held(visit(store, options=["b"]))[1] == []
    assert held(visit(store))[1] == ["c", "a"] and store.writes == 0


def rules(saved) -> None:
    import streamlit as st

    from analysis.errors import AnalysisError
    from ui import bound

    def keep(typed: str) -> None:
        if not typed.isdigit():
            raise AnalysisError("rfm_cuts_unreadable", text=typed)
        if int(typed) < 100:  # what is no better than before is left as it was
            saved["n"] = int(typed)

    if st.session_state.get("elsewhere"):
        st.stop()
    st.text_input("n", **bound.one("n", str(saved["n"]), keep))
    if (problem := bound.refusal("n")) is not None:
        st.error(problem.code)
    st.button("forget", on_click=bound.forget, args=("n",))


def test_one_value_is_kept_in_its_own_way_before_the_page_is_run() -> None:
    saved = {"n": 1}
    app = AppTest.from_function(rules, args=(saved,), default_timeout=30).run()
    app.text_input[0].set_value("7")
    app.session_state["elsewhere"] = True
    app.run()
    assert saved == {"n": 7}
    app.session_state["elsewhere"] = False
    assert app.run().text_input[0].value == "7"
    saved["n"] = 8
    assert app.run().text_input[0].value == "8", "what is saved elsewhere is shown"
    assert app.text_input[0].set_value("200").run().text_input[0].value == "8"


def test_what_is_refused_stays_with_its_reason_until_something_else_is_saved() -> None:
    saved = {"n": 1}
    app = AppTest.from_function(rules, args=(saved,), default_timeout=30).run()
    app.text_input[0].set_value("x").run()
    assert (app.text_input[0].value, app.error[0].value, saved["n"]) == ("x", "rfm_cuts_unreadable", 1)
    app.session_state["elsewhere"] = True
    app.run()
    app.session_state["elsewhere"] = False
    app.run()
    assert app.text_input[0].value == "x", "the page was left and come back to"
    assert app.error[0].value == "rfm_cuts_unreadable"
    app.button[0].click().run()
    assert app.text_input[0].value == "1" and not app.error
    app.text_input[0].set_value("y").run()
    saved["n"] = 5
    app.run()
    assert app.text_input[0].value == "5" and not app.error


def together(store) -> None:
    import streamlit as st

    from ui.bound import Bound

    bind = Bound("page", "one", lambda: store.get("one", {}), lambda values: store.write("one", values), whole=True)
    st.text_input("text", **bind.to("text", "first"))
    st.number_input("n", value=None, **bind.to("n", 3))


def test_where_the_result_needs_all_fields_the_first_change_saves_what_they_show(store: Store) -> None:
    app = AppTest.from_function(together, args=(store,), default_timeout=30).run()
    assert store == {}
    app.number_input[0].set_value(4).run()
    assert store == {"one": {"text": "first", "n": 4}}


def test_no_other_file_says_what_a_widget_shows(root: Path) -> None:
    own = {root / "ui" / name for name in ("bound.py", "session.py")}
    others = [path for room in ("ui", "pages") for path in (root / room).rglob("*.py") if path not in own]
    other_ways = re.compile(r"session\.give\(|\bsession_state|persist_state=")
    assert len(others) > 50
    assert [path.name for path in others if other_ways.search(path.read_text("utf-8"))] == []


def test_a_browser_is_told_the_value_of_a_widget_that_it_does_not_hold_and_of_no_other(store) -> None:
    app = visit(store)
    assert app.text_input[0].proto.set_value
    assert not app.run().text_input[0].proto.set_value, "what is being typed stays"
    # A browser that what the run before said has not reached asks without the widget, though the server knows it.
    app._run(WidgetStates())
    assert app.text_input[0].proto.set_value
    assert not app.run().text_input[0].proto.set_value
