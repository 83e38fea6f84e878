"""The menu of experiments tells apart those of one name, and lets go of none by itself."""

from __future__ import annotations

from analysis.experiments.record import Experiment
from analysis.workspace import Workspace


def test_two_experiments_of_one_name_are_not_taken_for_each_other(open_page, picker):
    workspace = Workspace.open()
    ids = [workspace.add_experiment(Experiment(name="results"), None) for _ in range(2)]
    workspace.close()
    app = open_page("experiments/read")
    assert sorted(picker(app).options)[-2:] == ["results", "results (2)"]
    for chosen in ids:
        picker(app).set_value(chosen).run()
        app.get_by_key("read_metric").set_value("mean").run()
        assert not app.exception
        assert app.session_state["_experiment"] == chosen


def test_a_browser_that_has_not_heard_of_a_new_experiment_does_not_let_it_go(open_page):
    workspace = Workspace.open()
    workspace.add_experiment(Experiment(name="before"), None)
    workspace.close()
    app = open_page("experiments/plan")
    seen = app._tree.get_widget_states()
    app.get_by_key("plan_save").click().run()
    begun = app.session_state["_experiment"]
    assert begun
    app._run(seen)  # what the next click sends, when it comes before the page is drawn again
    assert app.session_state["_experiment"] == begun


def test_a_figure_typed_just_before_the_menu_is_clicked_stays_with_its_experiment(open_page, picker):
    workspace = Workspace.open()
    first, second = (workspace.add_experiment(Experiment(name=name), None) for name in ("one", "two"))
    workspace.close()
    app = open_page("experiments/read")
    picker(app).set_value(first).run()
    app.get_by_key("read_n_0").set_value(77)
    picker(app).set_value(second).run()
    assert app.session_state["_experiment"] == second
    assert app.get_by_key("read_n_0").value is None
    picker(app).set_value(first).run()
    assert app.get_by_key("read_n_0").value == 77
