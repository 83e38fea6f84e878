"""The menu of experiments tells apart those of one name."""

from __future__ import annotations

from analysis.experiments.record import Experiment
from analysis.workspace import Workspace


def test_two_experiments_of_one_name_are_not_taken_for_each_other(open_page):
    workspace = Workspace.open()
    ids = [workspace.add_experiment(Experiment(name="results"), None) for _ in range(2)]
    workspace.close()
    app = open_page("experiments/read")
    assert sorted(app.get_by_key("experiment_picker").options)[-2:] == ["results", "results (2)"]
    for chosen in ids:
        app.get_by_key("experiment_picker").set_value(chosen).run()
        app.get_by_key("read_metric").set_value("mean").run()
        assert not app.exception
        assert app.session_state["_experiment"] == chosen
