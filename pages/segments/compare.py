"""Page: segments side by side."""

from __future__ import annotations

from ui import session, show

t = session.t()

show.page_header(t("compare.title"), t("compare.question"))
if session.study_id() is None:
    show.no_study()
