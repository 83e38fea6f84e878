"""Page: the results as files."""

from __future__ import annotations

from ui import session, show

t = session.t()

show.page_header(t("export.title"), t("export.question"))
if session.study_id() is None:
    show.no_study()
