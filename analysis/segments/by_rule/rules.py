"""Rules: segments from conditions on any feature, read from the top, and what they leave out or cover twice.

Rules are a closed model (``conditions.Expression``) that is turned into masks; nothing a person writes is run as code.
Method and limits: ``docs/methods/rules.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from analysis.conditions import Condition, features_in
from analysis.errors import AnalysisError
from analysis.segments.by_rule import words
from analysis.segments.by_rule.holding import holds, refuse_contradictions
from analysis.segments.by_rule.rule_reason import part_words, reasons
from analysis.segments.fitted import FittedRules
from analysis.segments.method import Basis, Freezing, Method
from analysis.segments.params import RulesParams, SegmentRule
from analysis.segments.parts import Part
from analysis.segments.result import Note, Segmentation, segmentation_of
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.translate import Translate

OTHER = "other"


@dataclass(frozen=True)
class RulesResult(Tabular, rows="segmentation.segments"):
    """Segments by rules.

    Attributes
    ----------
    segmentation : Segmentation
        ``rule_<key>`` in the order of the rules, then ``other`` for customers whom no rule covers.
    rules : DataFrame, one row per rule
        ``segment``, ``matches`` (customers for whom the rule holds, whatever stands above it), ``revenue`` of them
        (currency, NaN without spend), ``taken`` (customers it decides: no rule above holds), ``only`` (no other rule
        holds).
    overlaps : DataFrame, one row per pair of rules that hold for the same customers
        ``first``, ``second`` (segments, in the order of the rules), ``customers`` (count; the first takes them unless
        a third stands above).
    names : dict of str
        A person's own names by segment key.
    notes : tuple of Note
        ``rules_nobody`` (segment): nobody fulfils it; ``rules_shadowed`` (segment, n): all who fulfil it are taken by
        rules above.
    n_other : int
        Customers whom no rule covers.
    params : RulesParams
    patterns : bool array, shape (patterns, rules)
        Each set of rules that holds for somebody.
    pattern : int array, aligned with the profiles
        Row of ``patterns`` of each customer.
    """

    segmentation: Segmentation
    rules: pd.DataFrame
    overlaps: pd.DataFrame
    names: dict[str, str]
    notes: tuple[Note, ...]
    n_other: int
    params: RulesParams
    patterns: np.ndarray = field(repr=False)
    pattern: np.ndarray = field(repr=False)


def rules(profiles: Profiles, params: RulesParams) -> RulesResult:
    """Put each customer into the segment of the first rule that holds.

    Parameters
    ----------
    profiles : Profiles
    params : RulesParams
        At least one rule.

    Raises
    ------
    AnalysisError
        ``rules_none``; what ``holds`` and ``refuse_contradictions`` refuse.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.conditions import Condition
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = Profiles(pd.DataFrame({"customer_id": list("abc"), "spend": [9.0, 2.0, None]}),
    ...                 (Feature("spend", "value", "number", "money"),), date(2024, 1, 1))
    >>> large = SegmentRule(key="large", when=Condition(feature="spend", op="ge", values=(5,)))
    >>> rules(base, RulesParams(rules=(large,))).segmentation.labels.tolist()
    ['rule_large', 'other', 'other']
    """
    import numpy as np
    import pandas as pd

    if not params.rules:
        raise AnalysisError("rules_none")
    frame = profiles.customers
    held = np.zeros((len(params.rules), len(frame)), dtype=bool)
    for place, rule in enumerate(params.rules):
        held[place] = holds(rule.when, profiles, rule=place + 1)
        refuse_contradictions(rule.when, profiles, rule=place + 1)
    covered = held.any(axis=0)
    codes = np.where(covered, held.argmax(axis=0), len(params.rules))
    keys = [segment_key(rule) for rule in params.rules]
    spend = frame["spend"].to_numpy(dtype=float, na_value=np.nan) if "spend" in frame.columns else None
    n_rules = held.sum(axis=0)
    patterns, pattern = _patterns(held)
    table = pd.DataFrame(
        {
            "segment": pd.array(keys, dtype="str"),
            "matches": held.sum(axis=1),
            "revenue": np.full(len(keys), np.nan) if spend is None else held @ np.nan_to_num(spend),
            "taken": np.bincount(codes, minlength=len(keys) + 1)[: len(keys)],
            "only": (held & (n_rules == 1)).sum(axis=1),
        }
    )
    return RulesResult(
        segmentation=segmentation_of(codes, [*keys, OTHER], method="rules", spend=spend, made_of=_features(params)),
        rules=table,
        overlaps=_overlaps(held, keys),
        names={key: rule.name for key, rule in zip(keys, params.rules, strict=True) if rule.name},
        notes=tuple(_notes(table)),
        n_other=int((~covered).sum()),
        params=params,
        patterns=patterns,
        pattern=pattern,
    )


def _features(params: RulesParams) -> list[str]:
    """Return the features that the rules ask about."""
    return [feature for rule in params.rules for feature in features_in(rule.when)]


def segment_key(rule: SegmentRule) -> str:
    """Return the segment key of a rule."""
    return f"rule_{rule.key}"


def _patterns(held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different columns of ``held`` as rows, and which of them each column is."""
    import numpy as np

    packed = np.ascontiguousarray(np.packbits(held, axis=0).T)
    _, first, place = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_inverse=True)
    return held[:, first].T, place


def _overlaps(held: np.ndarray, keys: list[str]) -> pd.DataFrame:
    import pandas as pd

    together = held.astype("int64") @ held.T.astype("int64")
    pairs = [
        (keys[i], keys[j], int(together[i, j])) for i, j in combinations(range(len(keys)), 2) if together[i, j] > 0
    ]
    return pd.DataFrame(pairs, columns=pd.Index(["first", "second", "customers"]))


def _notes(table: pd.DataFrame) -> list[Note]:
    notes = []
    for row in table.to_dict("records"):
        if row["matches"] == 0:
            notes.append(Note("rules_nobody", {"segment": row["segment"]}))
        elif row["taken"] == 0:
            notes.append(Note("rules_shadowed", {"segment": row["segment"], "n": int(row["matches"])}))
    return notes


def _run(basis: Basis, params: RulesParams) -> RulesResult:
    return rules(basis.profiles, params)


def _parts(result: RulesResult, profiles: Profiles) -> list[Part]:
    """Return what each rule asks, and whom those above it leave."""
    own = [rule.when for rule in result.params.rules]
    parts = [Part(segment_key(rule), rule.when, tuple(own[:place])) for place, rule in enumerate(result.params.rules)]
    return [*parts, Part(OTHER, None, tuple(own))]


def _why(
    result: RulesResult, profiles: Profiles, row: int, names: Mapping[str, str], t: Translate
) -> list[tuple[int, str]]:
    label = result.segmentation.labels.iloc[row]
    rule = next((rule for rule in result.params.rules if segment_key(rule) == label), None)
    if rule is None:
        return [(0, t("card.no_rule", n=len(result.params.rules)))]
    whole, *parts = reasons(rule, profiles, row)
    found = [
        (0, t("card.rule", segment=rule.name or names[str(label)], what=part_words(whole.part, profiles.features, t)))
    ]
    for one in parts:
        words = part_words(one.part, profiles.features, t)
        if isinstance(one.part, Condition):
            found.append((one.depth, t("card.met" if one.met else "card.not_met", condition=words)))
        else:
            found.append((one.depth, t("card.group_met" if one.met else "card.group_not_met", what=words)))
    return found


def _keep(result: RulesResult, params: RulesParams, profiles: Profiles, kept: Mapping[str, Any]) -> FittedRules:
    return FittedRules(params=params, **kept)


def _apply(basis: Basis, fitted: FittedRules | None, params: RulesParams) -> RulesResult:
    return _run(basis, params)


def _labels(basis: Basis, fitted: FittedRules, others: Mapping[str, pd.Series]) -> pd.Series:
    return _run(basis, fitted.params).segmentation.labels


METHOD = Method(
    params=RulesParams,
    run=_run,
    icon="rule",
    answer=words.answer,
    freezing=Freezing(FittedRules, keep=_keep, apply=_apply, labels=_labels, learns=False),
    colours={OTHER: "pale"},
    numbered={"rule": 0},
    asks=True,
    parts=_parts,
    why=_why,
)
