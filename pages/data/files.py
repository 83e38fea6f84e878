"""Page: the files and sheets of the study."""

from __future__ import annotations

from ui import session, show

t = session.t()

show.page_header(t("files.title"), t("files.question"))
if session.study_id() is None:
    show.no_study()
