"""Profiles with personal features masked, and what kind of personal data customer ids themselves are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from analysis.privacy.forms import kind_by_form
from analysis.privacy.kinds import PersonalKind
from analysis.privacy.masks import mask, mask_inside

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.choices import Choices
_PEOPLE = 0.8  # share of ids that look like names
_SAMPLE = 1_000
_FIRMS = 0.1  # share of ids with a word of firms
LEAST_SIGNS, MOST_SIGNS = 4, 12  # of a pseudonym
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"


class _WithFeatures(Protocol):
    """Profiles, as far as masking needs to know them."""

    @property
    def customers(self) -> pd.DataFrame: ...
    @property
    def features(self) -> tuple[Any, ...]: ...
    @property
    def id_kind(self) -> PersonalKind | None: ...


_Profiles = TypeVar("_Profiles", bound=_WithFeatures)


def masked(profiles: _Profiles, *, among: pd.Series | None = None) -> _Profiles:
    """Return the profiles for display and export: personal features masked, and what is personal inside texts.

    Parameters
    ----------
    profiles : Profiles
        A customer id that is itself a phone number, an e-mail or a name (``id_kind``, or else by its form) becomes its
        mask with a pseudonym beside it, as ``shown_ids``.
    among : Series, optional
        The ids of everybody, where ``profiles`` holds some of them.
    """
    hidden = {feature.key: feature.personal for feature in profiles.features if feature.personal is not None}
    customers = profiles.customers
    columns = {key: mask(customers[key], kind) for key, kind in hidden.items() if key in customers.columns}
    columns |= {
        feature.key: mask_inside(customers[feature.key])
        for feature in profiles.features
        if feature.header is not None
        and feature.kind in ("text", "category")
        and feature.personal is None
        and feature.key in customers
    }
    if "customer_id" in customers.columns:
        ids = customers["customer_id"]
        everybody = ids if among is None else among
        if (kind := profiles.id_kind or id_kind_of(everybody)) is not None:
            columns["customer_id"] = shown_ids(ids, kind, among=everybody)
    frozen: Any = profiles
    return replace(frozen, customers=customers.assign(**columns))


def shown_ids(ids: pd.Series, kind: PersonalKind, *, among: pd.Series) -> pd.Series:
    """Mask ids that are personal themselves, each with a pseudonym beside it that tells it from all others.

    The pseudonym is the beginning of a keyed hash of the id (SipHash). The key is made of the ids of everybody, so that
    the same data gives the same pseudonyms everywhere, and a list alone does not let anybody test a guess.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.Series(["Ann Lee", "Abe Lim", "Ann Lee"])
    >>> shown = shown_ids(people, "name", among=people)
    >>> shown.str[:5].tolist(), shown.nunique()
    (['A*** ', 'A*** ', 'A*** '], 2)
    """
    import hashlib

    import pandas as pd

    everybody = pd.Series(among.dropna().astype("str").unique(), dtype=object).sort_values()
    key = hashlib.sha256("\n".join(everybody).encode()).hexdigest()[:16]
    hashes = pd.util.hash_array(everybody.to_numpy(dtype=object), hash_key=key)
    n_signs = next((n for n in range(LEAST_SIGNS, MOST_SIGNS) if _all_differ(hashes >> (64 - 5 * n))), MOST_SIGNS)
    own = ids.dropna().astype("str")
    signs = pd.util.hash_array(own.to_numpy(dtype=object), hash_key=key) >> (64 - 5 * n_signs)
    called = pd.Series([_written(int(one), n_signs) for one in signs], index=own.index, dtype="str")
    shown = (mask(own, kind) + " #" + called).reindex(ids.index)
    shown.name = ids.name
    return shown


def shown_people(people: pd.Series, kind: PersonalKind | None, *, among: pd.Series) -> dict[str, str]:
    """Return ids as they may be shown, also of people whom the profiles do not know.

    Parameters
    ----------
    people : Series of str
        Ids.
    kind : PersonalKind, optional
        What the ids of the profiles are, where it is known.
    among : Series of str
        All ids of the profiles.
    """
    import pandas as pd

    ids = pd.Series(people.astype("str").unique(), dtype="str")
    kind = kind or id_kind_of(among)
    shown = ids if kind is None else shown_ids(ids, kind, among=among)
    return dict(zip(ids, shown, strict=True))


def _all_differ(codes: Any) -> bool:
    import numpy as np

    return len(np.unique(codes)) == len(codes)


def _written(code: int, n_signs: int) -> str:
    return "".join(_SIGNS[code >> 5 * place & 31] for place in reversed(range(n_signs)))


def kind_of_ids(ids: pd.Series, choices: Choices) -> PersonalKind | None:
    """Say what kind of personal data customer ids are: by their form, else as their header says, unless of firms."""
    from analysis.intake.roles import header_score, roles

    if (kind := id_kind_of(ids)) or _are_firms(_sample_of(ids)):
        return kind
    headers = {column.name for source in choices.sources for column in [source.column("customer_id")] if column}
    known = roles()
    for header in sorted(headers):
        best = max(known.values(), key=lambda role: header_score(header, role))
        if best.personal and header_score(header, best) > header_score(header, known["customer_id"]):
            return best.personal
    return None


def id_kind_of(ids: pd.Series) -> PersonalKind | None:
    """Say what kind of personal data customer ids themselves are: by their form, or the names of people.

    Firms are no people: where one id in ten bears a word such as Ltd, ids are taken for firms.

    Examples
    --------
    >>> import pandas as pd
    >>> id_kind_of(pd.Series(["Nadia Naylor", "Connor Armitage"])), id_kind_of(pd.Series(["K-001", "K-002"]))
    ('name', None)
    """
    from analysis.intake.standard.worth.guests import GUEST
    from analysis.intake.suggesting.candidates import is_person

    if kind := personal_kind(ids):
        return kind
    if bool(ids.astype("str").str.startswith(GUEST).any()):
        return "name"  # of some, who bought without an account
    sample = _sample_of(ids)
    if not sample or _are_firms(sample):
        return None
    return "name" if sum(map(is_person, sample)) >= _PEOPLE * len(sample) else None


def _sample_of(ids: pd.Series) -> list[str]:
    return [text for one in ids.dropna().head(_SAMPLE) if (text := str(one).strip())]


def _are_firms(sample: list[str]) -> bool:
    from analysis.intake.suggesting.candidates import FIRM

    return bool(sample) and sum(1 for one in sample if FIRM.search(one)) >= _FIRMS * len(sample)


def personal_kind(values: pd.Series) -> PersonalKind | None:
    """Say which kind of personal data a column's values show by their form alone, as ``kind_by_form``."""
    return kind_by_form(values.dropna().head(_SAMPLE).astype("str"))
