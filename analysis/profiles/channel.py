"""Channel 触点渠道: how and where a customer is reached."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import narwhals as nw

from analysis.privacy.consent import CHANNELS, logged_consents
from analysis.privacy.consent import FEATURE as MAY_CONTACT
from analysis.profiles.lines import Ask, Lines, Part, favourite, how_many, how_often, per_customer
from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

FEATURES = (
    Feature("favourite_channel", "channel", "category"),
    Feature("favourite_channel_share", "channel", "number", "share"),
    Feature("n_channels", "channel", "number", "count"),
    Feature("first_channel", "channel", "category"),
    Feature("favourite_payment_method", "channel", "category"),
    Feature("contacts_sent", "channel", "number", "count"),
    Feature("contacts_answered", "channel", "number", "count"),
    Feature("answer_rate", "channel", "number", "share"),
    Feature("days_since_contact", "channel", "number", "days"),
    Feature("contact_spend", "channel", "number", "money"),
    Feature("favourite_contact_channel", "channel", "category"),
)
CONSENT_FEATURES = (Feature(MAY_CONTACT, "channel", "category"), Feature(CHANNELS, "channel", "category"))


def part(lines: Lines) -> Part:
    """Where most lines were ordered and the first of them, and how they were paid."""
    asked = ()
    if "channel" in lines.roles:
        sold = nw.when(nw.col("sale")).then(nw.col("channel"))
        asked = (Ask("first_channel", sold, "min", at=nw.col("order_time"), text="channel"),)
    return Part(
        lines=asked, favourites=tuple(column for column in ("channel", "payment_method") if column in lines.roles)
    )


def finish(profiles: pd.DataFrame, lines: Lines) -> None:
    """Name the number of channels."""
    if "channel" in lines.roles:
        profiles["n_channels"] = profiles["n_channel"]


def from_contacts(rows: nw.LazyFrame[Any], roles: frozenset[str], as_of: date) -> pd.DataFrame:
    """Count what was sent and what was answered, and the days since the last contact.

    Without a column that says what was sent, every row was; an answer counts as sent.
    """
    import pandas as pd

    sent = nw.col("sent") | nw.col("answered") if "answered" in roles else nw.col("sent")
    if "sent" in roles:
        rows = rows.filter(sent)
    asked = [Ask("last_contact", nw.col("date"), "max"), how_many("contacts_sent")]
    if "answered" in roles:
        asked.append(how_often("contacts_answered", nw.col("answered")))
    if "contact_cost" in roles:
        asked.append(Ask("contact_spend", nw.col("contact_cost"), "sum", "number"))
    found = per_customer(rows, asked)
    result = found[[ask.name for ask in asked[1:]]].copy()
    if "answered" in roles:
        result["answer_rate"] = result["contacts_answered"] / result["contacts_sent"]
    result["days_since_contact"] = (pd.Timestamp(as_of) - pd.to_datetime(found["last_contact"])).dt.days.astype(
        "float64"
    )
    if "contact_channel" in roles:
        usual = favourite(rows, "contact_channel")
        result["favourite_contact_channel"] = usual["favourite_contact_channel"].reindex(result.index)
    return result


def from_consents(rows: nw.LazyFrame[Any], roles: frozenset[str], as_of: date) -> pd.DataFrame | None:
    """Say who may be contacted, and by which channel, from a log of what customers said to it."""
    names = {"consented": "said", "consent_channel": "channel", "consent_expiry": "until"}
    found: Any = rows.select("customer_id", "time", *names).collect("pandas").to_native()
    if found.empty:
        return None
    states = logged_consents(found.rename(columns={"time": "day", **names}), as_of=as_of)
    return states if "consent_channel" in roles else states.drop(columns=CHANNELS)
