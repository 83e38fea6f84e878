"""Page: what each column means."""

from __future__ import annotations

from ui import session, show

t = session.t()

show.page_header(t("columns.title"), t("columns.question"))
if session.study_id() is None:
    show.no_study()
