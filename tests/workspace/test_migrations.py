"""Databases of every earlier release come to the schema of today; newer and unknown ones are refused."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from analysis.errors import AnalysisError
from analysis.experiments.choices import PlanChoices, ReadChoices
from analysis.workspace import Workspace, database, migrations, schema
from tests.workspace.older import STUDY, older_database

FOLDER = Path(migrations.__file__).parent


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_database_of_every_release_comes_to_the_schema_of_today(tmp_path: Path, version: int) -> None:
    older_database(tmp_path, version)
    workspace = Workspace.open(tmp_path)
    with workspace.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        assert migrations.found(connection) == migrations.NEWEST
        assert connection.execute(sa.select(schema.schema_version.c.version)).scalar_one() == int(migrations.NEWEST)
        assert len(schema.identity(connection)) == 32
    assert [study.name for study in workspace.studies()] == ["Spring"]
    workspace.close()
    Workspace.open(tmp_path).close()


def test_what_the_settings_held_of_a_study_are_documents_afterwards(tmp_path: Path) -> None:
    older_database(tmp_path, 3)
    workspace = Workspace.open(tmp_path)
    assert workspace.persona_words(STUDY) == {"rfm": {"champions": {"name": "Ann", "goals": "less waiting"}}}
    assert [one.value.name for one in workspace.documents("hypothesis", STUDY)] == ["Bo"]
    assert [one.value.name for one in workspace.documents("kept_segmentation", STUDY)] == ["sooner", "later"]
    plan = workspace.document("plan_choices", "new", STUDY)
    read = workspace.document("read_choices", "new")
    assert plan is not None and plan.value == PlanChoices(metric="mean") and plan.lost == ()
    assert read is not None and read.value == ReadChoices(outcome="bought") and read.lost == ("alpha",)
    for name in ("personas", "kept_segmentations", "experiment_plan"):
        assert workspace.setting(name, study_id=STUDY) is None
    assert workspace.setting("compare", study_id=STUDY) == {"a": 1} and workspace.setting("language") == "zh"


def test_snapshots_of_an_older_database_are_numbered_by_their_time(tmp_path: Path) -> None:
    older_database(tmp_path, 3)
    workspace = Workspace.open(tmp_path)
    assert [info.as_of.month for info in workspace.snapshots(STUDY)] == [6, 5]


def test_the_steps_alone_lead_to_the_schema_of_today_and_the_newest_is_the_one_said(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with database.writing(engine) as connection:
        migrations.upgrade(connection, None)
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    assert ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER / "versions")]).get_heads() == [migrations.NEWEST]


def test_a_step_that_fails_leaves_the_old_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older_database(tmp_path, 3)
    with sqlite3.connect(tmp_path / "portrait.sqlite") as connection:
        before = list(connection.iterdump())
    steps = tmp_path / "steps"
    shutil.copytree(FOLDER, steps, ignore=shutil.ignore_patterns("__pycache__"))
    with (steps / "versions" / "v4.py").open("a") as file:
        file.write(
            "\n\n_before = upgrade\n\n\ndef upgrade():\n    _before()\n    op.execute('SELECT * FROM nothing')\n"
        )
    whole = migrations.upgrade
    monkeypatch.setattr(migrations, "upgrade", lambda connection, start: whole(connection, start, steps))
    with pytest.raises(AnalysisError, match="workspace_upgrade_failed"):
        Workspace.open(tmp_path)
    with sqlite3.connect(tmp_path / "portrait.sqlite") as connection:
        assert list(connection.iterdump()) == before
    monkeypatch.undo()
    assert len(Workspace.open(tmp_path).studies()) == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE schema_version SET version = 99", "UPDATE alembic_version SET version_num = '99'"]
)
def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path, statement: str) -> None:
    Workspace.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "portrait.sqlite") as connection:
        connection.execute(statement)
    with pytest.raises(AnalysisError) as refusal:
        Workspace.open(tmp_path)
    assert (refusal.value.code, refusal.value.facts["found"]) == ("workspace_newer", 99)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM schema_version",
        "DELETE FROM alembic_version",
        "UPDATE alembic_version SET version_num = 'x'",
        "DROP TABLE schema_version",
    ],
)
def test_a_database_that_does_not_say_its_version_is_refused(tmp_path: Path, statement: str) -> None:
    workspace = Workspace.open(tmp_path)
    workspace.create_study("one")
    workspace.close()
    with sqlite3.connect(tmp_path / "portrait.sqlite") as connection:
        connection.execute(statement)
    with pytest.raises(AnalysisError, match="workspace_no_version"):
        Workspace.open(tmp_path)


def test_a_database_of_today_is_opened_without_loading_alembic(tmp_path: Path, root: Path) -> None:
    Workspace.open(tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from analysis.workspace import Workspace; "
        f"Workspace.open(Path({str(tmp_path)!r})); print('alembic' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "False False"
