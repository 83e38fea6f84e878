"""Page: where a study begins."""

from __future__ import annotations

from ui import session, show

t = session.t()

show.page_header(t("start.title"), t("start.question"))
show.answer(t("start.what"))
if session.study_id() is None:
    show.empty_state(t("start.no_study"))
