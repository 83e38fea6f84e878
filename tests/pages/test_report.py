"""The builder of a report: its choices are kept with the study, its files are made beside the page."""

from __future__ import annotations

import base64

import pytest

from analysis.reports.choices import ReportChoices
from analysis.workspace import Workspace
from texts import translator

PAGE = "share/report"
ORDERS = "customer id,order date,amount\n" + "".join(
    f"K{i % 40:02},2024-{i % 12 + 1:02}-{i % 28 + 1:02},{5 + i % 40 * 3}\n" for i in range(240)
)


@pytest.fixture
def made(monkeypatch) -> dict[str, tuple[str, object]]:
    """Return what each download button would give: file name and content maker by key."""
    import streamlit as st

    found: dict[str, tuple[str, object]] = {}
    real = st.download_button

    def noted(label, data, file_name, *args, key, **options):
        found[key.removeprefix("download_report_")] = (file_name, data)
        return real(label, data, file_name, *args, key=key, **options)

    monkeypatch.setattr(st, "download_button", noted)
    return found


def kept(study: str) -> ReportChoices:
    workspace = Workspace.open()
    try:
        found = workspace.document("report", "report", study)
        return found.value if found else ReportChoices()
    finally:
        workspace.close()


def test_a_report_is_chosen_kept_made_and_taken_along(open_page, make_study, made):
    t = translator("en")
    study = make_study(ORDERS, "Spring")
    app = open_page(PAGE, "en", study=study)
    assert not app.exception, app.exception
    app.text_input(key="report_client").set_value("ACME <b>").run()
    app.button_group(key="report_preset").set_value("consultant").run()
    app.multiselect(key="report_sections").set_value(["methods", "brief"]).run()
    found = kept(study)
    assert (found.client, found.preset, found.chosen) == ("ACME <b>", "consultant", ("methods", "brief"))
    app.button_group(key="report_kinds").set_value(["html", "ipynb"]).run()
    app.button(key="report_make").click().run()
    for _ in range(200):
        if "html" in made:
            break
        app.run()
    assert set(made) == {"html", "ipynb", "py", "yaml"} and not app.exception
    page = made["html"][1]().decode()
    assert "ACME &lt;b&gt;" in page and page.index('id="methods"') < page.index('id="brief"')
    assert made["html"][0].startswith("Spring report ")
    workspace = Workspace.open()
    told = [(entry.action, entry.facts) for entry in workspace.audit() if entry.study_id == study]
    assert ("exported", {"what": "report", "masked": True}) in told
    workspace.close()
    assert t("report.missing.playbook") not in page  # it was not asked for


def test_a_bad_logo_is_refused_and_a_good_one_kept_and_a_missing_font_said(open_page, make_study, monkeypatch):
    study = make_study(ORDERS, "Spring")
    app = open_page(PAGE, "zh", study=study)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="3">%s</svg>'
    app.file_uploader[0].upload("logo.svg", svg % b"<script/>", "image/svg+xml").run()
    assert [one.value for one in app.error] == [translator("zh")("error.logo_active")]
    app.file_uploader[0].upload("logo.svg", svg % b"", "image/svg+xml").run()
    assert base64.b64decode(kept(study).logo).startswith(b"\x89PNG")
    app.button(key="report_logo_remove").click().run()
    assert kept(study).logo == ""
    monkeypatch.setattr("analysis.reports.writers.paper.chinese_font", lambda: None)
    [said] = [one.value.replace("\\", "") for one in app.run().error]
    assert said == translator("zh")("error.no_chinese_font")
