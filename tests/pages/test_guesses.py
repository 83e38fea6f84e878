"""What the figures rest on is said above every page; what is open is asked once, and an answer changes the figures."""

from __future__ import annotations

import re

ASKED = "ref,code,date,amount\n" + "".join(
    f"K{i % 16:04d},Z{i % 23:04d},2024-03-{i % 28 + 1:02d},{i}.50\n" for i in range(1, 81)
)
GUESSED = "buyer name,telephone,sale date,net amount\n" + "".join(
    f"Mill {i % 9} Ltd,0{i % 7}55 010 22{i % 7}{i % 7},2024-0{i % 6 + 1}-{i % 27 + 1:02d},{i + 5}.25\n"
    for i in range(54)
)
YEARLESS = "order id,customer id,order date,amount\n" + "".join(
    f"R{i},K{i % 8},3月{i % 28 + 1}日,{i + 5}.50\n" for i in range(40)
)
SURE = GUESSED.replace("buyer name", "customer id")


def buttons(at, prefix: str):
    return [one for one in at.button if (one.key or "").startswith(prefix)]


def sizes(at) -> list[str]:
    """Return how many customers stand in each segment that the page shows."""
    return [size for one in at.markdown for size in re.findall(r"\n(\d+)", str(one.value))]


def test_an_open_question_is_asked_and_its_answer_changes_the_figures(open_page, make_study) -> None:
    study = make_study(ASKED, "asked")
    for language in ("en", "zh"):
        at = open_page("customers/overview", language, study=study)
        offered = buttons(at, "question_")
        assert len(offered) == 2 and "16" in offered[0].label and "23" in offered[1].label
        assert not at.exception
    before = sizes(at)
    assert before
    offered[1].click().run()
    assert not at.exception and not buttons(at, "question_")
    assert sizes(at) and sizes(at) != before


def test_a_guess_is_said_with_its_alternative_and_can_be_confirmed(open_page, make_study) -> None:
    study = make_study(GUESSED, "guessed")
    for language in ("en", "zh"):
        at = open_page("data/check", language, study=study)
        offered = buttons(at, "guess_0")
        assert [("9" in offered[0].label), ("7" in offered[1].label)] == [True, True]
    offered[0].click().run()
    assert not at.exception and not buttons(at, "guess_0")


def test_nothing_stands_above_a_page_whose_readings_are_sure(open_page, make_study) -> None:
    at = open_page("customers/overview", "en", study=make_study(SURE, "sure"))
    assert not buttons(at, "question_") and not buttons(at, "guess_0")


def test_a_year_that_no_date_says_is_asked_and_a_click_reads_them_in_another(open_page, make_study) -> None:
    study = make_study(YEARLESS, "yearless")
    for language in ("en", "zh"):
        at = open_page("customers/overview", language, study=study)
        offered = buttons(at, "question_")
        year = int(offered[0].label)
        assert offered[1].label == str(year - 1)
    offered[1].click().run()
    assert not at.exception and not buttons(at, "question_")
