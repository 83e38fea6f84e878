"""Customer profiles, segments, personas and experiments from spreadsheets: everything a page can do, for a notebook.

Each name is loaded when it is first asked for, so importing the package costs nothing; ``help(analysis.run)`` tells of
one. Recipes for one job each are in ``docs/notebook.md``.
"""

from __future__ import annotations

# The names of the door are imported for whoever checks types.
# pyright: reportUnusedImport=false
import sys
from typing import TYPE_CHECKING, Any

from analysis.door import HOMES, Door, guide

if TYPE_CHECKING:
    from analysis.act.contacts import contacts_of
    from analysis.act.ladder import eligibility
    from analysis.act.make import campaign_of
    from analysis.act.outcome import read_outcome
    from analysis.act.params import ListChoices
    from analysis.act.people import people_of
    from analysis.act.saved import save_rate_seen
    from analysis.charts.compare import difference_bars, index_heat, mean_dots, share_dots
    from analysis.charts.experiment.plan import balance as balance_chart
    from analysis.charts.experiment.plan import detectable, power_curve
    from analysis.charts.experiment.reading import arm_dots, effect_dots, forest, money_bars
    from analysis.charts.explain import cross_heat, parallel_profile, quantile_boxes, separation_bars
    from analysis.charts.overview import cohort_heat, concentration_curve, distribution_chart, over_time
    from analysis.charts.rfm import rfm_grid
    from analysis.charts.segments import cluster_map, cluster_profile, segment_bars
    from analysis.charts.tiers import pareto_curve
    from analysis.compare.compare import compare
    from analysis.compare.explain import against, separation
    from analysis.compare.influence import influences
    from analysis.compare.outcome import influences_on_outcome
    from analysis.compare.surrogate import segment_rules
    from analysis.compare.two import compare_two
    from analysis.conditions import Condition
    from analysis.customer.alike import most_alike
    from analysis.customer.card import customer_card
    from analysis.customer.changes import customer_changes
    from analysis.customer.search import find_customers
    from analysis.customer.timeline import timeline
    from analysis.errors import AnalysisError
    from analysis.experiments.arms.paired import compare_paired, compare_with_mean
    from analysis.experiments.arms.rates import RateStatistic, compare_counts, compare_rates
    from analysis.experiments.arms.spending import conditional_power, spending_bounds
    from analysis.experiments.choices import PlanChoices, ReadChoices, SplitChoices
    from analysis.experiments.decide_experiment import decide_experiment
    from analysis.experiments.evaluate_experiment import evaluate_change, evaluate_experiment
    from analysis.experiments.plan_experiment import plan_experiment
    from analysis.experiments.planning.clusters import Clusters, clusters_of
    from analysis.experiments.planning.outlook import OutlookParams, outlook, with_baseline
    from analysis.experiments.planning.plan import MeanPlan, ProportionPlan, power_of, sample_size, smallest_effect
    from analysis.experiments.reading.changes import ChangeParams, read_change
    from analysis.experiments.reading.decide import Rule, decide
    from analysis.experiments.reading.evaluate import EvaluateParams, evaluate
    from analysis.experiments.reading.margins import read_margin
    from analysis.experiments.reading.segments import read_segments
    from analysis.experiments.reading.targets import whom_to_send
    from analysis.experiments.rows.params import Metric, ReadParams
    from analysis.experiments.rows.read import read_experiment
    from analysis.experiments.split_experiment import split_experiment
    from analysis.experiments.splitting.clusters import assign_clusters as split_clusters
    from analysis.experiments.splitting.split import assign as split_customers
    from analysis.experiments.splitting.split import assign_stratified as split_stratified
    from analysis.experiments.splitting.split import balance
    from analysis.experiments.suggest_choices import suggest_read
    from analysis.exports.act.layouts import list_frame
    from analysis.exports.act.write import write_list
    from analysis.exports.code import overview_code, segmentation_code
    from analysis.exports.contents import (
        customer_table,
        segment_table,
        tag_table,
        workbook_contents,
        write_set_aside_rows,
    )
    from analysis.exports.csv import csv_bytes, write_csv
    from analysis.exports.experiment.code import change_code, reading_code
    from analysis.exports.files import recipe_from_yaml, recipe_to_yaml
    from analysis.exports.folder import write_folder, write_for_others
    from analysis.exports.pictures import chart_png, chart_svg
    from analysis.exports.printed.brief import brief_html
    from analysis.exports.workbook import write_workbook
    from analysis.figures import summary
    from analysis.history.bridge import bridge, since
    from analysis.history.chance import chance_moves
    from analysis.history.drift import drift
    from analysis.history.earlier import earlier_of
    from analysis.history.matrix import migration
    from analysis.history.moment import moment_of, moment_then
    from analysis.history.params import BridgeParams
    from analysis.history.promised import promised, promised_orders, promised_ranks
    from analysis.history.split import by_old_definition, split_change
    from analysis.history.telling import brief
    from analysis.history.words import brief_text
    from analysis.intake.reading.frames import DuckDBQuery, Named
    from analysis.intake.reading.read import read_file
    from analysis.intake.reading.sources import read_sources
    from analysis.intake.reconcile.reconcile import reconcile
    from analysis.intake.standard.set_aside import set_aside_rows, set_aside_whole
    from analysis.intake.suggesting.personal import find_personal
    from analysis.intake.suggesting.suggest import inspect
    from analysis.overview.distributions import distributions
    from analysis.overview.overview import overview
    from analysis.overview.params import OverviewParams
    from analysis.personas.build import personas
    from analysis.predict.churn.churn import churn
    from analysis.predict.churn.params import ChurnParams
    from analysis.predict.feedback.by_segment import feedback_by_segment
    from analysis.predict.feedback.feedback import feedback
    from analysis.predict.feedback.params import FeedbackParams
    from analysis.predict.lifetime.params import LifetimeParams
    from analysis.predict.lifetime.value import lifetime_value
    from analysis.predict.next_order.next_order import next_orders
    from analysis.predict.next_order.params import NextOrderParams
    from analysis.predict.offers.by_segment import offers_by_segment
    from analysis.predict.offers.offers import offers
    from analysis.predict.offers.params import OffersParams
    from analysis.predict.offers.together import bought_together
    from analysis.predict.offers.triples import three_together
    from analysis.predict.paths.by_segment import funnel_by_segment
    from analysis.predict.paths.params import PathsParams
    from analysis.predict.paths.paths import paths
    from analysis.predict.referrals.params import ReferralParams
    from analysis.predict.referrals.referrals import referrals
    from analysis.predict.shapes.params import ShapesParams
    from analysis.predict.shapes.shapes import shapes
    from analysis.predict.trend.params import TrendParams
    from analysis.predict.trend.trend import trend
    from analysis.predict.uplift.params import UpliftParams
    from analysis.predict.uplift.uplift import uplift
    from analysis.profiles.own import with_feature
    from analysis.profiles.personal import masked
    from analysis.profiles.words import feature_name
    from analysis.recipe import Cleaning, Column, Recipe, SegmentationPlan, SegmentEdit, Source
    from analysis.reports.build import build_report
    from analysis.reports.choices import ReportChoices
    from analysis.reports.write import report_bytes, write_report
    from analysis.segments.assign import assign
    from analysis.segments.crosstab import cross
    from analysis.segments.names import result_names
    from analysis.segments.params import (
        ClusterParams,
        HybridParams,
        MovementParams,
        RfmParams,
        RulesParams,
        SegmentRule,
        TierParams,
    )
    from analysis.segments.scores.lifecycle import LifecycleParams
    from analysis.stats.posthoc import dunn, games_howell
    from analysis.study import Run, begin, prepare, read, run, segment, suggest
    from analysis.study.for_others import for_others
    from analysis.study.refresh import freeze, refresh
    from analysis.tags.apply import with_tags
    from analysis.tags.dictionary import dictionary as tag_dictionary
    from analysis.tags.imported import import_values
    from analysis.tags.library import ready_tags
    from analysis.tags.look_alike import look_alike
    from analysis.tags.params import Tag

    translator: Any  # of ``texts``, which the engine does not know

__doc__ = f"{__doc__ or ''}\n{guide()}\n"
__all__ = sorted(HOMES)  # pyright: ignore[reportUnsupportedDunderAll]
sys.modules[__name__].__class__ = Door
