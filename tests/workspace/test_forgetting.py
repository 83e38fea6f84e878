"""A customer who is forgotten is nowhere in the workspace, is not let in again, and nobody else changes."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from pyarrow import parquet as pq

from analysis.act.campaign import Arms, Campaign
from analysis.act.params import ListChoices
from analysis.errors import AnalysisError
from analysis.experiments.record import ArmShare, Experiment, KeptAssignment
from analysis.experiments.splitting.assignment import arms_of, to_table
from analysis.intake.reading.read import read_file
from analysis.intake.standard.merges import Merges
from analysis.recipe import Recipe
from analysis.study import begin
from analysis.study.recipe_change import RecipeChange, RecipeChanges
from analysis.tags.imported import ImportedValue, ImportedValues
from analysis.workspace import Workspace, desk
from analysis.workspace.upkeep import forgetting

GONE, NAME, PHONE, OTHER_ID = "MEMBER-0042", "Zebulon Quimby", "13912345678", "OLDCARD-77"
TRACES = [text.encode() for text in (GONE, NAME, PHONE, OTHER_ID)]
REMARK = f"note about {GONE}, a,b,c,d,e"


def orders(month: int, *, with_old_card: bool = True) -> bytes:
    rows = [f"MEMBER-00{n},2024-0{month}-{n},{n * month},Bo Lee,1380000{n}000" for n in range(10, 28)]
    rows += [f"{GONE},2024-0{month}-07,500,{NAME},{PHONE}"] * 3
    rows += [f"{OTHER_ID},2024-0{month}-08,70,{NAME},{PHONE}"] if with_old_card else []
    return "\n".join(["customer_id,order_date,amount,name,phone", *rows, ""]).encode()


def add_month(workspace: Workspace, study: str, month: int) -> None:
    revision, content = workspace.load_recipe(study).revision, orders(month)
    desk.add(workspace, study, read_file(content, name=f"m{month}.csv"), revision=revision, originals=[content])


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A workspace with a study that holds the customer in every place."""
    workspace = Workspace.open(tmp_path_factory.mktemp("planted") / "home")
    content = orders(1)
    study = desk.begin(workspace, read_file(content, name="m1.csv"), name="Shop", originals=[content])
    add_month(workspace, study, 2)
    unused = read_file(f"card,said\n{GONE},hello\nMEMBER-0010,hi\n{REMARK}\n".encode(), name="notes.csv", header_row=1)
    recipe = workspace.load_recipe(study)
    desk.add(workspace, study, unused, revision=recipe.revision)
    workspace.save_merges(study, Merges().decide([(GONE, OTHER_ID), ("MEMBER-0010", "MEMBER-0011")], "same"))
    profiles = pd.DataFrame({"customer_id": [GONE, "MEMBER-0010"], "name": [NAME, "Bo Lee"], "spend": [5.0, 1.0]})
    segments = pd.DataFrame({"segment": ["a"], "n": [2]})
    workspace.add_snapshot(study, date(2024, 1, 31), Recipe(), {"customers": 2}, profiles, segments)
    run = workspace.run_folder(study, "v1")
    profiles.to_parquet(run / "profiles.parquet", compression=None)
    answers = workspace.answers(study)
    answers.keep("ab" * 32, f'["{GONE}"]')
    answers.save()
    values = ImportedValues(salt="ab" * 16)
    told = tuple(
        ImportedValue(customer=values.hashed(one), value="VIP", set_on=date(2024, 1, 1))
        for one in (GONE, "MEMBER-0010")
    )
    workspace.save_document(
        "tag_values", values.model_copy(update={"rows": told}), "vip", study_id=study, revision=None
    )
    known = workspace.people_salt(study)
    kept = tuple(known.hashed(one) for one in (GONE, "MEMBER-0010"))
    listed = Campaign(
        name="May", made_on=date(2024, 1, 1), as_of=date(2024, 1, 1), method="rfm", choices=ListChoices(), seed="s",
        arms=(Arms(segment="lost", sent=kept),),
    )  # fmt: skip
    workspace.add_campaign(study, listed)
    change = RecipeChange(before=Recipe(name=GONE), after=Recipe())
    workspace.save_document("recipe_changes", RecipeChanges(changes=(change,)), "undo", study_id=study, revision=None)
    workspace.set_setting("card", {"customer": GONE}, study)
    experiment = workspace.add_experiment(Experiment(name="Spring"), study)
    digest = workspace.keep_experiment_table(experiment, to_table([GONE, "MEMBER-0010"], ["A", "B"], seed="s"))
    assigned = KeptAssignment(
        seed="s", arms=(ArmShare(name="A", share=1), ArmShare(name="B", share=1)), digest=digest,
        assigned_at=datetime(2024, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    workspace.change_experiment(experiment, lambda one: one.model_copy(update={"assignment": assigned}))
    lost = workspace.home / "files" / ("cd" * 32) / "original"  # an opening throws it into the trash
    lost.parent.mkdir()
    lost.write_bytes(content)
    workspace.close()
    return workspace.home, study


@pytest.fixture
def workspace(planted: tuple[Path, str], tmp_path: Path) -> Workspace:
    return Workspace.open(Path(shutil.copytree(planted[0], tmp_path / "home")))


@pytest.fixture
def study(planted: tuple[Path, str]) -> str:
    return planted[1]


def traces(home: Path) -> dict[str, list[bytes]]:
    """Return what of the customer is in each file, read as it stands and as a table."""
    found = {}
    for path in (path for path in home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += pq.read_table(path).to_pandas().to_csv().encode()
        if there := [trace for trace in TRACES if trace in content]:
            found[path.relative_to(home).as_posix()] = there
    return found


def test_no_file_of_the_workspace_holds_anything_of_the_customer(workspace: Workspace, study: str) -> None:
    assert len(traces(workspace.home)) >= 8  # they are planted
    receipt = workspace.forget(study, GONE)
    assert traces(workspace.home) == {}
    assert receipt.rows == {"m1.csv": 4, "m2.csv": 4, "notes.csv": 1}
    assert (receipt.snapshots, receipt.snapshot_rows, receipt.tag_values, receipt.experiment_rows) == (1, 1, 1, 1)
    assert (receipt.merges, receipt.settings, receipt.undo, receipt.runs) == (1, 1, 1, 2)
    assert (receipt.remarks, receipt.uploads, receipt.trash, receipt.elsewhere) == (1, 2, 1, 0)
    workspace.close()
    assert traces(workspace.home) == {}


def test_others_stay_as_they_were_and_the_snapshot_says_what_went(workspace: Workspace, study: str) -> None:
    def figures() -> pd.DataFrame:
        run = begin(workspace.raw_tables(study), workspace.load_recipe(study).recipe, merges=workspace.merges(study))
        customers = run.prepared().profiles.customers.set_index("customer_id")
        return customers.drop(index=[GONE, OTHER_ID], errors="ignore")[["n_orders", "spend", "recency_days"]]

    before = figures()
    workspace.forget(study, GONE)
    pd.testing.assert_frame_equal(figures(), before)
    [info] = workspace.snapshots(study)
    assert info.n_forgotten == 1
    assert workspace.load_snapshot(info.id).profiles["name"].tolist() == ["Bo Lee"]
    [kept] = workspace.documents("tag_values", study)
    assert len(kept.value.rows) == 1
    [experiment] = workspace.experiments(study)
    assert experiment.experiment.assignment is not None
    table = workspace.experiment_table(experiment.id, experiment.experiment.assignment.digest)
    assert arms_of([GONE, "MEMBER-0010"], table, seed="s") == [None, "B"]
    assert len(workspace.merges(study).links) == 1


def test_the_next_file_is_read_without_the_customer_and_says_how_many_rows(workspace: Workspace, study: str) -> None:
    workspace.forget(study, OTHER_ID)
    add_month(workspace, study, 3)
    run = begin(
        workspace.raw_tables(study), workspace.load_recipe(study).recipe, merges=workspace.merges(study),
        forgotten=workspace.forgotten(study),
    )  # fmt: skip
    [count] = [one for one in run.prepared().standard.counts if one.table == "m3.csv"]
    assert (count.read, count.kept, count.set_aside) == (22, 18, {"forgotten": 4})
    assert not {GONE, OTHER_ID} & set(run.prepared().profiles.customers["customer_id"])
    assert run.version != begin(run.tables, run.recipe, merges=run.merges).version


def test_the_log_knows_the_hash_alone(workspace: Workspace, study: str) -> None:
    receipt = workspace.forget(study, GONE)
    entry = workspace.audit()[0]
    assert (entry.action, entry.facts) == ("forgotten", {"customer": receipt.customer, "rows": 9})
    assert receipt.customer in workspace.forgotten(study).ids
    assert workspace.verify_audit().is_whole


def test_the_list_travels_with_the_study(workspace: Workspace, study: str) -> None:
    workspace.forget(study, GONE)
    buffer = io.BytesIO()
    workspace.export_study(study, buffer)
    copy = workspace.import_study(buffer)
    assert workspace.forgotten(copy) == workspace.forgotten(study)


def test_an_archive_or_a_file_from_before_brings_nobody_back(workspace: Workspace, study: str) -> None:
    buffer = io.BytesIO()
    workspace.export_study(study, buffer)
    workspace.forget(study, GONE)
    copy = workspace.import_study(buffer)
    assert traces(workspace.home) == {}
    assert set(workspace.forgotten(study).ids) == set(workspace.forgotten(copy).ids)
    assert [one.n_rows for one in workspace.raw_tables(copy)] == [one.n_rows for one in workspace.raw_tables(study)]
    anew = desk.begin(workspace, read_file(orders(1), name="kept at home.csv"), name="Anew")
    run = begin(workspace.raw_tables(anew), workspace.load_recipe(anew).recipe, forgotten=workspace.forgotten(anew))
    [count] = run.prepared().standard.counts
    assert count.set_aside == {"forgotten": 4}
    # Nobody of another shop is taken for one of them.
    other = desk.begin(workspace, read_file(orders(5), name="m5.csv"), name="Other")
    assert not workspace.forgotten(other).ids


def test_lists_of_two_studies_of_one_file_are_joined_in_a_third(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    studies = [desk.begin(workspace, read_file(orders(1), name="m1.csv"), name=name) for name in ("One", "Two")]
    for study, customer in zip(studies, (OTHER_ID, "MEMBER-0010"), strict=True):
        workspace.forget(study, customer)
    first, second = (workspace.forgotten(study) for study in studies)
    assert first.salt != second.salt
    third = desk.begin(workspace, read_file(orders(1), name="m1.csv"), name="Three")
    known = workspace.forgotten(third)
    assert {known.hashed(one) for one in (OTHER_ID, "MEMBER-0010")} <= set(known.ids) and not known.unfinished
    run = begin(workspace.raw_tables(third), workspace.load_recipe(third).recipe, forgotten=known)
    left = set(run.prepared().profiles.customers["customer_id"])
    assert left == {GONE, *(f"MEMBER-00{n}" for n in range(11, 28))}
    workspace.close()


def test_who_is_unknown_or_already_forgotten_is_refused_and_nothing_changes(workspace: Workspace, study: str) -> None:
    with pytest.raises(AnalysisError, match="forget_unknown"):
        workspace.forget(study, "MEMBER-9999")
    assert not workspace.forgotten(study).ids
    workspace.forget(study, GONE)
    there = workspace.forgotten(study)
    with pytest.raises(AnalysisError, match="forget_unknown"):
        workspace.forget(study, GONE)
    assert workspace.forgotten(study) == there


def test_the_only_customer_is_not_forgotten(workspace: Workspace) -> None:
    rows = "".join(f"A-1000,2024-01-0{n},5\n" for n in range(1, 8))
    study = desk.begin(workspace, read_file(f"customer_id,order_date,amount\n{rows}".encode(), name="a.csv"))
    with pytest.raises(AnalysisError, match="forget_last"):
        workspace.forget(study, "A-1000")


def test_an_upload_that_another_study_holds_stays_there_and_the_receipt_says_so(
    workspace: Workspace, study: str
) -> None:
    content = orders(1)
    other = desk.begin(workspace, read_file(content, name="m1.csv"), originals=[content])
    before = workspace.raw_tables(other)
    receipt = workspace.forget(study, GONE)
    assert receipt.elsewhere == 1
    assert workspace.raw_tables(other) == before
    assert workspace.original(before[0].fingerprint) == content


def test_what_was_stopped_is_ended_at_the_next_opening(
    workspace: Workspace, study: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(forgetting, "finish", stop)
    with pytest.raises(KeyboardInterrupt):
        workspace.forget(study, GONE)
    assert workspace.forgotten(study).unfinished
    monkeypatch.undo()
    workspace.close()
    again = Workspace.open(workspace.home)
    assert not again.forgotten(study).unfinished
    assert traces(again.home) == {}
