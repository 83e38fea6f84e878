"""Profiles with personal features masked, and what kind of personal data customer ids themselves are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from analysis.privacy.forms import kind_by_form
from analysis.privacy.kinds import PersonalKind
from analysis.privacy.masks import mask, mask_inside

if TYPE_CHECKING:
    import pandas as pd

_PEOPLE = 0.8  # share of ids that look like names
_SAMPLE = 1_000
_FIRMS = 0.1  # share of ids with a word of firms


class _WithFeatures(Protocol):
    """Profiles, as far as masking needs to know them."""

    @property
    def customers(self) -> pd.DataFrame: ...
    @property
    def features(self) -> tuple[Any, ...]: ...


_Profiles = TypeVar("_Profiles", bound=_WithFeatures)


def masked(profiles: _Profiles, *, id_kind: PersonalKind | None = None) -> _Profiles:
    """Return the profiles for display and export: personal features masked, and what is personal inside texts.

    Parameters
    ----------
    profiles : Profiles
    id_kind : kind, optional
        When the customer id is itself a phone number, an e-mail or a name: masks ``customer_id`` as well, so that
        ids may repeat in the result. When left out, ``id_kind_of`` the ids that are there.
    """
    hidden = {feature.key: feature.personal for feature in profiles.features if feature.personal is not None}
    customers = profiles.customers
    if id_kind is None and "customer_id" in customers.columns:
        id_kind = id_kind_of(customers["customer_id"])
    if id_kind is not None:
        hidden["customer_id"] = id_kind
    columns = {key: mask(customers[key], kind) for key, kind in hidden.items() if key in customers.columns}
    columns |= {
        feature.key: mask_inside(customers[feature.key])
        for feature in profiles.features
        if feature.header is not None
        and feature.kind in ("text", "category")
        and feature.personal is None
        and feature.key in customers
    }
    frozen: Any = profiles
    return replace(frozen, customers=customers.assign(**columns))


def id_kind_of(ids: pd.Series) -> PersonalKind | None:
    """Say what kind of personal data customer ids themselves are: by their form, or the names of people.

    Firms are no people: where one id in ten bears a word such as Ltd, ids are taken for firms.

    Examples
    --------
    >>> import pandas as pd
    >>> id_kind_of(pd.Series(["Nadia Naylor", "Connor Armitage"])), id_kind_of(pd.Series(["K-001", "K-002"]))
    ('name', None)
    """
    from analysis.intake.suggesting.candidates import FIRM, is_person

    if kind := personal_kind(ids):
        return kind
    sample = [text for one in ids.dropna().head(_SAMPLE) if (text := str(one).strip())]
    if not sample or sum(1 for one in sample if FIRM.search(one)) >= _FIRMS * len(sample):
        return None
    return "name" if sum(map(is_person, sample)) >= _PEOPLE * len(sample) else None


def personal_kind(values: pd.Series) -> PersonalKind | None:
    """Say which kind of personal data a column's values show by their form alone, as ``kind_by_form``."""
    return kind_by_form(values.dropna().head(_SAMPLE).astype("str"))
