"""Page: what came of each list, against what was thought, and what is decided."""

from __future__ import annotations

from analysis.act.outcome import read_outcome
from ui import compute, session, show
from ui.act import listing, outcomes

t = session.t()


def main() -> None:
    """Show the page."""
    show.problem()
    study = compute.study_or_stop()
    compute.prepared_or_stop(study)
    act = listing.of_study(study)
    t = act.t
    listed = [one for one in reversed(act.campaigns) if one.state != "dropped"]
    if not listed:
        show.empty_state(t("review.nothing"), "act/lists")
        return
    read = [one for one in listed if one.came is not None]
    works = sum(read_outcome(one).verdict == "works" for one in read)
    show.answer(t("review.answer", n=len(listed), read=len(read), works=works))
    for campaign in listed:
        outcomes.card(act, campaign)
    show.how_computed("review.method")
    show.next_step("act/playbook")


show.page_header(t("review.title"), hint=t("review.question"))
main()
