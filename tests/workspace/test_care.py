"""Retention and the privacy impact assessment: what was put down, what follows from it, and what is open."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import cli
from analysis.errors import AnalysisError
from analysis.exports.printed.assessment import assessment_html
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.personal import find_personal
from analysis.privacy.care import DataCare
from analysis.workspace import Workspace, desk
from analysis.workspace.care.assessment import Assessment, assess
from analysis.workspace.care.words import answer, sections
from analysis.workspace.upkeep import check
from texts import Language, Translator

TODAY = date(2026, 3, 1)
ORDERS = "customer id,order date,amount,phone,bank card\n" + "".join(
    f"c{i},2024-01-{1 + i % 28:02},5,1381234{5000 + i},4111111111111111\n" for i in range(40)
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "home")


@pytest.fixture
def study(workspace: Workspace) -> str:
    return desk.begin(workspace, read_file(ORDERS.encode(), name="orders.csv"), name="Shop <b>")


def assessed(workspace: Workspace, study: str) -> Assessment:
    return assess(workspace, study, find_personal(workspace.raw_tables(study)).columns, today=TODAY)


def test_what_is_put_down_is_kept_and_closes_its_points(workspace: Workspace, study: str) -> None:
    workspace.record("exported", study, what="customers", masked=False)
    found = assessed(workspace, study)
    assert found.open_points == ("sensitive", "full_exports", "purpose", "keep_until", "next_assessment")
    care = DataCare(purpose="win back", recipients="a mailing house", measures="cards are masked",
                    keep_until=TODAY, next_assessment=TODAY)  # fmt: skip
    workspace.save_care(study, care)
    assert workspace.care(study) == care
    assert assessed(workspace, study).open_points == ()
    workspace.save_care(study, care.model_copy(update={"next_assessment": TODAY - timedelta(1)}))
    assert assessed(workspace, study).open_points == ("assessment_due",)


def test_a_study_past_its_day_is_said_and_nothing_is_deleted(workspace: Workspace, study: str) -> None:
    day = TODAY - timedelta(1)
    workspace.save_care(study, DataCare(keep_until=TODAY))
    assert workspace.kept_too_long(TODAY) == []
    workspace.save_care(study, DataCare(keep_until=day))
    assert workspace.kept_too_long(TODAY) == [("Shop <b>", day)]
    report = check.check(workspace.home)
    assert report.past == (("Shop <b>", day),) and report.is_well
    assert "retention_past" in [one.code for one in report.findings()]
    assert assessed(workspace, study).open_points[0] == "past" and workspace.study(study).n_rows == 40


def test_the_day_of_keeping_goes_with_an_archive(workspace: Workspace, study: str, tmp_path: Path) -> None:
    workspace.save_care(study, DataCare(purpose="win back", keep_until=TODAY))
    workspace.export_study(study, tmp_path / "study.zip")
    assert workspace.care(workspace.import_study(tmp_path / "study.zip")) == workspace.care(study)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_open_point_and_section_has_its_sentence(workspace: Workspace, study: str, language: Language) -> None:
    t = Translator(language)
    workspace.record("exported", study, what="customers", masked=False)
    workspace.record("unmasked", study, reason="a call")
    workspace.save_care(study, DataCare(keep_until=TODAY - timedelta(1)))
    found = assessed(workspace, study)
    parts = sections(found, t)
    told = "\n".join([answer(found, t), *(one.title for one in parts), *(s for one in parts for s in one.sentences)])
    assert all(t(f"assessment.open_{code}") in told for code in found.open_points)
    register, left = parts[0].table, parts[3].table
    assert [row[1] for row in register[1:]] == ["phone", "bank card"]
    assert left[1] == (t("audit.what_customers"), t("assessment.full"), "1")
    page = assessment_html(
        t("assessment.name", study=found.study), TODAY, answer(found, t), parts, t, language=language
    )
    assert "Shop &lt;b&gt;" in page and "<script" not in page and t("assessment.made_on", day=TODAY) in page


def test_the_command_prints_it_or_writes_a_page(
    workspace: Workspace, study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(workspace.home), "--lang", "en"]
    assert cli.main(["audit", "assessment", study, *home]) == 0
    text = capsys.readouterr().out
    assert "What is processed" in text and "bank card" in text and "13812345000" not in text
    assert cli.main(["audit", "assessment", study, "-o", str(tmp_path / "page.html"), *home]) == 0
    assert "Shop &lt;b&gt;" in (tmp_path / "page.html").read_text("utf-8")
    assert cli.main(["audit", "assessment", "none of them", *home]) == 2


def test_a_study_that_is_gone_has_no_assessment(workspace: Workspace) -> None:
    with pytest.raises(AnalysisError, match="study_gone"):
        assess(workspace, "0" * 32, (), today=TODAY)
