"""Make the brief of a run: every sentence of its five parts from what the stages found, beside the run before."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.history.bridge import Bridge, Bridges, bridge, since
from analysis.history.brief import Brief, PartKey, Said, Whom, in_order
from analysis.history.chance import chance_moves
from analysis.history.drift import drift
from analysis.history.earlier import Earlier, restated, state_of
from analysis.history.matrix import Migration, migration
from analysis.history.moment import Moment, moment_of
from analysis.history.params import BridgeParams, ChanceParams
from analysis.history.split import by_old_definition, split_change
from analysis.intake.moved import price_index
from analysis.intake.questions import chosen_lines, order_span
from analysis.overview.periods import years_back

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from analysis.act.campaign import Campaign
    from analysis.experiments.record import Experiment
    from analysis.overview.card_result import SegmentCard
    from analysis.profiles.result import Feature
    from analysis.study.result import StudyResult

DAYS = 30  # what a first brief looks back on
TOLD_BY = ("channel", "region", "category", "product")
CHANNELS = ("channel", "region")  # where a value that brings nothing any more is told
GONE_SHARE = Decimal("0.02")  # of the revenue before, from where on a value without any now is told
GONE_BUYERS = 10  # as many before: that none of them comes in as many days by chance is 2**-10
CAME, LEFT = ("new", "returned", "moved_in"), ("lost", "moved_out")  # steps of who was not there before, or is not now
PRICE_CHANGE, LEAST_PRODUCTS = 0.03, 3
TWICE = {"orders_in_two_files": "overlap", "orders_told_otherwise": "told_otherwise", "orders_gone": "gone"}
FACTS = ("table", "other", "n", "money")
MISSING_MORE, EFFECT_TOLD = 0.10, 0.01
MOVES, CARDS, MONTHS, MOST_DATA = 3, 3, 2, 6
NEEDED = ("call", "come_back", "reorder", "ask_why", "win_back", "second_order")  # actions that cannot wait
DRAWS = ChanceParams(draws=4, most_customers=2_000)


def brief(
    result: StudyResult,
    earlier: Earlier | None = None,
    *,
    experiments: Sequence[Experiment] = (),
    campaigns: Sequence[Campaign] = (),
    read_since: datetime | None = None,
    arrived: Sequence[Mapping[str, Any]] = (),
    alarms: Sequence[Said] = (),
    chance: ChanceParams | None = DRAWS,
) -> Brief:
    """Tell what a run found, and what became of it since the run before.

    Parameters
    ----------
    result : StudyResult
    earlier : Earlier, optional
        The run before; without one of other days and the same kinds of tables it is of the last 30 days in the files.
    experiments : sequence of Experiment, optional
        Of the study; those read after ``read_since`` are told.
    campaigns : sequence of Campaign, optional
        Lists that were made; those whose results were counted since the run before are told.
    read_since : datetime, optional
        When the run before was made.
    arrived : sequence of mapping, optional
        What differed in the files that came (``arrival.as_json``).
    alarms : sequence of Said, optional
        Open alarms (``alarms.told``).
    chance : ChanceParams, optional
        How what chance moves is asked; None leaves it out.

    Examples
    --------
    >>> from analysis.study import read, run
    >>> found = brief(run(read("sample_data/中文店铺.xlsx")))
    >>> [part.key for part in found.parts], found.since
    (['happened', 'moved', 'needs', 'data', 'learned'], None)
    """
    now = moment_of(result)
    if earlier is not None and not state_of(result.standard, now.as_of).follows(earlier.as_of, earlier.summary):
        earlier = None
    periods = _periods(result, earlier)
    found = None if periods is None else _bridge(result, periods, earlier, now)
    moved = _migration(result, earlier, now)
    said: dict[PartKey, list[Said]] = {
        "happened": _happened(result, found, now, earlier),
        "moved": [
            *_steps(result, found, earlier, now),
            *_moves(result, moved, earlier, now, chance),
            *_drifted(result, earlier, now),
        ],
        "needs": [*alarms, *_needs(result)],
        "data": _data(result, earlier, now, arrived)[:MOST_DATA],
        "learned": [*_learned(experiments, read_since), *_came(campaigns, earlier, read_since)],
    }
    features = {one.facts["feature"] for part in said.values() for one in part if "feature" in one.facts}
    return Brief(
        as_of=result.profiles.as_of,
        since=None if earlier is None else earlier.as_of,
        parts=in_order(said, result.recipe.goal),
        goal=result.recipe.goal,
        bridge=found,
        migration=moved,
        names={kind: dict(edited.names) for kind, edited in result.edited.items()},
        features=tuple(one for one in result.profiles.features if one.key in features),
    )


def _periods(result: StudyResult, earlier: Earlier | None) -> Any:
    """Return the days since the run before and as many before them; of the last 30 days where there is no such run."""
    if "order_date" not in result.standard.order_roles:
        return None
    as_of, first = result.profiles.as_of, order_span(result.standard).first
    start = as_of - timedelta(days=DAYS) if earlier is None else earlier.as_of
    if first is None or start >= as_of or start <= first:
        return None
    return since(start, as_of)


def _bridge(result: StudyResult, periods: Any, earlier: Earlier | None, now: Moment) -> Bridges | None:
    try:
        return bridge(result.standard, *periods)
    except AnalysisError:  # orders without money: the sentences on customers stay
        return None


def _migration(result: StudyResult, earlier: Earlier | None, now: Moment) -> Migration | None:
    method = result.cards.method
    if earlier is None or method not in earlier.moment.methods or method not in now.methods:
        return None
    return migration(earlier.moment, now, method)


# What happened


def _happened(result: StudyResult, found: Bridges | None, now: Moment, earlier: Earlier | None) -> list[Said]:
    if found is None:
        facts = {"n": len(now.customers), "as_of": now.as_of}
        if earlier is None:
            return [Said("customers_today", facts)]
        if earlier.as_of >= now.as_of:
            return [Said("nothing_new", facts | {"day": earlier.as_of})]
        return [Said("customers", facts | {"before": len(earlier.moment.customers), "day": earlier.as_of})]
    whole = found.whole
    facts: dict[str, Any] = {"start": found.now[0], "end": found.now[1], "days": (found.now[1] - found.now[0]).days + 1}
    facts |= {"now": float(whole.now), "before": float(whole.before)}
    said = [Said(_direction("revenue", whole.before, whole.now), facts | _change(whole.before, whole.now))]
    year = _year_before(result, found)
    if year is not None:
        said.append(Said(_direction("year", year, whole.now), {"year": float(year), **_change(year, whole.now)}))
    people = {"n": found.customers_now, "before": found.customers_before, "new": whole.step("new").customers}
    people |= {"returned": whole.step("returned").customers, "lost": whole.step("lost").customers}
    said.append(Said("buyers", people))
    return said


def _direction(code: str, before: Decimal, now: Decimal) -> str:
    if before <= 0:
        return f"{code}_from_nothing"
    change = now / before - 1
    return f"{code}_same" if abs(change) < Decimal("0.005") else f"{code}_up" if change > 0 else f"{code}_down"


def _change(before: Decimal, now: Decimal) -> dict[str, float]:
    return {"change": abs(float(now / before - 1))} if before > 0 else {}


def _year_before(result: StudyResult, found: Bridges) -> Decimal | None:
    """Return the revenue of the same days a year ago; None where the files do not reach back so far."""
    start, end = (years_back(day, 1) for day in found.now)
    first = order_span(result.standard).first
    if first is None or start < first or start >= found.before[0]:
        return None
    revenue = chosen_lines(result.standard, result.profiles.as_of, {}).within((start, end)).totals().revenue
    return None if revenue is None else Decimal(str(round(revenue, 6)))


# What moved


def _steps(result: StudyResult, found: Bridges | None, earlier: Earlier | None, now: Moment) -> list[Said]:
    if found is None:
        return []
    steps = {step: float(abs(found.whole.step(step).change)) for step in ("new", "returned", "up", "down", "lost")}
    said = [Said("bridge", steps)]
    prices = price_index(result.standard, found.before, found.now)
    if prices is not None and abs(prices[0] - 1) >= PRICE_CHANGE and prices[1] >= LEAST_PRODUCTS:
        code = "prices_up" if prices[0] > 1 else "prices_down"
        facts = {"change": abs(prices[0] - 1), "products": prices[1], "dearer": prices[2]}
        said.append(Said(code, facts, "check"))
    largest: list[tuple[Decimal, Said]] = []
    for column in TOLD_BY:
        if column not in result.standard.order_roles:
            continue
        parts = bridge(result.standard, found.before, found.now, BridgeParams(by=column, most=50), whole=found).parts
        if column in CHANNELS:
            least = max(Decimal(0), GONE_SHARE * abs(found.whole.before))
            said += [
                Said("value_gone", {"column": column, "value": part.value, "before": float(part.before)}, "check")
                for part in parts
                if not part.now and part.before > least and _buyers(part, *CAME) >= GONE_BUYERS
            ]
        part = parts[0] if parts else None
        if part is not None and part.now and abs(part.change) >= GONE_SHARE * abs(found.whole.before):
            code = "value_up" if part.change > 0 else "value_down"
            facts = {"column": column, "value": part.value, "change": float(abs(part.change))}
            facts |= {"before": float(part.before), "now": float(part.now)}
            facts |= {"n_before": _buyers(part, *CAME), "n_now": _buyers(part, *LEFT)}
            largest.append((abs(part.change), Said(code, facts)))
    said += [one for _, one in sorted(largest, key=lambda one: -one[0])[:2]]
    return said


def _buyers(part: Bridge, *without: str) -> int:
    return sum(step.customers for step in part.steps if step.step not in without)


def _moves(
    result: StudyResult, moved: Migration | None, earlier: Earlier | None, now: Moment, chance: ChanceParams | None
) -> list[Said]:
    if moved is None or earlier is None:
        return []
    both = moved.count() - moved.entered - moved.gone
    said = _redefined(result, moved.method, earlier, now, both)
    if moved.moved:
        by_chance = _by_chance(result, moved.method, chance)
        facts = {"method": moved.method, "n": moved.moved, "all": both}
        if by_chance is None:
            said.append(Said("moves", facts))
        else:
            said.append(Said("moves_chance", facts | {"chance": by_chance.of(both)}))
    for row in moved.largest(MOVES).itertuples():
        facts = {"method": moved.method, "was": row.before, "now": row.now, "n": int(row.customers)}  # type: ignore[call-overload]
        money = float(row.money_now)  # type: ignore[arg-type]
        whom = Whom(moved.method, before=str(row.before), now=str(row.now))
        if money == money:
            said.append(Said("move_money", facts | {"money": money}, whom=whom))
        else:
            said.append(Said("move", facts, whom=whom))
    return said


def _by_chance(result: StudyResult, method: str, chance: ChanceParams | None) -> Any:
    if chance is None:
        return None
    try:
        found = chance_moves(result.profiles, result.recipe.plan_or_usual(method), chance, standard=result.standard)
    except AnalysisError:  # no rule puts other customers into these groups: then nothing is subtracted
        return None
    return found if found.draws and found.share > 0 else None


def _redefined(result: StudyResult, method: str, earlier: Earlier, now: Moment, both: int) -> list[Said]:
    """Say how many of the customers of both runs stand elsewhere only because the definition is another one."""
    try:
        middle = by_old_definition(
            earlier.fitted, method, result.profiles, standard=result.standard, others=result.edited
        )
    except AnalysisError:
        return []
    found = split_change(earlier.moment, now, method, middle)
    if not found.redefined:
        return []
    was, new = earlier.recipe.plan_or_usual(method), result.recipe.plan_or_usual(method)
    code = "redefined" if (was.params, was.edits) == (new.params, new.edits) else "redefined_by_choice"
    return [Said(code, {"method": method, "n": found.redefined, "all": both}, "check")]


def _drifted(result: StudyResult, earlier: Earlier | None, now: Moment) -> list[Said]:
    if earlier is None:
        return []
    features = [one for one in result.profiles.features if one.origin != "tag"]
    found = drift(earlier.moment, now, features, method=result.cards.method, distances=False)
    told = [one for one in found.drifted if one.effect >= EFFECT_TOLD][:1]
    return [Said("drifted", {"feature": one.feature, "effect": one.effect}) for one in told]


# Who needs something


def _needs(result: StudyResult) -> list[Said]:
    cards = result.cards
    alone = [card for card in cards.cards if card.segment is not None] or list(cards.cards)
    if cards.goal is None:  # those who are leaving first, the most money first; a goal has its own order
        alone.sort(key=lambda card: (card.action not in NEEDED, -(card.away_revenue or 0.0)))
    return [_card(card, cards.method, cards.first_gap_days) for card in alone[:CARDS]]


def _card(card: SegmentCard, method: str, first_gap_days: float | None) -> Said:
    facts: dict[str, Any] = {"method": method, "segment": card.segments[0], "n": card.customers, "action": card.action}
    facts |= {"overdue": card.at_risk or card.away or 0, "away": card.away or 0}
    facts["days"] = 30 if first_gap_days is None else max(round(first_gap_days), 1)
    if card.pace is not None and card.pace.month is not None:
        facts["month"] = card.pace.month
    if card.outcome is not None:
        facts |= {"feature": card.outcome.feature, "share": card.outcome.share, "everyone": card.outcome.everyone}
        facts["word"] = card.outcome.word
    code = "need" if card.revenue is None else "need_money"
    money = {} if card.revenue is None else {"revenue": card.revenue}
    return Said(code, facts | money, whom=Whom(method, segments=card.segments))


# What looks wrong


def _data(
    result: StudyResult, earlier: Earlier | None, now: Moment, arrived: Sequence[Mapping[str, Any]]
) -> list[Said]:
    said = [Said(f"arrived_{one['code']}", dict(one["facts"]), "check") for one in arrived]
    known: set[str] = set()
    if earlier is not None:
        for one in restated(earlier, result.standard)[:MONTHS]:
            facts: dict[str, Any] = {"month": one.month, "n": abs(one.late)}
            facts |= {"then": float(one.then or 0), "now": float(one.now or 0)}
            code = "restated_late" if one.late > 0 else "restated_gone" if one.late < 0 else "restated"
            said.append(Said(code, facts, "check"))
        known = {str(sorted(note.items())) for note in earlier.summary.get("notes", ())}
    for note in result.standard.notes:
        told = str(sorted({"code": note.code, "level": note.level, **note.facts}.items()))
        if note.code in TWICE and told not in known:
            said.append(Said(TWICE[note.code], {key: note.facts[key] for key in FACTS if key in note.facts}, "check"))
    questions = sum(one.is_question for one in result.decisions)
    if questions:
        said.append(Said("questions", {"n": questions}, "check"))
    if earlier is not None:
        said += _missing(earlier.moment, now, result.profiles.features)
    return said


def _missing(before: Moment, now: Moment, features: Sequence[Feature]) -> list[Said]:
    """Say which columns of the files hold far fewer values than before."""
    found = []
    for feature in features:
        key = feature.key
        if feature.origin != "column" or key not in before.customers or key not in now.customers:
            continue
        shares = [float(one.customers[key].isna().mean()) for one in (before, now)]
        if shares[1] - shares[0] >= MISSING_MORE:
            found.append((shares[0] - shares[1], key, shares))
    return [
        Said("missing", {"feature": key, "before": shares[0], "now": shares[1]}, "check")
        for _, key, shares in sorted(found)[:1]
    ]


# What was learned


def _learned(experiments: Sequence[Experiment], read_since: datetime | None) -> list[Said]:
    said = []
    for experiment in experiments:
        reading, decision = experiment.last_reading, experiment.decision
        moments = [reading.read_at if reading else None, decision.decided_at if decision else None]
        times = [moment for moment in moments if moment is not None]
        if not times or (read_since is not None and max(times) <= read_since):
            continue
        facts = {"name": experiment.name, "experiment": experiment}
        code = "decided" if decision is not None else "read"
        said.append(Said(code, facts))
    return said


def _came(campaigns: Sequence[Campaign], earlier: Earlier | None, read_since: datetime | None) -> list[Said]:
    """Return the lists with new results: counted in files later than the run before, or loaded since it was made."""
    said = []
    for campaign in campaigns:
        came = campaign.came
        if came is None or campaign.state == "dropped":
            continue
        by_orders = came.source == "orders"
        after = earlier is None or came.read_on > earlier.as_of if by_orders else _not_before(came.read_on, read_since)
        if after:
            said.append(Said("came", {"name": campaign.name, "campaign": campaign}))
    return said


def _not_before(day: date, moment: datetime | None) -> bool:
    return moment is None or day >= moment.date()


def whom(found: Whom, result: StudyResult, moved: Migration | None) -> list[str]:
    """Return the ids of the customers of a sentence.

    Raises
    ------
    AnalysisError
        ``history_method_not_there`` (method, day).
    """
    if found.before is not None or found.now is not None:
        return [] if moved is None else [str(one) for one in moved.who(found.before, found.now)]
    labels = moment_of(result).labels_of(found.method)
    return [str(one) for one in labels.index[labels.isin(found.segments).to_numpy()]]
