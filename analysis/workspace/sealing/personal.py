"""Which columns of what is kept hold personal data, and where an HMAC can stand for a value."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, get_args

from analysis.engine import fetch_rows, quoted_name
from analysis.privacy.kinds import PersonalKind

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from analysis.intake.tables import RawTable
    from analysis.sealed.columns import Personal

LOOKED_AT = 2000  # rows, of a column whose name does not tell
# Whoever knows some of these about a person finds the others by their HMACs, so nothing stands for them.
BLANK: frozenset[PersonalKind] = frozenset(("address", "birth_date", "coordinates", "ip", "plate"))
IDS: frozenset[str] = frozenset(get_args(PersonalKind)) - BLANK


def of_table(table: RawTable) -> Personal:
    """Return the stored columns of a raw table that hold personal data, free text that names a person as well.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> rows = "".join(f"{1000 + i},1381234{5000 + i},3.5,电话139{i:08d}\\n" for i in range(20))
    >>> dict(of_table(read_file(f"订单号,手机号,金额,备注\\n{rows}".encode(), name="a.csv")[0]))
    {'c1': True, 'c3': False}
    """
    from analysis.intake.suggesting.describe import samples
    from analysis.intake.suggesting.personal import personal_column

    columns = zip(table.columns, samples(table), strict=True)
    found = {f"c{place}": personal_column(header, cells) for place, (header, cells) in enumerate(columns)}
    return {stored: one.kind in IDS for stored, one in found.items() if one is not None}


def of_frame(frame: pd.DataFrame, known: Collection[str] = ()) -> Personal:
    """Return the columns of profiles that hold personal data: those ``known`` to, and what their cells show.

    Examples
    --------
    >>> import pandas as pd
    >>> phones = [f"1381234{n}" for n in range(5000, 5020)]
    >>> dict(of_frame(pd.DataFrame({"customer_id": phones, "spend": 1.5, "city": "北京"})))
    {'customer_id': True}
    """
    from analysis.profiles.personal import id_kind_of

    texts = [str(name) for name in frame.columns if frame[name].dtype.kind not in "biufcmM"]
    cells = {name: list(map(str, frame[name].dropna().head(LOOKED_AT))) for name in texts}
    found = _shown(cells, known)
    if "customer_id" in frame and id_kind_of(frame["customer_id"]):
        found["customer_id"] = True
    return found


def of_rows(connection: duckdb.DuckDBPyConnection, table: str, known: Mapping[str, bool]) -> Personal:
    """Return the columns of a table of the database that hold personal data, those that profiles know to as well."""
    described = fetch_rows(connection, f"SELECT column_name, column_type FROM (DESCRIBE {table})")
    texts = [name for name, kind in described if kind == "VARCHAR"]
    if not known and not texts:
        return {}
    names = ", ".join(map(quoted_name, texts))
    rows = fetch_rows(connection, f"SELECT {names} FROM {table} LIMIT {LOOKED_AT}") if texts else []
    cells = {name: [row[place] for row in rows if row[place] is not None] for place, name in enumerate(texts)}
    found = _shown(cells, ())
    if known.get("customer_id") and "customer_id" in texts:
        # Ids of orders that have none are made of their customer's.
        place = texts.index("customer_id")
        named = [row for row in rows if row[place]]
        within = [name for at, name in enumerate(texts) if any(row[place] in (row[at] or "") for row in named)]
        found |= dict.fromkeys(within, True)
    return found | {name: how for name, how in known.items() if name in {name for name, _ in described}}


def _shown(cells: Mapping[str, Sequence[str]], known: Collection[str]) -> dict[str, bool]:
    from analysis.intake.suggesting.personal import personal_column

    found = {}
    for name, sample in cells.items():
        column = personal_column(name, sample)
        if column is not None or name in known:
            found[name] = column is not None and column.kind in IDS
    return found
