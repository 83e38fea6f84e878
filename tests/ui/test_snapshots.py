"""The list of snapshots says which of them changed since they were taken."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from texts import translator


def _listed(n: int) -> None:
    from datetime import UTC, date, datetime

    from analysis.workspace.records import SnapshotInfo
    from ui.share.snapshots import listed

    day = datetime(2024, 2, 1, tzinfo=UTC)
    listed([SnapshotInfo("a", "s", day, date(2024, 1, 31), {"customers": 7, "forgotten": n})])


@pytest.mark.parametrize("n", [0, 2])
def test_a_snapshot_says_that_rows_of_forgotten_customers_were_taken_out(n: int) -> None:
    app = AppTest.from_function(_listed, args=(n,), default_timeout=60).run()
    assert not app.exception, app.exception
    said = translator("en")("export.snapshots.forgotten", n=2, snapshots=1)
    assert (said in [one.value.replace("\\", "") for one in app.caption]) == bool(n)
