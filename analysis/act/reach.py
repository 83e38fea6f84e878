"""Who can be reached by a channel, and who agreed to it: cells with numbers and addresses, judged one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.act.phones import e164, suggest_region
from analysis.errors import AnalysisError
from analysis.privacy.consent import CHANNELS as CONSENT_CHANNELS
from analysis.privacy.consent import FEATURE as MAY_CONTACT

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.act.params import Channel, ListChoices
    from analysis.profiles.result import Profiles

# The kinds of personal data by which a channel reaches somebody, the first that the files hold.
ADDRESSES: dict[Channel, tuple[str, ...]] = {
    "other": (),
    "phone": ("phone", "landline"),
    "sms": ("phone",),
    "email": ("email",),
    "wecom": ("wechat", "phone"),
}
# How a column or a log of consents calls a channel.
_CALLED: dict[Channel, tuple[str, ...]] = {
    "other": (),
    "phone": ("phone", "call", "telephone", "电话", "外呼"),
    "sms": ("sms", "text", "message", "短信"),
    "email": ("email", "mail", "newsletter", "邮件", "邮箱", "电子邮件"),
    "wecom": ("wecom", "wechat", "weixin", "微信", "企业微信", "企微"),
}
_ANSWERS: dict[Channel, str] = {"sms": "sms_opt_in", "email": "email_opt_in"}
_EMAIL = r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@.,;<>\"]{2,}"


@dataclass(frozen=True)
class Reach:
    """How customers are reached by a channel.

    Attributes
    ----------
    address : Series of str, aligned with the profiles
        The number (E.164) or address of each; missing where there is none that can be. All missing for ``other``.
    region : str or None
        The country that numbers without one were taken to be of.
    is_guess : bool
        Whether nobody chose that country.
    """

    address: pd.Series = field(repr=False)
    region: str | None = None
    is_guess: bool = False


def reach(profiles: Profiles, choices: ListChoices, *, currency: str | None = None) -> Reach:
    """Return how each customer is reached by the channel of a list.

    Raises
    ------
    AnalysisError
        ``act_no_address`` (channel): no column holds what the channel needs; ``act_phone_no_country`` (n).

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.act.params import ListChoices
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": ["1", "2"], "email": ["Ann@x.org ", "none"]})
    >>> people = Profiles(base, (Feature("email", "basic", "text", personal="email"),), date(2024, 1, 1))
    >>> reach(people, ListChoices(channel="email")).address.tolist()
    ['ann@x.org', nan]
    """
    import pandas as pd

    text = pd.StringDtype("python", na_value=float("nan"))
    nobody = pd.Series(float("nan"), index=profiles.customers.index).astype(text)
    if choices.channel == "other":
        return Reach(nobody)
    columns = [
        (kind, profiles.customers[key])
        for kind in ADDRESSES[choices.channel]
        for own, key in address_columns(profiles)
        if own == kind
    ]
    if not columns:
        raise AnalysisError("act_no_address", channel=choices.channel)
    found, region, guess = nobody, choices.region, False
    for kind, values in columns:
        if kind in ("phone", "landline"):
            if region is None:
                region = suggest_region(values, currency)
                guess = region is not None
            written = e164(values, region)
        else:
            written = values.astype("str").str.strip().where(values.notna()).astype(text)
            if kind == "email":
                written = written.str.lower()
                written = written.where(written.str.fullmatch(_EMAIL, na=False).astype(bool))
            written = written.where(written.ne("").fillna(False).astype(bool))
        found = found.where(found.notna(), written)
    return Reach(found.astype(text), region, guess)


def region_of(profiles: Profiles, choices: ListChoices, *, currency: str | None = None) -> str | None:
    """Return the country of numbers without one on a list: the one that was chosen, else what the numbers suggest.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.act.params import ListChoices
    >>> from analysis.profiles.result import Profiles
    >>> base = pd.DataFrame({"customer_id": ["13800138000", "13900139000"]})
    >>> region_of(Profiles(base, (), date(2024, 1, 1), id_kind="phone"), ListChoices())
    'CN'
    """
    if choices.region is not None:
        return choices.region
    found = [key for kind, key in address_columns(profiles) if kind in ("phone", "landline")]
    return suggest_region(profiles.customers[found[0]], currency) if found else None


def address_kinds(profiles: Profiles) -> set[str]:
    """Return the kinds of personal data that the profiles hold, that of the customer ids themselves among them.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> base = pd.DataFrame({"customer_id": ["13800138000", "13900139000"]})
    >>> address_kinds(Profiles(base, (), date(2024, 1, 1), id_kind="phone"))
    {'phone'}
    """
    return {kind for kind, _ in address_columns(profiles)}


def address_columns(profiles: Profiles) -> list[tuple[str, str]]:
    """Return kind and key of the columns of personal data; last the ids, where the number of a member is the id."""
    found = [(one.personal, one.key) for one in profiles.features if one.personal and one.key in profiles.customers]
    return found if profiles.id_kind is None else [*found, (profiles.id_kind, "customer_id")]


def refusals(profiles: Profiles, channel: Channel) -> np.ndarray:
    """Say of each customer why they may not be contacted by a channel; empty where they may.

    Returns
    -------
    array of str
        ``refused`` (asked not to be), ``no_consent`` (has not agreed, or no longer), ``not_this_way`` (agreed to other
        channels); all empty where no column says anything about it.
    """
    import numpy as np

    customers = profiles.customers
    n = len(customers)
    found = np.full(n, "", dtype=object)
    if MAY_CONTACT in customers:
        state = customers[MAY_CONTACT].astype("str").fillna("unknown").to_numpy(dtype=object)
        found[(state != "allowed") & (state != "refused")] = "no_consent"
        found[state == "refused"] = "refused"
    own = _ANSWERS.get(channel)
    if own and own in customers:
        answered = customers[own].astype("object").eq(True).to_numpy(dtype=bool)
        found[(found == "") & ~answered] = "not_this_way"
    if CONSENT_CHANNELS in customers and channel != "other":
        named = customers[CONSENT_CHANNELS]
        words = "|".join(re.escape(one) for one in _CALLED[channel])
        ours = named.astype("str").str.casefold().str.contains(words, regex=True, na=False).to_numpy(dtype=bool)
        found[(found == "") & named.notna().to_numpy(dtype=bool) & ~ours] = "not_this_way"
    return found


def called(word: str) -> Channel | None:
    """Return the channel that a word of the files means; None for none of ours.

    Examples
    --------
    >>> called("短信"), called("E-Mail"), called("billboard")
    ('sms', 'email', None)
    """
    plain = word.casefold().replace("-", "").strip()
    return next((channel for channel, words in _CALLED.items() if plain in words), None)
