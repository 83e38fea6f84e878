"""Forgetting a customer: everything of theirs goes, and a hash stays, by which the next file's rows are left out."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analysis import parquet
from analysis.engine import connect, literal, look
from analysis.errors import AnalysisError
from analysis.workspace import audit, database, documents, experiments, merged, raw, schema, snapshots, studies
from analysis.workspace.records import FORGOTTEN, Receipt
from analysis.workspace.stores import act
from analysis.workspace.stores.files import FileStore
from analysis.workspace.stores.placing import need_unchanged, placed
from analysis.workspace.upkeep import forgetting, trash

if TYPE_CHECKING:
    from collections import Counter

    from analysis.intake.standard.merges import Merges
    from analysis.intake.tables import RawTable
    from analysis.privacy.forget import Forgotten
    from analysis.recipe import Recipe

# Characters from which a cell that is the id is taken for it, whatever its column is; figures are mostly shorter.
LONG_TEXT, LONG_NUMBER = 5, 8


@dataclass(frozen=True)
class _Known:
    """What is known of the customer: every id in use, the list with them, and the decisions without them."""

    ids: tuple[str, ...]
    forgotten: Forgotten
    merges: Merges
    n_links: int
    hashes: frozenset[str]


@dataclass(frozen=True)
class _Changed:
    """Tables of the study without the customer, each with the one that it replaces."""

    pairs: list[tuple[RawTable, RawTable]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    remarks: int = 0


class ForgetStore(FileStore):
    """Who was forgotten, and forgetting."""

    def forgotten(self, study_id: str) -> Forgotten:
        """Return who was forgotten in a study, as hashes."""
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
            return forgetting.forgotten_of(connection, study_id)

    def forget(self, study_id: str, customer_id: str) -> Receipt:
        """Take a customer out of a study for good: files, snapshots, kept results, tags, experiments, undo, trash.

        The next file that names the customer, by any id that is known to be theirs, is read without those rows. A stop
        leaves the study as it was, or the customer forgotten; what is left to do then is done at the next opening.

        Raises
        ------
        AnalysisError
            ``forget_unknown``: nothing of the study names the customer; ``forget_last``: nobody else is in it;
            ``forget_no_ids``: its customers have no ids, so that nobody could be known again;
            ``recipe_changed_elsewhere``, ``study_gone``, ``stored_rows_damaged``, ``workspace_not_saved``.
        """
        there = self.raw_tables(study_id)
        with database.reading(self.engine) as connection:
            study = studies.need(connection, study_id)
            recipe = studies.load_recipe(connection, study_id).recipe
            if recipe and any(one.kind == "customers" and not one.column("customer_id") for one in recipe.sources):
                raise AnalysisError("forget_no_ids")
            known = _known(connection, study_id, there, recipe, customer_id)
        changed = _without(there, recipe, known)
        new = [one for _, one in changed.pairs]
        with placed(self.home, new) as place, audit.auditing(self.engine, self.home) as connection:
            need_unchanged(connection, study_id, there)
            if studies.need(connection, study_id).revision != study.revision:
                raise AnalysisError("recipe_changed_elsewhere", study=study.name, revision=study.revision, newest=0)
            receipt = self._receipt(connection, study_id, known, changed)
            if not receipt.n_named:
                raise AnalysisError("forget_unknown")
            for old, one in changed.pairs:
                position = raw.position(connection, study_id, old)
                raw.delete(connection, study_id, old.fingerprint, old.sheet)
                place.insert(connection, study_id, one, position=position)
            merged.replace(connection, study_id, known.merges)
            listed = known.forgotten.model_copy(update={"unfinished": True})
            documents.save(connection, study_id, forgetting.KIND, listed, forgetting.NAME, revision=None)
            audit.append(connection, "forgotten", study_id, customer=receipt.customer, rows=sum(receipt.rows.values()))
            studies.touch(connection, study_id)
        forgetting.finish(self.engine, self.home, study_id)
        return receipt

    def forget_again(self, study_id: str) -> None:
        """Take out of a study that came in whoever was forgotten here before (``forgetting.carry_over``).

        Whoever stands in a list of another salt is forgotten anew, under the salt of this study.
        """
        from analysis.intake.standard.forgotten import customers_forgotten

        forgotten = self.forgotten(study_id)
        with database.reading(self.engine) as connection:
            lists = forgetting.of_another_salt(connection, study_id)
            if not lists and not forgotten.unfinished:
                return
            recipe, merges = studies.load_recipe(connection, study_id).recipe, merged.fetch(connection, study_id)
        for one in (forgotten, *lists):
            there = self.raw_tables(study_id)  # forgetting puts others in their place
            for customer in customers_forgotten(there, recipe, merges, one) if recipe and there else ():
                try:
                    self.forget(study_id, customer)
                except AnalysisError as problem:
                    if problem.code not in ("forget_unknown", "forget_last", "forget_no_ids"):
                        raise
        if self.forgotten(study_id).unfinished:
            forgetting.finish(self.engine, self.home, study_id)

    def _receipt(self, connection: sa.Connection, study_id: str, known: _Known, changed: _Changed) -> Receipt:
        """Change what the database holds of the customer; count that, and what will be deleted."""
        rows = _mark_snapshots(connection, [
            (path.parent.name, int(named.sum()))
            for path, _, named in forgetting.named_rows(connection, self.home, study_id, known.forgotten)
        ])  # fmt: skip
        return Receipt(
            customer=known.forgotten.hashed(known.ids[0]),
            rows=changed.rows,
            remarks=changed.remarks,
            snapshots=len(rows),
            snapshot_rows=sum(rows.values()),
            tag_values=_tag_values(connection, study_id, known.ids),
            campaigns=act.without(connection, study_id, known.hashes),
            experiment_rows=self._experiments(connection, study_id, known.ids),
            merges=known.n_links,
            settings=_settings(connection, study_id, known.ids),
            undo=_undo(connection, study_id, known.ids),
            uploads=len(forgetting.uploads(connection, self.home, study_id)),
            runs=len(forgetting.runs(self.home, study_id)),
            trash=len(trash.items(self.home)),
            elsewhere=len(set().union(*forgetting.others(connection, study_id).values())),
        )

    def _experiments(self, connection: sa.Connection, study_id: str, ids: Sequence[str]) -> int:
        """Put tables without the customer in place of those kept with experiments; return the rows that went."""
        n = 0
        for experiment_id in experiments.ids(connection, study_id):
            row = connection.execute(
                sa.select(schema.experiments.c.record, schema.experiments.c.typed).where(
                    schema.experiments.c.id == experiment_id
                )
            ).one()
            record, typed = row.record, row.typed
            for path in sorted(experiments.folder(self.home, experiment_id).glob("*.parquet")):
                if path.stem not in record + typed:
                    continue
                seed = (json.loads(record).get("assignment") or {}).get("seed")
                table = parquet.read_table(path)
                kept = _not_named(table, ids, seed, _joined(json.loads(record), path.stem))
                if kept.num_rows < table.num_rows:
                    n += table.num_rows - kept.num_rows
                    new = experiments.write_table(self.home, experiment_id, kept)
                    record, typed = record.replace(path.stem, new), typed.replace(path.stem, new)
            if (record, typed) != (row.record, row.typed):
                experiments.digests(record)  # that it can be read again
                where = schema.experiments.c.id == experiment_id
                connection.execute(sa.update(schema.experiments).where(where).values(record=record, typed=typed))
        return n


def _known(
    connection: sa.Connection, study_id: str, tables: Sequence[RawTable], recipe: Recipe | None, customer_id: str
) -> _Known:
    from analysis.intake.standard.forgotten import ids_of
    from analysis.intake.standard.merges import groups

    merges = merged.fetch(connection, study_id)
    found = ids_of(tables, recipe, merges, customer_id) if recipe and tables else ()
    ids = (customer_id, *(one for one in found if one != customer_id))
    forgotten = forgetting.forgotten_of(connection, study_id)
    # One salt for both, so that an id that is known by a decision alone is forgotten with the others.
    if not forgotten.salt and merges.salt:
        forgotten = forgotten.model_copy(update={"salt": merges.salt})
    own = {merges.hashed(one) for one in ids}
    together = groups((link.first, link.second) for link in merges.same)
    tops = {together[one] for one in own if one in together}
    hashes = own | {one for one, top in together.items() if top in tops}
    links = tuple(link for link in merges.links if not hashes & {link.first, link.second})
    n_links = len(merges.links) - len(links)
    forgotten = forgotten.adding(ids, hashes if merges.salt == forgotten.salt else ())
    merges = merges.model_copy(update={"links": links, "salt": merges.salt or forgotten.salt})
    return _Known(ids, forgotten, merges, n_links, frozenset(hashes))


def _without(tables: Sequence[RawTable], recipe: Recipe | None, known: _Known) -> _Changed:
    """Return the tables that name the customer without those rows, found by the engine that reads the next file."""
    if recipe is None or not tables:
        return _Changed()
    pairs: list[tuple[RawTable, RawTable]] = []
    rows: dict[str, int] = {}
    remarks = 0
    for table, lines in zip(tables, _lines(tables, recipe, known), strict=True):
        surplus = tuple(left._replace(text="") if _names(left.text, known.ids) else left for left in table.surplus)
        blanked = sum(new != old for new, old in zip(surplus, table.surplus, strict=True))
        if lines or blanked:
            pairs.append((table, replace(_without_lines(table, lines), surplus=surplus)))
            rows |= {table.key: len(lines)} if lines else {}
            remarks += blanked
    return _Changed(pairs, rows, remarks)


def _lines(tables: Sequence[RawTable], recipe: Recipe, known: _Known) -> list[list[int]]:
    from analysis.intake.questions import lines_set_aside
    from analysis.intake.standard.forgotten import REASON
    from analysis.intake.standard.mapped import find_sources
    from analysis.intake.standard.standardise import standardise

    try:
        standard = standardise(tables, recipe, known.merges, known.forgotten)
    except AnalysisError as problem:
        if problem.code == "nothing_kept":
            raise AnalysisError("forget_last") from problem
        raise
    found: list[list[int]] = [[] for _ in tables]
    for source, line in lines_set_aside(standard, REASON):
        found[source].append(line)
    standard.connection.close()
    for index, place in enumerate(find_sources(tables, recipe)):
        if place is None or recipe.sources[place].kind == "ignore":
            found[index] = _lines_of_cells(tables[index], known.ids)
    return found


def _lines_of_cells(table: RawTable, ids: Sequence[str]) -> list[int]:
    """Return the lines of a table that is not in use where a cell is the id, or in its column of customers any id."""
    from analysis.intake.suggesting.suggest import inspect

    [guess] = inspect([table])
    columns = {column.name for column in guess.columns if column.role == "customer_id"}
    tests = []
    for index, header in enumerate(table.columns):
        sure = [one for one in ids if header in columns or _tells(one)]
        if sure:
            tests.append(f"trim(c{index}) IN ({', '.join(map(literal, sure))})")
    if not tests:
        return []
    with look() as connection:
        found = connection.execute(f"SELECT line FROM ({table.scan_sql()}) WHERE {' OR '.join(tests)} ORDER BY line")
        return [line for (line,) in found.fetchall()]


def _without_lines(table: RawTable, lines: Sequence[int]) -> RawTable:
    if not lines:
        return table
    import pyarrow as pa

    from analysis.intake.reading.large import spool

    part = spool() / f"{uuid.uuid4().hex}.parquet"
    with connect() as connection:
        connection.register("gone", pa.table({"line": list(lines)}))
        rows = f"SELECT * FROM ({table.scan_sql()}) WHERE line NOT IN (SELECT line FROM gone)"
        n = parquet.copy(connection, rows, part, use="kept")
    return replace(table, rows=part, n_rows=n, hidden_rows=min(table.hidden_rows, n))


def _not_named(table: Any, ids: Sequence[str], seed: str | None, of_customers: Collection[str]) -> Any:
    """Return the rows of a table of an experiment in which no cell is the customer, by id or by its hash there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from analysis.experiments.splitting.assignment import customer_hashes

    names = [*ids, *(customer_hashes(list(ids), seed=seed) if seed else ())]
    gone = pa.array([False] * table.num_rows)
    for name in table.column_names:
        try:
            cells = pc.cast(table[name], pa.string())  # pyright: ignore
        except pa.ArrowException:
            continue  # nested cells are no ids
        wanted = [one for one in names if name in of_customers or _tells(one)]
        gone = pc.or_(gone, pc.fill_null(pc.is_in(cells, value_set=pa.array(wanted, pa.string())), False))  # pyright: ignore
    return table.filter(pc.invert(gone))  # pyright: ignore


def _joined(record: Any, digest: str) -> set[str]:
    """Return the columns of a table that were found to be customers of the study."""
    sources = [reading["source"] for reading in record.get("readings", ())]
    return {one["joined"] for one in sources if one.get("digest") == digest and one.get("joined")}


def _mark_snapshots(connection: sa.Connection, counts: Iterable[tuple[str, int]]) -> Counter[str]:
    """Say in each snapshot how many rows of it went; return that by snapshot."""
    from collections import Counter

    found: Counter[str] = Counter()
    for snapshot_id, n in counts:
        found[snapshot_id] += n
    table = schema.snapshots
    for snapshot_id, n in found.items():
        where = table.c.id == snapshot_id
        summary = database.saved_json(connection.execute(sa.select(table.c.summary).where(where)).scalar_one())
        summary[FORGOTTEN] = summary.get(FORGOTTEN, 0) + n
        connection.execute(sa.update(table).where(where).values(summary=snapshots.as_json(summary)))
    return found


def _tag_values(connection: sa.Connection, study_id: str, ids: Sequence[str]) -> int:
    n = 0
    for document in documents.fetch(connection, study_id, "tag_values"):
        gone = {document.value.hashed(one) for one in ids}
        kept = tuple(row for row in document.value.rows if row.customer not in gone)
        if len(kept) < len(document.value.rows):
            n += len(document.value.rows) - len(kept)
            value = document.value.model_copy(update={"rows": kept})
            documents.save(connection, study_id, "tag_values", value, document.name, revision=document.revision)
    return n


def _settings(connection: sa.Connection, study_id: str, ids: Sequence[str]) -> int:
    """Let go of what a page looked like where it names the customer."""
    table = schema.study_settings
    named = [
        name
        for name, value in studies.all_settings(connection, study_id).items()
        if not name.startswith(snapshots.FIT_SETTING) and _holds(value, set(ids))
    ]
    connection.execute(sa.delete(table).where(table.c.study_id == study_id, table.c.name.in_(named)))
    return len(named)


def _undo(connection: sa.Connection, study_id: str, ids: Sequence[str]) -> int:
    """Let go of changes to undo that name the customer."""
    named = [
        one.name
        for one in documents.fetch(connection, study_id, "recipe_changes")
        if _holds(one.value.model_dump(mode="json"), set(ids))
    ]
    for name in named:
        documents.remove(connection, study_id, "recipe_changes", name)
    return len(named)


def _tells(customer_id: str) -> bool:
    """Say whether an id is so long that nothing else is written so."""
    return len(customer_id) >= (LONG_NUMBER if customer_id.isdigit() else LONG_TEXT)


def _holds(value: Any, ids: Collection[str]) -> bool:
    """Say whether a text in a JSON value is an id."""
    if isinstance(value, dict):
        return any(_holds(one, ids) for pair in value.items() for one in pair)
    if isinstance(value, list):
        return any(_holds(one, ids) for one in value)
    return isinstance(value, str) and value in ids


def _names(text: str, ids: Iterable[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text) for one in ids)
