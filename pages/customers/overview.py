"""Page: the customer base at a glance."""

from __future__ import annotations

from ui import session, show

t = session.t()

show.page_header(t("overview.title"), t("overview.question"))
if session.study_id() is None:
    show.no_study()
