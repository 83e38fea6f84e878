"""The log is seen on its page, filtered, and says when somebody has been at it; a look in full is entered with why."""

from __future__ import annotations

import sqlite3

import pytest

from analysis.workspace import Workspace
from texts import Translator

PAGE = "share/audit"
MEMBERS = "customer id,phone,spend\n" + "".join(f"C{i},1381234{5000 + i},{i}.5\n" for i in range(30))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_log_is_listed_filtered_and_checked(language, open_page, make_study, portrait_home):
    def words() -> str:
        return " ".join(str(element.value) for element in (*app.markdown, *app.caption)).replace("\\", "")

    t = Translator(language)
    study = make_study(MEMBERS)
    Workspace.open(portrait_home).record("unmasked", study, reason="a call to *Ann*")
    app = open_page(PAGE, language, study=study)
    assert not app.exception, app.exception
    assert t("audit.answer", n=2) in words()
    assert t("at_rest.open_file") in words()
    said = app.dataframe[0].value[t("audit.said")].tolist()
    assert said[0] == t("audit.unmasked", reason="a call to *Ann*") and len(said) == 2
    register = app.dataframe[1].value
    assert register[t("audit.column")].tolist() == ["phone"]
    assert register[t("audit.kind")].tolist() == [t("personal.phone")]
    app.get_by_key("audit_actions").set_value(["uploaded"]).run()
    assert app.dataframe[0].value[t("audit.position")].tolist() == [1]
    app.get_by_key("audit_actions").set_value(["deleted"]).run()
    assert t("audit.none_fits") in words()
    with sqlite3.connect(portrait_home / "portrait.sqlite") as connection:
        connection.execute("DELETE FROM audit WHERE position = 2")
    app.get_by_key("audit_actions").set_value([]).run()
    assert t("audit.break_cut", n=2) in app.error[0].value.replace("\\", "")


def test_personal_data_stays_masked_until_a_reason_is_given_which_is_logged(open_page, make_study, portrait_home):
    app = open_page("data/files", study=make_study(MEMBERS))

    def phones() -> list[str]:
        return next(table.value for table in app.dataframe if "phone" in table.value)["phone"].tolist()

    app.get_by_key("unmasked").set_value(True).run()
    app.get_by_key("unmask_reason").set_value("  ").run()
    assert phones()[0] == "138****5000"
    app.get_by_key("unmask_reason").set_value("call back 13812345000").run()
    assert phones()[0] == "13812345000"
    app.get_by_key("unmasked").set_value(False).run()
    assert phones()[0] == "138****5000"
    entries = Workspace.open(portrait_home).audit()
    assert [one.action for one in entries] == ["unmasked", "uploaded"]
    assert entries[0].facts == {"reason": "call back 138****5000"}
