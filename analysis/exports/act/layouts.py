"""A list in the columns that the sending system wants. Headings are words of the reader, but for ad audiences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from analysis.act.audience import Digest, hashed
from analysis.act.phones import e164
from analysis.act.reach import address_columns, address_kinds
from analysis.act.sms import message
from analysis.errors import AnalysisError
from analysis.profiles.words import coded_values, feature_name

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.act.params import Channel
    from analysis.profiles.result import Feature, Profiles
    from analysis.translate import Translate

Layout = Literal["plain", "sms", "email", "crm", "call", "wecom", "audience"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
# What each needs to know of a customer beside the id, for want of which it is not offered.
NEEDS: dict[Layout, tuple[str, ...]] = {
    "plain": (), "sms": ("phone",), "email": ("email",), "crm": (), "call": ("phone", "landline"),
    "wecom": ("wechat", "phone"), "audience": ("email", "phone"),
}  # fmt: skip
USUAL: dict[Channel, Layout] = {"other": "plain", "phone": "call", "sms": "sms", "email": "email", "wecom": "wecom"}
NAME_BLANK = "{name}"
_FACTS = ("recency_days", "n_orders", "spend", "favourite_category", "favourite_product")


@dataclass(frozen=True)
class Handed:
    """What is handed over.

    Attributes
    ----------
    profiles : Profiles
        With personal values in full.
    rows : array of int
        Whom the list holds, in the order of the list.
    segments : sequence of str, aligned with the profiles
        The words of each customer's segment.
    campaign, owner, action : str
        Its name, who does it, and what is done in a sentence.
    message : str
        Of a text message or e-mail; ``{name}`` stands for the customer's name.
    region : str, optional
        Country of numbers without one.
    is_agreed : bool
        Whether it is known that the customers may be contacted.
    contact : str
        What each row says of that where no column of the files does (``exports.words.contact_mark``); else empty.
    """

    profiles: Profiles = field(repr=False)
    rows: np.ndarray = field(repr=False)
    segments: Any = field(repr=False)
    campaign: str
    owner: str = ""
    action: str = ""
    message: str = ""
    region: str | None = None
    is_agreed: bool = False
    contact: str = ""


def offered(profiles: Profiles) -> tuple[Layout, ...]:
    """Return the layouts for which the files hold what is needed."""
    known = address_kinds(profiles)
    return tuple(one for one in LAYOUTS if not NEEDS[one] or known & set(NEEDS[one]))


def list_frame(layout: Layout, handed: Handed, t: Translate, *, digest: Digest = "sha256") -> pd.DataFrame:
    """Return a list in a layout; every id, number and address is text.

    Raises
    ------
    AnalysisError
        ``act_group_empty``; ``act_no_address`` (channel): the files lack what the layout needs;
        ``act_audience_not_agreed``: nobody knows whether these customers agreed to be advertised to;
        ``act_phone_no_country`` (n); ``act_no_message``: a text message without a text.
    """
    import pandas as pd

    if not len(handed.rows):
        raise AnalysisError("act_group_empty")
    if layout not in offered(handed.profiles):
        raise AnalysisError("act_no_address", channel=layout)
    frame: dict[str, Any] = _LAYOUTS[layout](handed, t) if layout != "audience" else _audience(handed, digest)
    if handed.contact and layout != "audience":
        frame[t("feature.may_contact")] = [handed.contact] * len(handed.rows)
    return pd.DataFrame({name: pd.Series(list(values), dtype=_kind(values)) for name, values in frame.items()})


def _kind(values: Any) -> Any:
    kind = getattr(values, "dtype", None)
    return kind if kind is not None else object


def _ids(handed: Handed) -> pd.Series:
    return handed.profiles.customers["customer_id"].iloc[handed.rows].astype("str")


def _segments(handed: Handed) -> list[str]:
    return [str(handed.segments[row]) for row in handed.rows]


def _personal(handed: Handed, *kinds: str) -> pd.Series | None:
    """Return the first of some kinds of personal data, the cells of a later one where an earlier is empty."""
    found = None
    for kind in kinds:
        for own, key in address_columns(handed.profiles):
            if own == kind:
                values = handed.profiles.customers[key].iloc[handed.rows]
                told = values.astype("str").str.strip().where(values.notna())
                if kind in ("phone", "landline"):
                    told = e164(values, handed.region)
                elif kind == "email":
                    told = told.str.lower()
                found = told if found is None else found.where(found.notna(), told)
    return found


def _names(handed: Handed) -> pd.Series | None:
    return _personal(handed, "name")


def _start(handed: Handed, t: Translate, *kinds: str) -> dict[str, Any]:
    """Return the columns that most layouts begin with: the id, the name, and how the customer is reached."""
    found: dict[str, Any] = {t("workbook.customer_id"): _ids(handed)}
    for kind, values in (("name", _names(handed)), *((kind, _personal(handed, kind)) for kind in kinds)):
        if values is not None:
            found[t(f"act.column_{kind}")] = values
    return found


def _facts(handed: Handed, t: Translate) -> dict[str, Any]:
    found = {}
    for key in _FACTS:
        feature = handed.profiles.feature(key)
        if feature is not None and key in handed.profiles.customers:
            found[feature_name(feature, t)] = _value(handed, feature, t)
    return found


def _value(handed: Handed, feature: Feature, t: Translate) -> pd.Series:
    values = coded_values(handed.profiles.customers[feature.key].iloc[handed.rows], feature, t)
    return values.round(2) if feature.kind == "number" and values.dtype.kind == "f" else values


def _plain(handed: Handed, t: Translate) -> dict[str, Any]:
    found = _start(handed, t, "phone", "email")
    return found | {t("act.column_segment"): _segments(handed)} | _facts(handed, t)


def _message(handed: Handed, names: pd.Series | None) -> list[str]:
    n = len(handed.rows)
    told: list[str] = [""] * n if names is None else names.fillna("").astype("str").tolist()
    return [handed.message.replace(NAME_BLANK, one) for one in told]


def _sms(handed: Handed, t: Translate) -> dict[str, Any]:
    if not handed.message.strip():
        raise AnalysisError("act_no_message")
    texts = _message(handed, _names(handed))
    counted = {one: message(one) for one in set(texts)}
    return {
        t("act.column_phone"): _personal(handed, "phone"),
        t("act.column_message"): texts,
        t("act.column_length"): [counted[one].length for one in texts],
        t("act.column_parts"): [counted[one].parts for one in texts],
        t("workbook.customer_id"): _ids(handed),
    }


def _email(handed: Handed, t: Translate) -> dict[str, Any]:
    found = {t("act.column_email"): _personal(handed, "email"), **_start(handed, t)}
    found |= {
        t("act.column_segment"): _segments(handed),
        t("act.column_campaign"): [handed.campaign] * len(handed.rows),
    }
    if handed.message.strip():
        found[t("act.column_message")] = _message(handed, _names(handed))
    return found | _facts(handed, t)


def _crm(handed: Handed, t: Translate) -> dict[str, Any]:
    found = _start(handed, t, "phone", "email")
    found[t("act.column_segment")] = _segments(handed)
    for feature in handed.profiles.features:
        if feature.origin == "tag" and feature.key in handed.profiles.customers:
            found[feature_name(feature, t)] = _value(handed, feature, t)
    n = len(handed.rows)
    return found | {t("act.column_campaign"): [handed.campaign] * n, t("act.column_owner"): [handed.owner] * n}


def _call(handed: Handed, t: Translate) -> dict[str, Any]:
    found = _start(handed, t)
    n = len(handed.rows)
    found[t("act.column_phone")] = _personal(handed, "phone", "landline")
    found[t("act.column_why")] = _segments(handed)
    found |= _facts(handed, t)
    found[t("act.column_say")] = [handed.action] * n
    return found | {t(f"act.column_{one}"): [""] * n for one in ("result", "amount", "note")}


def _wecom(handed: Handed, t: Translate) -> dict[str, Any]:
    return {
        t("act.column_wecom"): _personal(handed, "wechat", "phone"),
        t("act.column_remark"): _ids(handed) if _names(handed) is None else _names(handed),
        t("act.column_tag_group"): [t("act.tag_group")] * len(handed.rows),
        t("act.column_tag"): _segments(handed),
        t("workbook.customer_id"): _ids(handed),
    }


def _audience(handed: Handed, digest: Digest) -> dict[str, Any]:
    if not handed.is_agreed:
        raise AnalysisError("act_audience_not_agreed")
    found: dict[str, Any] = {}
    for heading, kind in (("Email", "email"), ("Phone", "phone")):
        values = _personal(handed, kind)
        if values is not None:
            found[heading] = hashed(values, digest)
    country = handed.profiles.feature("country")
    if country is not None:
        found["Country"] = handed.profiles.customers["country"].iloc[handed.rows]
    return found


_LAYOUTS: Mapping[str, Any] = {
    "plain": _plain, "sms": _sms, "email": _email, "crm": _crm, "call": _call, "wecom": _wecom,
}  # fmt: skip
