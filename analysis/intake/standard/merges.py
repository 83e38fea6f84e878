"""Which customer ids are one person: what people decided, kept as hashes, and applied to any month's files."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from analysis.engine import fetch_rows
from analysis.intake.cells.values import identifier
from analysis.intake.mapped import TABLE
from analysis.intake.standard.alike import alike_ids, ways_of_writing
from analysis.intake.tables import Note
from analysis.params import Params
from analysis.privacy.salted import Hash, Salted, hash_sql

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

Decision = Literal["same", "different"]
ID_ROLES = ("customer_id", "referrer_id", "referred_id")


class Link(Params):
    """One decision about two ids; ``evidence`` holds codes (``phone``, ``name_city``, …), never a value."""

    first: Hash
    second: Hash
    decision: Decision = "same"
    evidence: tuple[str, ...] = ()
    decided_at: datetime


class Merges(Salted):
    """What was decided about the customers of a study.

    Ids stand as hashes with the study's own salt, so that the same customer looks different in two studies.

    Examples
    --------
    >>> merges = Merges(salt="00" * 16).decide([("M1", "138")], "same")
    >>> len(merges.links), merges.decide([("138", "M1")], "different").links[0].decision
    (1, 'different')
    """

    links: tuple[Link, ...] = ()

    @property
    def same(self) -> tuple[Link, ...]:
        """The links that say two ids are one customer."""
        return tuple(link for link in self.links if link.decision == "same")

    def decide(
        self,
        pairs: Iterable[tuple[str, str]],
        decision: Decision,
        evidence: Mapping[tuple[str, str], tuple[str, ...]] | None = None,
    ) -> Merges:
        """Add decisions about pairs of ids; a later decision about the same pair replaces the earlier one."""
        merges = self if self.salt else Merges(salt=secrets.token_hex(16))
        moment = datetime.now(UTC)
        known = {(link.first, link.second): link for link in merges.links}
        for pair in pairs:
            first, second = sorted(merges.hashed(one) for one in pair)
            if first != second:
                codes = (evidence or {}).get(pair, ())
                known[first, second] = Link(
                    first=first, second=second, decision=decision, evidence=codes, decided_at=moment
                )
        return merges.model_copy(update={"links": tuple(known.values())})

    def undo(self, links: Iterable[Link]) -> Merges:
        """Take decisions back."""
        gone = {(link.first, link.second) for link in links}
        kept = tuple(link for link in self.links if (link.first, link.second) not in gone)
        return self.model_copy(update={"links": kept})

    def state(self) -> str:
        """Return what results depend on, as text: the salt and the links that merge, in one order."""
        pairs = sorted(f"{link.first} {link.second}" for link in self.same)
        return "\n".join([self.salt, *pairs]) if pairs else ""


def groups(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for every linked key the smallest key it is connected with, whatever the order of the links.

    Examples
    --------
    >>> groups([("b", "c"), ("d", "e"), ("a", "c")])
    {'b': 'a', 'c': 'a', 'd': 'd', 'e': 'd', 'a': 'a'}
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        top = key
        while (above := parent.setdefault(top, top)) != top:
            top = above
        while parent[key] != top:
            parent[key], key = top, parent[key]
        return top

    for first, second in links:
        one, other = root(first), root(second)
        parent[max(one, other)] = min(one, other)
    return {key: root(key) for key in parent}


def known_ids(
    connection: duckdb.DuckDBPyConnection, ids: str, merges: Merges, links: Sequence[Link] | None = None
) -> dict[str, tuple[bool, str]]:
    """Return the ids that stand behind the hashes of links, by hash: (has no orders, id), least first.

    Parameters
    ----------
    ids : str
        SQL that gives ``customer_id`` and ``orders`` (whether an orders table has it), repeats allowed.
    """
    import pyarrow as pa

    chosen = merges.links if links is None else links
    if not chosen:
        return {}
    wanted = pa.table({"h": list({end for link in chosen for end in (link.first, link.second)})})
    connection.register("wanted_hashes", wanted)
    found = fetch_rows(
        connection,
        f"SELECT h, NOT orders, customer_id FROM (SELECT customer_id, bool_or(orders) AS orders, "
        f"{hash_sql('customer_id', merges.salt)} AS h FROM ({ids}) WHERE customer_id IS NOT NULL GROUP BY customer_id) "
        "SEMI JOIN wanted_hashes USING (h)",
    )
    connection.unregister("wanted_hashes")
    return {hashed: (without, customer_id) for hashed, without, customer_id in found}


def canonical_ids(known: Mapping[str, tuple[bool, str]], merges: Merges) -> dict[str, str]:
    """Return for every merged id the id that stands for its customer: one with orders if there is one, the smallest.

    An id that these files lack still connects those it was linked with.
    """
    together: dict[str, list[tuple[bool, str]]] = {}
    for hashed, top in groups((link.first, link.second) for link in merges.same).items():
        if hashed in known:
            together.setdefault(top, []).append(known[hashed])
    return {one: min(members)[1] for members in together.values() if len(members) > 1 for _, one in members}


def ids_sql(mapped: Sequence[Mapped]) -> str:
    """Write the ids of all tables in use as SQL: as written, as typed, and whether they come from an orders table."""
    parts = [
        f"SELECT *, {identifier('written')} AS customer_id, {one.source.kind in ('orders', 'order_heads')} AS orders "
        f"FROM (SELECT DISTINCT {raw} AS written FROM {one.view})"
        for one in mapped
        for role in ID_ROLES
        if one.source and one.source.kind != "ignore" and (raw := one.raw(role))
    ]
    return " UNION ALL ".join(parts) or "SELECT '' AS written, '' AS customer_id, false AS orders WHERE false"


def unite(
    connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapped], merges: Merges | None, notes: list[Note]
) -> bool:
    """Create the table ``same_customer`` (``written``, ``canonical``) when some ids of these tables are one customer.

    They are where a person says so, and where they are one phone number or one number written in two ways.

    Returns
    -------
    bool
        Whether there is such a table; customer ids are then read with ``mapped.canonical_sql``.
    """
    by_hand = merges is not None and bool(merges.same)
    ways = ways_of_writing(connection, mapped)
    if not by_hand and not ways:
        return False
    connection.execute(f"CREATE TEMP TABLE all_ids AS {ids_sql(mapped)}")
    alike = alike_ids(connection, ways)
    canonical: dict[str, str] = {}
    if by_hand and merges is not None:
        canonical = canonical_ids(known_ids(connection, "FROM all_ids", merges, merges.same), merges)
        notes.append(Note("ids_merged", {"ids": len(canonical), "customers": len(set(canonical.values()))}))
    if alike:
        notes.append(Note("ids_written_alike", {"n": len(alike)}))
    together = {one: canonical.get(top, top) for one, top in alike.items()} | canonical
    others = {one: top for one, top in together.items() if one != top}
    if others:
        import pyarrow as pa

        connection.register("moved", pa.table({"customer_id": list(others), "canonical": list(others.values())}))
        connection.execute(
            f"CREATE TABLE {TABLE} AS SELECT DISTINCT written, canonical FROM all_ids JOIN moved USING (customer_id)"
        )
        connection.unregister("moved")
    connection.execute("DROP TABLE all_ids")
    return bool(others)
