"""Studies, a server that has just started, and what a page says: as the segment pages have them."""

from __future__ import annotations

from tests.pages.segments.conftest import fresh_caches as fresh_caches
from tests.pages.segments.conftest import make_study as make_study
from tests.pages.segments.conftest import read_words as read_words
from tests.pages.segments.conftest import sample_study as sample_study
