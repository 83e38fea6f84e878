"""Visits that are booked and lie ahead, in a list that also tells which ones took place: not sold yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.engine import fetch_row
from analysis.intake.cells.values import category, one_of
from analysis.intake.meaning.words import folded
from analysis.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from analysis.intake.mapped import Mapped

LEAST_AHEAD = 0.9  # of the booked rows lie after the last visit that took place
_BOOKED = re.compile(
    r"^(?:booked|scheduled|upcoming|reserved|confirmed|planned|future|not yet due|gebucht|geplant|reserviert|bestatigt|"
    r"bevorstehend|reservee?s?|confirmee?s?|planifiee?s?|a venir|programad[oa]|reservad[oa]|agendad[oa]|confirmad[oa]|"
    r"marcad[oa]|prenotat[oa]|confermat[oa]|in programma|geboekt|gepland|gereserveerd|bevestigd|zarezerwowan[aey]|"
    r"umowion[aey]|zaplanowan[aey]|potwierdzon[aey]|забронирован[ао]?|запланирован[ао]?|записан[ао]?|подтвержден[ао]?|"
    r"rezerve(?: edildi)?|planlandi|onaylandi|bokad|bokat|booket|bekraftad)$|"
    r"^(?:已预约|预约成功|预约中|已预订|预订成功|待就诊|待到店|待服务|待入住|待上课|未开始|已确认|予約済み?|予約中|予約確定|予約|確定|"
    r"예약|예약완료|예약확정|예약됨|확정|محجوز|مجدول|مؤكد|จองแล้ว|นัดแล้ว|ยืนยันแล้ว)$"
)
_DONE = re.compile(
    r"\b(?:completed?|done|finished|attended|arrived|visited|checked[ -]?out|departed|seen|abgeschlossen|erledigt|"
    r"wahrgenommen|durchgefuhrt|erschienen|abgereist|terminee?s?|effectuee?s?|honoree?s?|venue?s?|realizad[oa]|"
    r"completad[oa]|atendid[oa]|asistio|finalizad[oa]|effettuat[oa]|completat[oa]|conclus[oa]|concluid[oa]|voltooid|"
    r"afgerond|geweest|zrealizowan[aey]|zakonczon[aey]|odbyta|завершен[ао]?|состоялся|выполнен[ао]?|tamamlandi|geldi|"
    r"slutford|genomford|gennemfort)\b|"
    r"已完成|完成|已到店|已就诊|已服务|已离店|已退房|已结束|已上课|已消费|来店済|施術済|来院済|完了|チェックアウト済|"
    r"방문완료|시술완료|이용완료|완료|퇴실|مكتمل|تمت|เสร็จ|สำเร็จ|เข้าพักแล้ว"
)
_VISITS = re.compile(
    r"\b(?:appointments?|appts?|bookings?|visits?|sessions?|class(?:es)?|treatments?|reservations?|arrivals?|check ?in|"
    r"stays?|slot|start time|termin|behandlung\w*|buchung\w*|anreise\w*|rdv|rendez|seance|sejour|arrivee|reservas?|"
    r"citas?|turnos?|visitas?|sesion|entrada|llegada|consulta|appuntament\w*|prenotazion\w*|seduta|arrivo|afspra\w*|boeking\w*|"
    r"behandeling|aankomst|wizyt\w*|rezerwac\w*|przyjazd|запис\w*|визит\w*|бронь\w*|заезд\w*|randevu\w*|rezervasyon\w*|"
    r"seans|giris|bokning\w*|besok\w*)\b|"
    r"预约|预订|预定|到店|就诊|入住|上课|服务时间|予約|来店|施術|来院|宿泊|예약|방문|시술|체크인|입실|موعد|حجز|นัด|จอง|เข้าพัก",
)


def booked_states(states: Iterable[str]) -> tuple[str, ...]:
    """Return the states that only say booked, where others say that a visit took place.

    Examples
    --------
    >>> booked_states(["Completed", "Booked", "No-show"]), booked_states(["Booked", "Paid"])
    (('Booked',), ())
    """
    words = {state: folded(state) for state in states}
    if not any(_DONE.search(word) for word in words.values()):
        return ()
    return tuple(state for state, word in words.items() if _BOOKED.match(word))


def planned_states(connection: duckdb.DuckDBPyConnection, one: Mapped, states: Iterable[str], lines: str) -> list[str]:
    """Return the states of visits that lie ahead: booked, nearly all after the last one that took place.

    ``lines`` are the typed lines with ``order_time`` and the ``status``.
    """
    states = list(states)
    booked = booked_states(states)
    if not booked or not any(_VISITS.search(folded(name)) for name in (*one.table.columns, one.table.key)):
        return []
    done = [state for state in states if _DONE.search(folded(state))]
    found = []
    for state in booked:
        n, ahead = fetch_row(
            connection,
            f"WITH lines AS (SELECT order_time, status FROM ({lines})), last AS (SELECT max(order_time) AS day "
            f"FROM lines WHERE {one_of('status', done)}) SELECT count(*), count(*) FILTER (order_time > day) "
            f"FROM lines, last WHERE {one_of('status', [state])} AND day IS NOT NULL",
        )
        found += [state] if n and ahead >= LEAST_AHEAD * n else []
    return found


def note_planned(connection: duckdb.DuckDBPyConnection, one: Mapped, planned: Iterable[str], notes: list[Note]) -> None:
    """Note ``states_planned`` with the rows that are booked and lie ahead, and their money."""
    states, raw = sorted(planned), one.raw("status")
    if not states or raw is None:
        return
    n, money = fetch_row(
        connection,
        f"SELECT count(*), coalesce(sum(l.amount), 0) FROM {one.lines} AS l JOIN {one.view} AS r ON r.line = l.line "
        f"WHERE l.reason = 'excluded_state' AND {one_of(category(f'r.{raw}'), states)}",
    )
    if n:
        facts = {"table": one.table.key, "states": states, "n": int(n), "money": float(money)}
        notes.append(Note("states_planned", facts, "check"))
