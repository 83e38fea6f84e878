"""Page: clusters of customers."""

from __future__ import annotations

from ui import session, show

t = session.t()

show.page_header(t("clusters.title"), t("clusters.question"))
if session.study_id() is None:
    show.no_study()
