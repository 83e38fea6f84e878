"""What ``from analysis import …`` offers, by the job it is for: each name, and the module that it lives in."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

# By group and module: the names. ``name as other`` is offered under the other name, where its own means something else
# here.
GROUPS: dict[str, dict[str, str]] = {
    "Read": {
        ".study": "read",
        ".intake.reading.read": "read_file",
        ".intake.reading.sources": "read_sources",
        ".intake.reading.frames": "Named DuckDBQuery",
        ".intake.suggesting.suggest": "inspect",
        ".intake.suggesting.personal": "find_personal",
    },
    "Choose": {
        ".study": "suggest",
        ".recipe": "Recipe Source Column Cleaning SegmentationPlan SegmentEdit",
        ".segments.params": "RfmParams ClusterParams TierParams MovementParams RulesParams SegmentRule HybridParams",
        ".segments.scores.lifecycle": "LifecycleParams",
        ".conditions": "Condition",
        ".exports.files": "recipe_from_yaml recipe_to_yaml",
    },
    "Run": {
        ".study": "run begin prepare segment Run",
        ".study.refresh": "refresh freeze",
        ".segments.assign": "assign",
        ".figures": "summary",
        ".intake.standard.set_aside": "set_aside_rows set_aside_whole",
        ".intake.reconcile.reconcile": "reconcile",
    },
    "Profile": {
        ".profiles.own": "with_feature",
        ".profiles.personal": "masked",
        ".overview.overview": "overview",
        ".overview.params": "OverviewParams",
        ".overview.distributions": "distributions",
    },
    "Tag": {
        ".tags.params": "Tag",
        ".tags.library": "ready_tags",
        ".tags.apply": "with_tags",
        ".tags.dictionary": "dictionary as tag_dictionary",
        ".tags.look_alike": "look_alike",
        ".tags.imported": "import_values",
    },
    "One customer": {
        ".customer.search": "find_customers",
        ".customer.card": "customer_card",
        ".customer.timeline": "timeline",
        ".customer.changes": "customer_changes",
        ".customer.alike": "most_alike",
    },
    "Predict": {
        ".predict.lifetime.params": "LifetimeParams",
        ".predict.lifetime.value": "lifetime_value",
        ".predict.churn.params": "ChurnParams",
        ".predict.churn.churn": "churn",
        ".predict.feedback.by_segment": "feedback_by_segment",
        ".predict.feedback.params": "FeedbackParams",
        ".predict.feedback.feedback": "feedback",
        ".predict.next_order.params": "NextOrderParams",
        ".predict.next_order.next_order": "next_orders",
        ".predict.offers.params": "OffersParams",
        ".predict.offers.offers": "offers",
        ".predict.offers.by_segment": "offers_by_segment",
        ".predict.offers.together": "bought_together",
        ".predict.offers.triples": "three_together",
        ".predict.paths.by_segment": "funnel_by_segment",
        ".predict.paths.params": "PathsParams",
        ".predict.paths.paths": "paths",
        ".predict.referrals.params": "ReferralParams",
        ".predict.referrals.referrals": "referrals",
        ".predict.shapes.params": "ShapesParams",
        ".predict.shapes.shapes": "shapes",
        ".predict.trend.params": "TrendParams",
        ".predict.trend.trend": "trend",
        ".predict.uplift.params": "UpliftParams",
        ".predict.uplift.uplift": "uplift",
    },
    "Act": {
        ".act.people": "people_of",
        ".act.contacts": "contacts_of",
        ".act.params": "ListChoices",
        ".act.ladder": "eligibility",
        ".act.make": "campaign_of",
        ".exports.act.layouts": "list_frame",
        ".exports.act.write": "write_list",
        ".act.outcome": "read_outcome",
        ".act.saved": "save_rate_seen",
    },
    "Compare": {
        ".compare.compare": "compare",
        ".compare.two": "compare_two",
        ".compare.influence": "influences",
        ".compare.outcome": "influences_on_outcome",
        ".compare.explain": "against separation",
        ".compare.surrogate": "segment_rules",
        ".segments.crosstab": "cross",
        ".stats.posthoc": "games_howell dunn",
        ".personas.build": "personas",
    },
    "History": {
        ".history.moment": "moment_of moment_then",
        ".history.matrix": "migration",
        ".history.bridge": "bridge since",
        ".history.params": "BridgeParams",
        ".history.split": "split_change by_old_definition",
        ".history.chance": "chance_moves",
        ".history.drift": "drift",
        ".history.promised": "promised promised_orders promised_ranks",
        ".history.telling": "brief",
        ".history.earlier": "earlier_of",
        ".history.words": "brief_text",
        ".exports.printed.brief": "brief_html",
    },
    "Experiment": {
        ".experiments.choices": "PlanChoices SplitChoices ReadChoices",
        ".experiments.plan_experiment": "plan_experiment",
        ".experiments.split_experiment": "split_experiment",
        ".experiments.suggest_choices": "suggest_read",
        ".experiments.evaluate_experiment": "evaluate_experiment evaluate_change",
        ".experiments.decide_experiment": "decide_experiment",
        ".experiments.planning.clusters": "Clusters clusters_of",
        ".experiments.planning.plan": "ProportionPlan MeanPlan sample_size power_of smallest_effect",
        ".experiments.planning.outlook": "outlook OutlookParams with_baseline",
        ".experiments.splitting.clusters": "assign_clusters as split_clusters",
        ".experiments.splitting.split": "assign as split_customers, assign_stratified as split_stratified, balance",
        ".experiments.rows.read": "read_experiment",
        ".experiments.rows.params": "ReadParams Metric",
        ".experiments.reading.evaluate": "evaluate EvaluateParams",
        ".experiments.reading.segments": "read_segments",
        ".experiments.reading.targets": "whom_to_send",
        ".experiments.reading.changes": "read_change ChangeParams",
        ".experiments.reading.decide": "decide Rule",
        ".experiments.reading.margins": "read_margin",
        ".experiments.arms.rates": "RateStatistic compare_rates compare_counts",
        ".experiments.arms.paired": "compare_paired compare_with_mean",
        ".experiments.arms.spending": "spending_bounds conditional_power",
    },
    "Draw": {
        ".charts.segments": "segment_bars cluster_map cluster_profile",
        ".charts.rfm": "rfm_grid",
        ".charts.compare": "index_heat mean_dots share_dots difference_bars",
        ".charts.explain": "separation_bars parallel_profile quantile_boxes cross_heat",
        ".charts.overview": "over_time concentration_curve cohort_heat distribution_chart",
        ".charts.tiers": "pareto_curve",
        ".charts.experiment.reading": "arm_dots effect_dots forest money_bars",
        ".charts.experiment.plan": "power_curve detectable, balance as balance_chart",
        ".exports.pictures": "chart_png chart_svg",
    },
    "Export": {
        ".study.for_others": "for_others",
        ".exports.folder": "write_folder write_for_others",
        ".exports.contents": "workbook_contents customer_table segment_table tag_table write_set_aside_rows",
        ".exports.workbook": "write_workbook",
        ".exports.csv": "write_csv csv_bytes",
        ".exports.code": "segmentation_code overview_code",
        ".exports.experiment.code": "reading_code change_code",
    },
    "Report": {
        ".reports.choices": "ReportChoices",
        ".reports.build": "build_report",
        ".reports.write": "write_report report_bytes",
    },
    "Say": {
        "texts": "translator",
        ".profiles.words": "feature_name",
        ".segments.names": "result_names",
        ".errors": "AnalysisError",
    },
}


def _offered(names: str) -> list[tuple[str, str]]:
    """Return the name in its module and the name offered, of each."""
    found = []
    for part in names.split(","):
        own, _, other = part.strip().partition(" as ")
        found += [(own, other)] if other else [(name, name) for name in own.split()]
    return found


# By the name offered: the module, and the name in it.
HOMES: dict[str, tuple[str, str]] = {
    offered: (module, own)
    for homes in GROUPS.values()
    for module, names in homes.items()
    for own, offered in _offered(names)
}


def guide() -> str:
    """Return the groups with their names, a few lines each."""
    from textwrap import fill

    lines = []
    for group, homes in GROUPS.items():
        names = "  ".join(offered for names in homes.values() for _, offered in _offered(names))
        lines.append(fill(names, width=100, initial_indent=f"{group + ':':<12}", subsequent_indent=" " * 12))
    return "\n".join(lines)


class Door(ModuleType):
    """The package as a module that loads each name when it is first asked for.

    Some functions are called as the room they live in (``compare``, ``refresh``). Python binds a room to the package
    once it is imported, and would hide the function from then on, so such a room is not bound; ``from analysis.compare
    import …`` finds it all the same.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name not in HOMES:
            from analysis.errors import nearest_name

            meant = None if name.startswith("_") else nearest_name(name, HOMES)
            hint = f"; did you mean {meant!r}?" if meant else ""
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}{hint}")
        module, own = HOMES[name]
        return getattr(import_module(module, self.__name__), own)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *HOMES})
