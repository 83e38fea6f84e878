"""Page: what is to be done, by whom and until when; what is overdue comes first."""

from __future__ import annotations

from datetime import date

from analysis.act.campaign import in_order, is_overdue
from analysis.translate import prose
from ui import compute, session, show
from ui.act import actions

t = session.t()


def main() -> None:
    """Show the page."""
    show.problem()
    study = compute.study_or_stop()
    found = in_order(compute.workspace().campaigns(study.id), date.today())
    if not found:
        show.empty_state(t("actions.nothing"), "act/lists")
        return
    late = sum(is_overdue(one, date.today()) for one in found)
    waiting = sum(one.state == "planned" for one in found)
    said = [t("actions.answer", n=len(found), planned=waiting)]
    said += [t("actions.late", n=late)] if late else []
    show.answer(prose(said, t))
    for campaign in found:
        actions.card(study.id, campaign)
    show.how_computed("actions.method")
    show.next_step("act/lists")


show.page_header(t("actions.title"), hint=t("actions.question"))
main()
