"""``portrait experiment``: what it prints and writes, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import cli
from texts import translator

RESULTS = "id,group,bought,city\n" + "".join(
    f"{i},{'AB'[i % 2]},{int(i % (5 if i % 2 else 7) == 0)},{'xy'[i % 3 == 0]}\n" for i in range(2000)
)


@pytest.fixture
def results(tmp_path: Path) -> str:
    path = tmp_path / "results.csv"
    path.write_text(RESULTS, "utf-8")
    return str(path)


@pytest.mark.parametrize(("language", "said"), [("en", "1,094 customers in control"), ("zh", "1,094")])
def test_a_plan_is_told_in_sentences(language, said, capsys):
    assert cli.main(["experiment", "plan", "--baseline", "20", "--points", "5", "--lang", language]) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plan", "--metric", "mean", "--points", "3"], "--points says nothing about the metric"),
        (["plan", "--baseline", "0"], "0"),
        (["plan", "--segment", "rfm|new"], "rfm|new"),
        (["plan", "--customers", "-3"], "cannot be below 0"),
        (["read"], "table"),
        (["read", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(words, said, capsys):
    assert cli.main(["experiment", *words, "--lang", "en"]) == 2
    out, problems = capsys.readouterr()
    assert out == "" and said in problems and len(problems.splitlines()) == 1


@pytest.mark.parametrize("content", ["- a list", "baseline: [", "\x00"])
def test_a_file_that_holds_no_choices_is_refused(content, tmp_path, capsys):
    path = tmp_path / "c.yaml"
    path.write_text(content, "utf-8")
    assert cli.main(["experiment", "plan", "--choices", str(path)]) == 2
    assert "c.yaml" in capsys.readouterr().err


def test_options_go_before_the_choices_of_a_file(tmp_path, capsys):
    path = tmp_path / "c.yaml"
    path.write_text("baseline: 8\npoints: 1\n", "utf-8")
    assert cli.main(["experiment", "plan", "--choices", str(path), "--baseline", "20", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["choices"]
    assert (told["baseline"], told["points"]) == (20.0, 1.0)


def test_a_table_is_read_without_any_choice(results, capsys):
    assert cli.main(["experiment", "read", results, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    [one] = told["results"]
    frame = pd.read_csv(results)
    shares = frame.groupby("group")["bought"].mean()
    assert (one["metric"], one["arm"], one["control"]) == ("bought", "B", "A")
    assert (one["value_arm"], one["value_control"]) == pytest.approx((shares["B"], shares["A"]))
    assert told["counts"]["read"] == 2000 and told["decision"] is None


def test_groups_made_here_are_found_again_when_the_results_come(tmp_path, capsys):
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "customer id,order date,amount\n"
        + "".join(f"C{i % 60:03},2024-{i % 12 + 1:02}-{i % 28 + 1:02},{i % 90 + 1}.5\n" for i in range(600)),
        "utf-8",
    )
    out = tmp_path / "split"
    arms = ["--arm", "control=1", "--arm", "mail=1", "--hold-out", "10"]
    words = ["split", str(orders), "-o", str(out), "--seed", "spring", *arms]
    assert cli.main(["experiment", *words]) == 0
    made = pd.read_csv(out / "arms.csv", dtype=str)
    assert len(made) == 60 and {path.name for path in out.iterdir()} == {
        "arms.csv", "assignment.parquet", "balance.csv", "split.json"
    }  # fmt: skip
    assert set(made["may_contact"]) == {"unconfirmed"} and "nobody has confirmed" in capsys.readouterr().out
    assert cli.main(["experiment", *words, "--contact-confirmed"]) == 0
    assert set(pd.read_csv(out / "arms.csv")["may_contact"]) == {"confirmed"}
    assert "nobody has confirmed" not in capsys.readouterr().out
    assert not pd.read_parquet(out / "assignment.parquet")["customer"].isin(made["customer_id"]).any()
    table = tmp_path / "sent.csv"
    bought = made["arm"].eq("mail").astype(int) * [i % 3 > 0 for i in range(60)]
    made.assign(bought=bought)[["customer_id", "bought"]].to_csv(table, index=False)
    choices = tmp_path / "c.yaml"
    choices.write_text(
        "columns: {arm: study.arm, unit: customer_id, control: control, metrics: [{column: bought}]}", "utf-8"
    )
    capsys.readouterr()
    joined = ["--study", str(orders), "--split", str(out), "--choices", str(choices)]
    assert cli.main(["experiment", "read", str(table), *joined, "--json", "--lang", "en"]) == 0
    told = json.loads(capsys.readouterr().out)
    sizes = made["arm"].replace("__hold_out__", "hold-out").value_counts().to_dict()
    assert told["sizes"] == sizes
    mail = next(one for one in told["results"] if one["arm"] == "mail")
    assert mail["value_arm"] == pytest.approx(bought[made["arm"].eq("mail")].mean())


def test_masked_ids_of_a_run_are_not_split_by(tmp_path, capsys):
    pd.DataFrame({"customer_id": ["***5678", "***1234"], "n_orders": [1, 2]}).to_parquet(tmp_path / "profiles.parquet")
    words = ["split", str(tmp_path), "-o", str(tmp_path / "out"), "--seed", "s", "--lang", "en"]
    assert cli.main(["experiment", *words]) == 2
    assert "masked" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_actions_of_a_command_take_the_language_and_quiet_where_they_stand(capsys):
    plan = ["plan", "--baseline", "20", "--points", "5"]
    for argv in (
        ["--lang", "zh", "experiment", *plan],
        ["experiment", "--lang", "zh", *plan],
        ["experiment", *plan, "-q", "--lang", "zh"],
    ):
        assert cli.main(argv) == 0
        said = capsys.readouterr()
        assert "客户" in said.out
        assert said.err == ""


def test_a_study_with_a_file_that_cannot_be_read_is_not_split(results, tmp_path, capsys):
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    out = tmp_path / "out"
    files = [results, str(tmp_path / "broken.xlsx")]
    assert cli.main(["experiment", "split", *files, "-o", str(out), "--lang", "en"]) == 2
    assert "broken.xlsx" in (said := capsys.readouterr().err)
    assert "every file of the study" in said
    assert not out.exists()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_quantile_and_whole_stores_are_read_from_choices(language, tmp_path, capsys):
    t = translator(language)
    rows = "".join(f"{i},{'AB'[i % 2]},s{i % 14},{(i * 37) % 101 + 9 * (i % 2)}.{i % 10}\n" for i in range(1400))
    (tmp_path / "results.csv").write_text("id,arm,store,spend\n" + rows, "utf-8")
    for name, columns, said in (
        ("quantile", "metrics: [{column: spend, kind: quantile, quantile: 0.5}]", "P50"),
        ("store", "cluster: store, metrics: [{column: spend, kind: mean}]", "1,400"),
    ):
        (tmp_path / "c.yaml").write_text(f"columns: {{arm: arm, unit: id, {columns}}}\n", "utf-8")
        words = ["experiment", "read", str(tmp_path / "results.csv"), "--choices", str(tmp_path / "c.yaml")]
        assert cli.main([*words, "--lang", language]) == 0, name
        assert said in capsys.readouterr().out
    assert cli.main(["experiment", "plan", "--cluster-size", "60", "--icc", "0.05", "--lang", language]) == 0
    assert t("plan.cluster_typed") in capsys.readouterr().out
    assert cli.main(["experiment", "plan", "--cluster-size", "60", "--lang", language]) == 2
    assert t("plan.icc") in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_slips_are_told_where_the_reading_is(language, tmp_path, capsys):
    path = tmp_path / "slips.csv"
    odd = {0: "Bq", 1: "mark3@example.com"}
    lines = [f"{i},{odd.get(i, 'AB'[i % 2])},{7 if i == 9 else i % 2}" for i in range(4000)]
    path.write_text("id,group,bought\n" + "\n".join(lines) + "\n", "utf-8")
    assert cli.main(["experiment", "read", str(path), "--lang", language]) == 0
    said, t = capsys.readouterr().out, translator(language)
    assert t("note.experiment_stray_arm", arm="Bq", n=1, row=1) in said
    assert t("note.experiment_stray_label", n=1, row=2) in said
    assert t("note.experiment_stray_cells", metric="bought", n=1, row=10) in said
    assert "mark3" not in said
