"""A study begins whole or not at all, also when the reader stops it on the way."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from analysis.engine import StoppedError, connect, fetch_rows
from analysis.workspace import Workspace
from ui.data import studies

ORDERS = (
    "orders.csv",
    b"customer_id,order_date,amount\n" + b"".join(b"c%d,2024-01-0%d,5\n" % (i, i) for i in range(1, 8)),
)


@pytest.fixture
def orders(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[str, Path], ...]:
    return studies.put_down([ORDERS], tmp_path_factory.mktemp("uploads"))


@pytest.mark.parametrize("stops_at", [1, 2, 3, 4])
def test_a_study_that_is_stopped_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops_at: int, orders: tuple[tuple[str, Path], ...]
) -> None:
    place = Workspace.open(tmp_path)
    monkeypatch.setattr(studies, "workspace", lambda: place)
    steps: list[str] = []

    def say(step: str, **_: Any) -> None:
        steps.append(step)
        if len(steps) == stops_at:
            raise StoppedError

    with pytest.raises(StoppedError):
        studies.begin(studies.read_uploads(orders, say), name="One", goal=None, say=say)
    assert steps == ["start.reading", "start.recognising", "start.saving", "start.saving"][:stops_at]
    assert place.studies() == [] and not list(tmp_path.glob("files/*/*"))


def test_a_study_that_is_not_stopped_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, orders: tuple[tuple[str, Path], ...]
) -> None:
    place = Workspace.open(tmp_path)
    monkeypatch.setattr(studies, "workspace", lambda: place)
    study = studies.begin(
        studies.read_uploads(orders, lambda *_, **__: None), name=" One ", goal=None, say=lambda *_: None
    )
    assert [(one.id, one.name) for one in place.studies()] == [(study, "One")]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_large_upload_is_read_where_it_was_put_down_and_outlives_that_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    import pandas as pd

    from analysis.intake.reading import large
    from analysis.intake.reading.read import read_file

    frame = pd.read_csv(io.BytesIO(ORDERS[1]), parse_dates=["order_date"])
    content = ORDERS[1] if kind == "csv" else frame.to_parquet()
    monkeypatch.setattr(large, "LARGE", 1)
    place = Workspace.open(tmp_path / "home")
    monkeypatch.setattr(studies, "workspace", lambda: place)
    put = tmp_path / "uploads"
    put.mkdir()
    uploads = studies.put_down([(f"orders.{kind}", content)], put)
    tables = studies.read_uploads(uploads, lambda *_, **__: None)
    study = studies.begin(tables, name="One", goal=None, say=lambda *_: None, originals=[path for _, path in uploads])
    uploads[0][1].unlink()
    [kept], [expected] = place.raw_tables(study), read_file(content, name=f"orders.{kind}")
    assert (kept.columns, kept.n_rows, kept.stored, kept.fingerprint) == (
        expected.columns, expected.n_rows, (), expected.fingerprint,
    )  # fmt: skip
    assert place.original(kept.fingerprint) == content
    with connect() as connection:
        assert fetch_rows(connection, kept.scan_sql()) == fetch_rows(connection, expected.scan_sql())
