"""The trade of a study, as its columns say or a person chose, also of templates of one's own."""

from __future__ import annotations

from typing import Any

from analysis.act.playbook.trade import GENERAL, TRADES, Trade, trade
from analysis.workspace.stores.act import PLAYBOOK
from ui import compute


def settings(study_id: str) -> dict[str, Any]:
    """Return what was changed by hand: ``trade``, ``cost`` of a contact, ``response`` and ``texts`` by segment."""
    return dict(compute.workspace().setting(PLAYBOOK, {}, study_id))


def keep(study_id: str, **changed: Any) -> None:
    """Keep what was changed by hand."""
    compute.workspace().set_setting(PLAYBOOK, settings(study_id) | changed, study_id)


def offered(study: compute.LoadedStudy) -> dict[str, Trade]:
    """Return the trades to choose from, by key, those of one's own last."""
    return {key: trade(key) for key in (GENERAL, *TRADES)} | {
        one.key: one for one in compute.workspace().trades(study.id)
    }
