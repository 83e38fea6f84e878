"""A study begins whole or not at all, also when the reader stops it on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analysis.engine import StoppedError
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
