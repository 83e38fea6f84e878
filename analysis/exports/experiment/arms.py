"""Who gets what, as lists for the tool that sends: one table or workbook of customers with their arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from analysis.exports.cells import feature_column, text_column
from analysis.exports.sheets import write_sheets
from analysis.exports.words import contact_mark
from analysis.privacy.consent import FEATURE as MAY_CONTACT
from analysis.privacy.kinds import CONTACT
from analysis.profiles.words import feature_name
from analysis.translate import unique_words

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from analysis.exports.cells import SheetColumn
    from analysis.profiles.result import Feature, Profiles
    from analysis.translate import Translate

# What a sending tool or a caller needs; the profile itself is exported elsewhere.
SENT = ("name", "phone", "email", MAY_CONTACT, "city", "recency_days", "n_orders", "spend")


def sent_features(profiles: Profiles) -> list[Feature]:
    """Return the features of a list, in their order: contact data first."""
    contact = [one for one in profiles.features if one.personal in CONTACT and one.key not in SENT]
    known = [found for key in SENT if (found := profiles.feature(key)) is not None]
    return [one for one in [*known[:3], *contact, *known[3:]] if one.key in profiles.customers]


def arm_table(
    profiles: Profiles,
    arms: Sequence[str | None],
    names: Mapping[str, str],
    t: Translate,
    *,
    confirmed: date | None = None,
) -> pd.DataFrame:
    """Return the customers that have an arm, with headers and arms in words.

    Parameters
    ----------
    profiles : Profiles
        Masked already, when personal data is to stay hidden.
    arms : sequence of str or None, aligned with the profiles
    names : mapping of arm to words
    confirmed : date, optional
        The day on which a person confirmed that customers may be contacted, for data that does not say it.

    Returns
    -------
    DataFrame, one row per assigned customer
        The id as text first, then the arm, then whether they may be contacted where no feature says it, then
        ``sent_features``; headers are unique.
    """
    import pandas as pd

    inside = [place for place, arm in enumerate(arms) if arm is not None]
    rows = profiles.customers.iloc[inside].reset_index(drop=True)
    features = sent_features(profiles)
    words = pd.Series([names.get(str(arms[place]), str(arms[place])) for place in inside], dtype="str")
    mark = contact_mark(rows, confirmed, t)
    marked = [pd.Series(mark, index=rows.index)] if mark else []
    table = pd.concat([rows["customer_id"], words, *marked, *(_as_read(rows[one.key]) for one in features)], axis=1)
    headers = [t("workbook.customer_id"), t("split.column_arm"), *([t("feature.may_contact")] if mark else [])]
    headers += [feature_name(one, t) for one in features]
    table.columns = pd.Index(unique_words(headers))
    return table


def _as_read(values: pd.Series) -> pd.Series:
    """Return whole numbers as such: 401 days, not 401.0."""
    if values.dtype.kind != "f" or not (values.dropna() % 1 == 0).all():
        return values
    return values.astype("Int64")


def write_arms(
    target: Path | BinaryIO,
    profiles: Profiles,
    arms: Sequence[str | None],
    names: Mapping[str, str],
    t: Translate,
    *,
    title: str,
    confirmed: date | None = None,
) -> None:
    """Write a workbook with one sheet per arm, in the order of ``names``; ids are text, nothing is a formula."""
    import pandas as pd

    sheets: list[tuple[str, Sequence[SheetColumn]]] = []
    for arm, words in names.items():
        inside = [place for place, one in enumerate(arms) if one == arm]
        rows = profiles.customers.iloc[inside].reset_index(drop=True)
        columns = [text_column(t("workbook.customer_id"), rows["customer_id"])]
        if mark := contact_mark(rows, confirmed, t):
            columns.append(text_column(t("feature.may_contact"), pd.Series(mark, index=rows.index, dtype="str")))
        columns += [feature_column(one, rows[one.key], t) for one in sent_features(profiles)]
        sheets.append((words, columns))
    write_sheets(target, sheets, title=title, day=profiles.as_of, currency=t.currency_sign())
