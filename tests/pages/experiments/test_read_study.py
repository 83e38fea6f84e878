"""What the study adds to a table of results without being asked."""

from __future__ import annotations

import pytest

from analysis.experiments.record import Audience, Experiment
from analysis.workspace import Workspace
from tests.samples import sample

PAGE = "experiments/read"


@pytest.fixture
def results() -> str:
    """Return a table of results of the study's customers."""
    ids = sample().prepared().profiles.customers["customer_id"].tolist()
    return "customer id,group,bought\n" + "".join(
        f"{one},{'AB'[i % 2]},{int(i % 4 == 1)}\n" for i, one in enumerate(ids)
    )


def test_a_table_joined_with_the_study_is_read_by_its_first_segmentation(open_page, sample_study, results, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("read_source").set_value("study").run()
    app.file_uploader[0].upload("results.csv", results.encode()).run()
    assert not app.exception, app.exception
    segment = app.get_by_key("read_column_segment")
    assert segment.value.startswith("study.")
    app.get_by_key("read_shown_view").set_value("segments").run()
    assert "interaction test" in read_words(app)
    app.get_by_key("read_column_segment").set_value("").run()
    assert "interaction test" not in read_words(app)


def test_an_experiment_for_one_segment_is_read_by_another_segmentation(open_page, sample_study, results, picker):
    workspace = Workspace.open()
    first = workspace.load_recipe(sample_study).recipe.segmentations[0].params.kind
    whom = Audience(method=first, segment="champions", name="Champions", n=10)
    stored = workspace.add_experiment(Experiment(name="Spring", audience=whom), sample_study)
    workspace.close()
    app = open_page(PAGE, study=sample_study)
    picker(app).set_value(stored).run()
    app.get_by_key("read_source").set_value("study").run()
    app.file_uploader[0].upload("results.csv", results.encode()).run()
    segment = app.get_by_key("read_column_segment").value
    assert segment.startswith("study.")
    assert segment != f"study.{first}"


def test_a_table_can_be_joined_later_and_taken_apart_again(open_page, sample_study, results, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("read_source").set_value("table").run()
    app.file_uploader[0].upload("results.csv", results.encode()).run()
    assert app.get_by_key("read_column_segment").value == ""
    app.get_by_key("read_source").set_value("study").run()
    assert app.get_by_key("read_column_segment").value.startswith("study.")
    app.get_by_key("read_source").set_value("table").run()
    assert app.get_by_key("read_column_segment").value == ""
    assert not app.error, app.error
    assert "in B against" in read_words(app)
