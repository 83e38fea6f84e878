"""The standard tables beside orders and customers: events, feedback, referrals, contacts, consents, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.booleans import happened_words, read_flags
from analysis.engine import fetch_rows
from analysis.errors import AnalysisError
from analysis.intake.cells.dates import in_zone, timestamp
from analysis.intake.cells.decimals import read_decimal
from analysis.intake.cells.flags import distinct_cells, flag_sql
from analysis.intake.cells.units import MONEY_ROLES, scaled
from analysis.intake.cells.values import (
    MONEY,
    NOTHING,
    TOTAL_WORDS,
    category,
    identifier,
    is_nothing,
    number,
    one_of,
    says,
)
from analysis.intake.record_kinds import RECORDS, RecordKind, missing_record_roles
from analysis.intake.roles import roles
from analysis.intake.standard.typed import chosen_date_form
from analysis.intake.tables import Note, TableCount

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

TYPES = {"number": MONEY, "flag": "BOOLEAN", "date": "TIMESTAMP"}  # not DOUBLE: its sums depend on the rows' order
# What a log of consents says beside yes and no; anything else says nothing.
AGREES = (
    *("granted", "given", "agreed", "accepted", "active", "valid", "confirmed"),
    *("同意", "已同意", "授权", "已授权", "有效", "订阅", "已订阅"),
)
REFUSES = (
    *("withdrawn", "revoked", "refused", "declined", "denied", "rejected", "cancelled", "canceled", "unsubscribed"),
    *("拒绝", "不同意", "已拒绝", "撤回", "已撤回", "撤销", "已撤销", "取消", "已取消", "退订", "已退订", "未授权"),
)

_WAYS = ("sms", "email", "phone", "wechat")
_OWN_WAYS = {"sms": "sms_opt_in", "email": "email_opt_in"}  # the roles of columns that ask for one of them


def refuse_missing(one: Mapped, kind: str) -> None:
    """Refuse a mapping of records that lacks what they cannot do without."""
    assert one.source is not None
    missing = missing_record_roles(kind, {column.role for column in one.source.columns})
    if not missing:
        return
    facts = {"table": one.table.key, "columns": ", ".join(one.table.columns[:12])}
    if missing[0] == "customer_id":
        raise AnalysisError("no_customer_column", **facts)
    if missing[0] == "rating":
        raise AnalysisError("no_feedback_column", **facts)
    if missing[0] == "consented":
        raise AnalysisError("no_consent_column", **facts)
    if missing[0] in ("referrer_id", "referred_id"):
        raise AnalysisError("no_referral_columns", **facts)
    raise AnalysisError("no_time_column", **facts)


def standardise_records(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    tables: Sequence[Mapped],
    counts: list[TableCount],
    zone: str | None,
    notes: list[Note],
) -> None:
    """Create the table of one kind and add what became of the rows to ``counts``.

    Every kind has ``source``, ``line``, ``customer_id`` (the one who referred, for referrals), ``time``, ``date`` and
    a column per role, NULL where no file has it. A row without a customer, or without a time that can be read, is set
    aside; referrals may do without a time, and need the one who was referred. So may a refusal to be contacted: it is
    kept without a time, since the stricter reading of it wins.
    """
    from analysis.intake.standard.mapped import with_surplus

    spec = RECORDS[kind]
    stored = {"customer_id": "VARCHAR", "time": "TIMESTAMP"}
    stored |= {role: TYPES.get(roles()[role].kind, "VARCHAR") for role in spec.columns}
    columns = ", ".join(f"{name} {type_}" for name, type_ in stored.items())
    connection.execute(f"CREATE TABLE {kind} (source INTEGER, line BIGINT, {columns}, date DATE)")
    for one in tables:
        refuse_missing(one, kind)
        typed = ", ".join(f"{_typed(connection, one, spec, name, zone, notes)} AS {name}" for name in stored)
        raw_time = one.raw(spec.time)
        unread = f"NOT {is_nothing(raw_time)}" if raw_time else "false"
        gone = [one.is_forgotten(name) for name in ("customer_id", "referred_id") if name in stored]
        cases = [
            (" OR ".join(gone), "forgotten"),
            (says("customer_id", TOTAL_WORDS), "total_row"),
            ("customer_id IS NULL", "no_customer"),
        ]
        if kind == "referrals":
            cases += [("referred_id IS NULL", "no_customer"), ("time IS NULL AND has_time", "date_unreadable")]
        else:
            undated = "time IS NULL AND consented IS DISTINCT FROM false" if kind == "consents" else "time IS NULL"
            cases += [(f"{undated} AND NOT has_time", "no_date"), (undated, "date_unreadable")]
        reason = " ".join(f"WHEN {test} THEN '{code}'" for test, code in cases)
        name = f"records_{one.index}"
        connection.execute(
            f"CREATE TEMP TABLE {name} AS SELECT *, CASE {reason} END AS reason "
            f"FROM (SELECT line, {typed}, {unread} AS has_time FROM {one.view})"
        )
        connection.execute(
            f"INSERT INTO {kind} BY NAME SELECT {one.index} AS source, CAST(time AS DATE) AS date, "
            f"* EXCLUDE (reason, has_time) FROM {name} WHERE reason IS NULL"
        )
        connection.execute(
            f"INSERT INTO set_aside SELECT {one.index}, line, reason FROM {name} WHERE reason IS NOT NULL"
        )
        found = fetch_rows(connection, f"SELECT reason, count(*) FROM {name} GROUP BY reason ORDER BY reason")
        connection.execute(f"DROP TABLE {name}")
        kept = sum(int(n) for code, n in found if code is None)
        if not kept and (unread_rows := sum(int(n) for code, n in found if code == "date_unreadable")):
            column = one.source.column(spec.time) if one.source else None
            raise AnalysisError(
                "dates_unreadable", table=one.table.key, column=column.name if column else "", n=unread_rows
            )
        reasons = with_surplus(connection, one, {code: int(n) for code, n in found if code})
        counts.append(TableCount(one.table.key, kind, one.table.n_read, kept, reasons))


def consents_of_orders(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped], heads: Sequence[Mapped] = ()
) -> frozenset[str]:
    """Add to the log of consents what orders say of them, as said when it was ordered; return its roles.

    Of each customer the last time of each answer is kept, and the first where nothing beside a tick is one: a tick is
    not taken back by that. Who did not object has not agreed, where another column asks. Beside a column of a way of
    its own (text messages, e-mail) an answer in general is one for all other ways.
    """
    every = [*tables, *heads]
    own = {way for way, role in _OWN_WAYS.items() if any(one.raw(role) for one in every)}
    asks = bool(own) or any(one.raw("opt_in") for one in every)
    found: set[str] = set()
    for one in every:
        for role in ("opt_in", *_OWN_WAYS.values(), "do_not_contact"):
            if (raw := one.raw(role)) is None:
                continue
            said, when = _said_on_orders(connection, one.view, raw, role, asks=asks)
            ways: list[str] = [way for way, its in _OWN_WAYS.items() if its == role]
            if own and role == "opt_in":
                ways = [way for way in _WAYS if way not in own]
            lines = (
                f"SELECT line, customer_id, order_time, {when['first']} AS first_time FROM ({_said_by(one, tables)})"
            )
            connection.execute(
                "INSERT INTO consents BY NAME SELECT *, CAST(time AS DATE) AS date, "
                f"unnest({ways or '[NULL::VARCHAR]'}) AS consent_channel FROM ("
                f"SELECT {one.index} AS source, min(line) AS line, customer_id, {when['said']} AS time, consented "
                f"FROM ({lines}) JOIN (SELECT line, {said} AS consented FROM {one.view}) USING (line) "
                "WHERE consented IS NOT NULL GROUP BY customer_id, consented)"
            )
            found |= {"customer_id", "consent_date", "consented", *(["consent_channel"] if ways else [])}
    return frozenset(found)


def _said_by(one: Mapped, tables: Sequence[Mapped]) -> str:
    """Write who said something and when, line by line, of a table of order lines or of one with a row per order."""
    if any(one.index == other.index for other in tables):
        return (
            f"SELECT line, customer_id, order_time FROM {one.lines} "
            "WHERE customer_id IS NOT NULL AND coalesce(reason, '') <> 'forgotten'"
        )
    return (
        "SELECT line, lent_customer_id AS customer_id, lent_order_date AS order_time FROM order_heads "
        f"WHERE source = {one.index} AND lent_customer_id IS NOT NULL AND NOT {one.is_forgotten('lent_customer_id')}"
    )


def _said_on_orders(
    connection: duckdb.DuckDBPyConnection, rows: str, raw: str, role: str, *, asks: bool
) -> tuple[str, dict[str, str]]:
    """Write what a line says of being contacted, and when each answer of a customer was given, as SQL."""
    when = {"first": "order_time", "said": "max(order_time)"}
    cells = distinct_cells(connection, rows, raw)
    ticks = read_flags(cells, nothing=NOTHING, n_empty=1)
    if ticks is None or not ticks.nothing_is_no or read_flags(cells, nothing=NOTHING) is not None:
        said = _agreed(connection, rows, raw)
    else:
        yes = one_of(raw, sorted(ticks.yes))
        said = f"coalesce({yes}, false)" if role == "do_not_contact" else f"CASE WHEN {yes} THEN true END"
        when["first"] = "min(order_time) OVER (PARTITION BY customer_id)"
        when["said"] = "CASE WHEN consented THEN min(first_time) ELSE max(order_time) END"
    if role == "do_not_contact":
        said = f"CASE WHEN {said} THEN false{'' if asks else f' WHEN NOT ({said}) THEN true'} END"
    return said, when


def _typed(
    connection: duckdb.DuckDBPyConnection, one: Mapped, spec: RecordKind, name: str, zone: str | None, notes: list[Note]
) -> str:
    role = {"customer_id": spec.key, "time": spec.time}.get(name, name)
    raw, column = one.raw(role), one.source.column(role) if one.source else None
    kind = roles()[role].kind
    if raw is None or column is None:
        return f"CAST(NULL AS {TYPES.get(kind, 'TIMESTAMP' if name == 'time' else 'VARCHAR')})"
    words = NOTHING if column.nothing == "auto" else column.nothing
    if name in ("customer_id", "referred_id"):
        return one.customer(identifier(raw, nothing=words), raw)
    if name == "time" or kind == "date":
        when = timestamp(raw, form=chosen_date_form(connection, one, raw, notes))
        return in_zone(raw, when, zone) if zone else when
    if kind == "number":
        decimal = (
            read_decimal(connection, one, raw, is_money=role in MONEY_ROLES, notes=notes)
            if column.decimal == "auto"
            else column.decimal
        )
        return f"TRY_CAST({scaled(number(raw, decimal=decimal), one, role)} AS {MONEY})"
    if role == "consented":
        return _agreed(connection, one.view, raw)
    if kind == "flag":
        return _happened(connection, one.view, raw)
    value = identifier(raw, nothing=words) if kind == "id" else category(raw)
    return f"CASE WHEN NOT {is_nothing(raw, words)} THEN {value} END"


def _happened(connection: duckdb.DuckDBPyConnection, rows: str, column: str) -> str:
    """Read whether something happened: a yes of a yes/no column, else a word for it, a number above zero or a date.

    Everything else is a no, and so is nothing: what was not noted did not happen.
    """
    flags = read_flags(distinct_cells(connection, rows, column), nothing=NOTHING)
    if flags is not None:
        return f"coalesce({flag_sql(column, flags)}, false)"
    return (
        f"(NOT {is_nothing(column)} AND ({one_of(f'lower(trim({column}))', sorted(happened_words()))} "
        f"OR coalesce({number(column)} > 0, false) OR coalesce({timestamp(column)} IS NOT NULL, false)))"
    )


def _agreed(connection: duckdb.DuckDBPyConnection, rows: str, column: str) -> str:
    """Read what was said to being contacted: yes, no, or NULL where a cell says neither."""
    flags = read_flags(distinct_cells(connection, rows, column), nothing=NOTHING)
    if flags is not None:
        return flag_sql(column, flags)
    said = f"lower(trim({column}))"
    return f"CASE WHEN {one_of(said, AGREES)} THEN true WHEN {one_of(said, REFUSES)} THEN false END"
