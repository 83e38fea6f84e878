"""A study whose stored rows are damaged says so, and reads the upload again on a click."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from analysis.intake.reading.read import read_file
from analysis.workspace import Workspace, desk

ORDERS = b"customer_id,order_date,amount\n" + b"".join(b"c%d,2024-01-0%d,5\n" % (i, i) for i in range(1, 8))


@pytest.mark.parametrize(("language", "word"), [("en", "missing or damaged"), ("zh", "丢失或损坏")])
def test_the_upload_is_read_again_on_a_click(open_page: Callable[..., AppTest], language: str, word: str) -> None:
    workspace = Workspace.open()
    study = desk.begin(workspace, read_file(ORDERS, name="orders.csv"), name="Spring", originals=[ORDERS])
    workspace.close()
    [rows] = workspace.home.glob("files/*/*.parquet")
    rows.write_bytes(b"garbage")
    app = open_page("data/files", language, study=study)
    assert not app.exception and word in app.error[0].value
    app.button(key="read_again").click().run()
    assert not app.exception and not app.error and app.dataframe
    assert rows.read_bytes() != b"garbage"
