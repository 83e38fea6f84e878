"""The trade of a study, as its columns say or a person chose, also of templates of one's own."""

from __future__ import annotations

from typing import Any

from analysis.act.playbook import plays
from analysis.act.playbook.trade import GENERAL, TRADES, Trade, TradeFound, trade
from analysis.workspace.stores.act import PLAYBOOK
from texts import Calling, Translator
from ui import compute, session


def settings(study_id: str) -> dict[str, Any]:
    """Return what was changed by hand: ``trade``, ``cost`` of a contact, ``response`` and ``texts`` by segment."""
    return dict(compute.workspace().setting(PLAYBOOK, {}, study_id))


def keep(study_id: str, **changed: Any) -> None:
    """Keep what was changed by hand."""
    compute.workspace().set_setting(PLAYBOOK, settings(study_id) | changed, study_id)


def found_trade(study: compute.LoadedStudy) -> TradeFound:
    """Return the trade that the columns say."""
    return plays.found_trade(study.tables, study.recipe)


def chosen_trade(study: compute.LoadedStudy) -> Trade:
    """Return the trade that was chosen, else the one that the columns say."""
    return plays.used_trade(found_trade(study), compute.workspace().play_settings(study.id))


def calling(study: compute.LoadedStudy) -> Translator:
    """Return the reader's translator, which calls customers what the trade of the study calls them."""
    t, used, general = session.t(), chosen_trade(study), trade(GENERAL)
    if used.customer == general.customer:
        return t
    return Calling(t, used.customer.of(t.language), used.measure)


def offered(study: compute.LoadedStudy) -> dict[str, Trade]:
    """Return the trades to choose from, by key, those of one's own last."""
    return {key: trade(key) for key in (GENERAL, *TRADES)} | {
        one.key: one for one in compute.workspace().trades(study.id)
    }
