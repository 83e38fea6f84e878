"""Page: what was read, left out and corrected."""

from __future__ import annotations

from ui import session, show

t = session.t()

show.page_header(t("check.title"), t("check.question"))
if session.study_id() is None:
    show.no_study()
