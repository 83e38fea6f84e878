"""Two public experiments read from their files: the figures printed for them, and those of other libraries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, chisquare, norm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from analysis.experiments.reading.evaluate import evaluate
from analysis.experiments.reading.results import read_results
from analysis.experiments.reading.segments import read_segments
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment
from analysis.experiments.rows.suggest import suggest_columns
from analysis.experiments.rows.table import results_table
from analysis.intake.reading.read import read_file

pytestmark = pytest.mark.usefixtures("no_collecting")

NONE, MENS, WOMENS = "No E-Mail", "Mens E-Mail", "Womens E-Mail"
HILLSTROM = (Metric(column="visit"), Metric(column="conversion"), Metric(column="spend", kind="mean"))


@pytest.fixture(scope="module")
def cats(shared_data):
    path = shared_data / "ab" / "cookie_cats.csv"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    [raw] = read_file(path.read_bytes())
    return results_table(raw, text=("userid", "version"))


@pytest.fixture(scope="module")
def mails(shared_data):
    path = shared_data / "ab" / "hillstrom.csv"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return pd.read_csv(path)


@pytest.fixture(scope="module")
def by_history(mails):
    return read_experiment(mails, ReadParams(arm="segment", metrics=HILLSTROM, segment="history_segment"))


def counts(mails, arm, metric, segment=None):
    part = mails[mails["segment"] == arm]
    part = part if segment is None else part[part["history_segment"] == segment]
    return len(part), int(part[metric].sum())


def test_retention_in_cookie_cats_is_the_published_one_and_the_mismatch_is_flagged(cats):
    suggested = suggest_columns(cats)
    assert (suggested.arm, suggested.unit) == ("version", "userid")
    metrics = (Metric(column="retention_1"), Metric(column="retention_7"))
    data = read_experiment(cats, ReadParams(arm="version", unit="userid", metrics=metrics, control="gate_30"))
    assert data.counts.read == data.counts.kept == 90_189
    assert data.sizes() == {"gate_30": 44_700, "gate_40": 45_489}
    found = evaluate(data)
    first, seventh = (found.result(name, "gate_40").reading for name in ("retention_1", "retention_7"))
    assert (first.control, first.treatment) == pytest.approx((0.44819, 0.44228), abs=5e-6)
    assert first.test.p == pytest.approx(0.0744, abs=5e-5)
    assert (seventh.control, seventh.treatment) == pytest.approx((0.19020, 0.18200), abs=5e-6)
    assert (seventh.test.statistic, seventh.test.p) == pytest.approx((-3.1644, 0.00155), abs=5e-5)
    assert seventh.test.convention == "z_pooled"
    # Newcombe's interval is another method for the same difference; with so many customers they all but agree.
    low, high = confint_proportions_2indep(8279, 45_489, 8502, 44_700, method="newcomb")
    assert (seventh.absolute.low, seventh.absolute.high) == pytest.approx((low, high), abs=1e-6)
    # 0.0086 is a remark, no alarm: the alarm is at 0.001.
    assert found.mismatch.p == pytest.approx(0.0086, abs=5e-5)
    assert found.mismatch.p == pytest.approx(chisquare([44_700, 45_489]).pvalue)
    assert [note.level for note in found.health if "mismatch" in note.code] == ["check"]


def test_three_arms_of_hillstrom_have_the_published_figures(mails, by_history):
    assert by_history.counts.read == by_history.counts.kept == 64_000
    assert by_history.control == NONE
    shares = {metric: [by_history.statistic(metric, arm).mean for arm in (MENS, WOMENS, NONE)]
              for metric in ("visit", "conversion", "spend")}  # fmt: skip
    assert shares["visit"] == pytest.approx([0.1828, 0.1514, 0.1062], abs=5e-5)
    assert shares["conversion"] == pytest.approx([0.01253, 0.00884, 0.00573], abs=5e-6)
    assert shares["spend"] == pytest.approx([mails.loc[mails["segment"] == arm, "spend"].mean()
                                             for arm in (MENS, WOMENS, NONE)])  # fmt: skip
    found = {(item.metric.name, item.treatment): item for item in read_results(by_history).results}
    assert len(found) == 6
    assert found["visit", MENS].reading.test.statistic == pytest.approx(22.486, abs=5e-4)
    spend = [mails.loc[mails["segment"] == arm, "spend"].to_numpy() for arm in (MENS, NONE)]
    both = CompareMeans(*(DescrStatsW(values) for values in spend))
    t, p, _ = both.ttest_ind(usevar="unequal")
    mean = found["spend", MENS].reading
    assert (mean.test.statistic, mean.test.p) == pytest.approx((t, p), rel=1e-6)
    assert (mean.absolute.low, mean.absolute.high) == pytest.approx(both.tconfint_diff(usevar="unequal"), rel=1e-6)
    # All six are goals: one family.
    raw = [item.reading.test.p for item in found.values()]
    assert [item.p_corrected for item in found.values()] == pytest.approx(multipletests(raw, method="holm")[1])


@pytest.mark.parametrize("treatment", [MENS, WOMENS])
@pytest.mark.parametrize("metric", ["visit", "spend"])
def test_effects_by_history_in_hillstrom_are_those_of_a_plain_loop(mails, by_history, metric, treatment):
    found = read_segments(by_history, metric=metric, treatment=treatment)
    levels = sorted(mails["history_segment"].unique())
    assert len(levels) == 7
    assert sorted(effect.segment for effect in found.effects) == levels
    raw, effects, errors = [], [], []
    for level in levels:
        if metric == "visit":
            (n1, x1), (n0, x0) = (counts(mails, arm, metric, level) for arm in (treatment, NONE))
            raw.append(proportions_ztest([x1, x0], [n1, n0])[1])
            p1, p0 = x1 / n1, x0 / n0
            effects.append(p1 - p0)
            errors.append((p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) ** 0.5)
            continue
        part = mails[mails["history_segment"] == level]
        both = CompareMeans(*(DescrStatsW(part.loc[part["segment"] == arm, metric]) for arm in (treatment, NONE)))
        raw.append(both.ttest_ind(usevar="unequal")[1])
        effects.append(both.d1.mean - both.d2.mean)
        errors.append(both.std_meandiff_separatevar)
    corrected = dict(zip(levels, multipletests(raw, method="holm")[1], strict=True))
    expected = dict(zip(levels, effects, strict=True))
    for effect in found.effects:
        assert effect.absolute.value == pytest.approx(expected[effect.segment], rel=1e-9)
        assert effect.p_corrected == pytest.approx(corrected[effect.segment], rel=1e-6)
        assert effect.absolute.level == pytest.approx(1 - 0.05 / 7)
        assert effect.significant == (corrected[effect.segment] < 0.05)
    weights = [1 / error**2 for error in errors]
    centre = sum(w * e for w, e in zip(weights, effects, strict=True)) / sum(weights)
    q = sum(w * (e - centre) ** 2 for w, e in zip(weights, effects, strict=True))
    assert (found.interaction.statistic, found.interaction.p) == pytest.approx((q, chi2.sf(q, 6)), rel=1e-6)
    if metric == "spend":
        # Welch's interval for seven looked at together.
        dearest = next(effect for effect in found.effects if effect.segment == levels[-1])
        part = mails[mails["history_segment"] == levels[-1]]
        both = CompareMeans(*(DescrStatsW(part.loc[part["segment"] == arm, metric]) for arm in (treatment, NONE)))
        ends = both.tconfint_diff(alpha=0.05 / 7, usevar="unequal")
        assert (dearest.absolute.low, dearest.absolute.high) == pytest.approx(ends, rel=1e-6)


def test_all_three_arms_together_hold_the_same_mix_of_histories(by_history):
    found = evaluate(by_history)
    assert not found.alarms
    best = found.beliefs["visit", MENS].best
    p1, p2 = (by_history.statistic("visit", arm) for arm in (MENS, WOMENS))
    se = np.sqrt(p1.variance / p1.n + p2.variance / p2.n)
    assert best == pytest.approx(norm.cdf((p1.mean - p2.mean) / se), abs=1e-6)
