"""Every page opens, in both languages, with nothing left untranslated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from texts import catalogue

PAGES = sorted(f"{path.parent.name}/{path.stem}" for path in Path(__file__).parents[2].joinpath("pages").glob("*/*.py"))
# Names that Chinese readers write in Latin letters too.
LATIN_IN_CHINESE = re.compile(
    r"Portrait|RFM|CSV|PNG|SVG|Excel|xlsx|xls|csv|ID|GBK|UTF-8|YAML|recipe\.yaml|TGI"
    # Authors of methods, and the functions and methods named after them.
    r"|power\\?\.(?:prop|t)\\?\.test|Evan Miller|Lehr|Fleiss|Cohen|Deng|Knoblich|Lu\b|Jennison|Turnbull|Bonferroni"
    r"|delta|NIST|Yurdakul"
)


def shown(app) -> list[str]:
    """Return every sentence of the page: titles, paragraphs, captions, alerts, labels."""
    plain = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.text]
    alerts = [*app.error, *app.warning, *app.info, *app.success]
    widgets = [*app.button, *app.selectbox, *app.slider, *app.toggle, *app.checkbox, *app.text_input, *app.metric]
    return [str(element.value) for element in plain + alerts] + [str(element.label) for element in widgets]


LEADS_ON = "customers/overview"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_page_opens_with_its_title_and_question(page, language, open_page):
    app = open_page(page, language)
    name = "start" if page == LEADS_ON else page.split("/")[-1]  # without a study
    assert not app.exception, app.exception
    assert app.title[0].value == catalogue()[f"{name}.title"][language]
    assert app.get_by_key("lang").value == language
    assert shown(app)


@pytest.mark.parametrize("page", PAGES)
def test_chinese_page_shows_no_english(page, open_page):
    for sentence in shown(open_page(page, "zh")):
        assert not re.search(r"[A-Za-z]{2,}", LATIN_IN_CHINESE.sub("", sentence.replace(":gray", ""))), sentence


@pytest.mark.parametrize("page", PAGES)
def test_english_page_shows_no_chinese(page, open_page):
    for sentence in shown(open_page(page, "en")):
        assert not re.search(r"[\u4e00-\u9fff]", sentence), sentence


@pytest.mark.parametrize(
    "page",
    [
        page
        for page in PAGES
        if page not in ("data/start", "share/audit", LEADS_ON) and not page.startswith("experiments/")
    ],
)
def test_page_without_a_study_says_so(page, open_page):
    app = open_page(page, "en")
    assert any(catalogue()["app.no_study"]["en"].split(",")[0] in sentence for sentence in shown(app))


def test_the_overview_without_a_study_leads_to_the_start(open_page):
    app = open_page(LEADS_ON, "en")
    assert not app.exception
    assert [title.value for title in app.title] == [title.value for title in open_page("data/start", "en").title]


def test_language_switch_changes_every_word_and_survives_the_next_page(open_page):
    app = open_page("segments/rfm", "en")
    app.get_by_key("lang").set_value("zh").run()
    assert app.title[0].value == catalogue()["rfm.title"]["zh"]
    assert not any(re.search(r"[A-Za-z]{4,}", sentence.replace(":gray", "")) for sentence in shown(app))
    app.switch_page("../pages/segments/compare.py").run()
    assert app.title[0].value == catalogue()["compare.title"]["zh"]


@pytest.mark.parametrize(("asked", "expected"), [("zh", "zh"), ("en", "en"), ("fr", "en"), ("中文", "en")])
def test_language_in_the_address_is_taken_when_it_is_one_of_ours(asked, expected, open_page):
    assert open_page("segments/rfm", "en", asked_language=asked).get_by_key("lang").value == expected


def test_every_page_is_in_the_menu_once():
    from ui.menu import ENTRIES, MENU

    assert sorted(f"{section}/{page}" for section, pages in MENU.items() for page in pages) == PAGES
    listed = [page for _, pages in ENTRIES.values() for page in pages]
    assert sorted(listed) == sorted(page.split("/")[-1] for page in PAGES)
    assert len(ENTRIES) <= 9


def test_study_in_the_address_is_opened_and_kept_on_every_page(open_page):
    from analysis.workspace import Workspace

    study = Workspace.open().create_study("Spring")
    for page in PAGES:
        app = open_page(page, study=study)
        assert app.query_params["study"] == study, page
        assert app.session_state["_study"].study_id == study


def test_study_in_the_address_that_does_not_exist_is_named_and_forgotten(open_page):
    app = open_page("data/files", study="2f0c8a")
    assert [error.value for error in app.error] == [show_text("error.study_gone", "en")]
    assert "study" not in app.query_params


def show_text(key: str, language: str) -> str:
    """Return a text as the page writes it, safe from Markdown."""
    from ui.show import md_escape

    return md_escape(catalogue()[key][language])


@pytest.mark.parametrize("study", ["../../etc", "a b", "<script>", "x" * 65, ""])
def test_address_that_is_no_id_opens_nothing(study, open_page):
    app = open_page("segments/rfm", study=study)
    assert "_study" not in app.session_state
