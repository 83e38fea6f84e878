"""Page: RFM segments."""

from __future__ import annotations

from ui import session, show

t = session.t()

show.page_header(t("rfm.title"), t("rfm.question"))
if session.study_id() is None:
    show.no_study()
