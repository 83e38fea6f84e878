"""Outcomes that say yes in one way or hold nothing: whether an empty cell means no, the header has to say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.booleans import folded, happened_words, read_flags
from analysis.engine import fetch_rows, fetch_value, literals, quoted_name
from analysis.errors import AnalysisError
from analysis.intake.cells.values import NOTHING

if TYPE_CHECKING:
    import duckdb

# What happened to a customer, or did not.
OUTCOME = re.compile(
    r"conver|purchas|bought|buy|order|visit|click|open|retention|retain|respon|repl(?:y|ied)|answered|spen[dt]|revenue|sales|amount|paid|profit"
    r"|sign(?:ed)?[ _-]?up|subscri|regist|renew|upgrad|churn|cancel|return|redeem|success|goal|outcome|won\b|booked"
    r"|enrol|joined|donat"
    r"|转化|购买|下单|成交|点击|打开|访问|留存|响应|消费|金额|收入|销售|利润|回复|注册|复购|续费|流失|到店|预约|领取|核销|报名|是否"
    r"|gekauft|bestellt|geklickt|geantwortet|acheté|commandé|répondu|comprado|compró|acquistato|kupił|купил|заказал|satın|購入|注文|구매|주문",
    re.IGNORECASE,
)
_MOST_WORDS = 20


@dataclass(frozen=True)
class Ticked:
    """The cells that say yes, in small letters, and the rows without one."""

    words: tuple[str, ...]
    n_empty: int

    @property
    def shown(self) -> str:
        """The word that says yes, where it is one known for that or a sign: any other may be a name."""
        word = self.words[0]
        return word if len(word) <= 1 or folded(word) in happened_words() or read_flags(self.words) else "…"


def ticked(con: duckdb.DuckDBPyConnection, column: str, kind: str, rows: str = "rows") -> Ticked | None:
    """Return what a column holds that says one thing or nothing; None for any other, and for days."""
    if kind.startswith(("DATE", "TIME", "BOOLEAN")):
        return None
    text = _text(quoted_name(column))
    cells = [cell for (cell,) in fetch_rows(con, f"SELECT DISTINCT {text} FROM {rows} LIMIT {_MOST_WORDS}")]
    pair = read_flags([cell for cell in cells if cell], nothing=NOTHING, n_empty=1)
    if pair is not None and not pair.nothing_is_no:
        return None  # 有 and 无
    nothing = {folded(word) for word in NOTHING}
    words = tuple(sorted(cell for cell in cells if cell and folded(cell) not in nothing))
    if not words or len(cells) == len(words) or len(cells) == _MOST_WORDS:
        return None
    flags = read_flags(words, asked=True, n_empty=1) if len(words) > 1 else None
    if len(words) > 1 and not (flags and flags.nothing_is_no):
        return None
    n = fetch_value(con, f"SELECT count(*) FROM {rows} WHERE {text} IS NULL OR {text} NOT IN ({literals(words)})")
    return Ticked(words, int(n))


def ticked_outcome(con: duckdb.DuckDBPyConnection, column: str, kind: str) -> Ticked | None:
    """Return the ticks of an outcome whose header says that something happened, so that nothing means no.

    Raises
    ------
    AnalysisError
        ``experiment_ticked_outcome`` (column, n) where the header says no such thing, or the only cells say
        no: nobody knows what the empty ones mean.
    """
    found = ticked(con, column, kind)
    if found is None:
        return None
    flags = read_flags(found.words, asked=True, n_empty=found.n_empty)
    says_no = flags is not None and not flags.yes
    if says_no or not OUTCOME.search(column):
        raise AnalysisError("experiment_ticked_outcome", column=column, n=found.n_empty)
    return found


def ticks_sql(column: str, found: Ticked) -> str:
    """Write the outcome, of a column that is quoted already, as 1 for ticked and 0 for nothing."""
    return f"CASE WHEN coalesce({_text(column)}, '') IN ({literals(found.words)}) THEN 1.0 ELSE 0.0 END"


def _text(column: str) -> str:
    return f"lower(trim(CAST({column} AS VARCHAR)))"
