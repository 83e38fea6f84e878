"""What each result is as a frame."""

from __future__ import annotations

SEGMENTS = "segment customers share revenue revenue_share"
READING = "control treatment n_control n_treatment effect low high relative relative_low relative_high p"
RESULT = f"metric arm {READING} p_corrected direction"
# What each result is as a frame; None for those whose columns are the features of a study.
COLUMNS = {
    "Profiles": None,
    "Prepared": None,
    "StudyResult": None,
    "SharedStudy": "method segment customers share revenue revenue_share",
    "Predicted": None,
    "LifetimeValue": "customer_id orders orders_low orders_high order_value value value_low value_high",
    "ContractTried": "renewals came low high model rule",
    "Tried": "day expected came",
    "StandardTables": "table kind read kept set_aside",
    "QualityReport": "code status table column rows money ask everyone line example id",
    "TableQuality": "name role rows filled completeness validity uniqueness consistency timeliness",
    "Influence": "feature level n count share other_share ratio low high",
    "Reconciliation": "revenue left by_chance",
    "Segmentation": SEGMENTS,
    "EditedSegmentation": SEGMENTS,
    "RfmResult": SEGMENTS,
    "TierResult": SEGMENTS,
    "LifecycleResult": SEGMENTS,
    "MovementResult": SEGMENTS,
    "ClusterResult": SEGMENTS,
    "RulesResult": SEGMENTS,
    "HybridResult": SEGMENTS,
    "Crossing": "before after customers share continues",
    "Comparison": "segment feature level effect value rest_value n p delta delta_low delta_high by_construction p_holm "
    "significant",
    "Separation": "feature dimension kind n measure effect strength p by_construction p_holm significant importance",
    "Against": "feature level value other_value index effect difference low high n n_other p delta "
    "delta_low delta_high convention by_construction p_holm significant",
    "Overview": "figure value n low high reason before change year_before year_change",
    "SegmentCards": "segments customers share revenue revenue_share level stage rhythm away at_risk before action",
    "Distribution": "level low high customers share",
    "Concentration": "buyers revenue",
    "Cohorts": "cohort month buyers size share complete",
    "PersonalData": "table header kind by share sensitive",
    "Persona": "segment form customers share revenue_share value first_day as_of archetype too_few",
    "Planned": "n_control n_treatment n_total n_exact formula alpha power effect relative clusters_control "
    "clusters_treatment",
    "ClustersSeen": "n customers size icc icc_low icc_high",
    "SegmentOutlook": "segment n measured mean per_week hindsight",
    "Reading": READING,
    "Results": RESULT,
    "Evaluation": RESULT,
    "Change": READING,
    "SegmentReading": "segment control treatment n_control n_treatment effect low high p p_corrected significant",
    "Targeting": "segment customers money low high advice",
    "Decision": "verdict reason yearly yearly_low yearly_high",
    "PlannedExperiment": "n_control n_treatment n_total n_exact formula alpha power effect relative clusters_control "
    "clusters_treatment customers per_week weeks smallest power_with_customers attained",
    "SplitExperiment": "customer_id arm",
    "EvaluatedExperiment": RESULT,
    "EvaluatedChange": READING,
    "DecidedExperiment": "verdict reason yearly yearly_low yearly_high treatment metric kind days by",
    "MarginReading": "question margin effect low high p shown",
    "SurrogateRule": "segment conditions precision precision_low precision_high coverage coverage_low coverage_high "
    "n_met n_segment n_tested",
    "Tagged": None,
    "TagValues": "value customers share revenue",
    "TagEntry": "key type version retired n coverage due",
    "TagEffect": "key feature of_share high low at_high at_low n_high n_low spread lower upper coverage effect "
    "by_construction",
    "TagChange": "key n_before n_after n_in n_out n_moved revenue_in revenue_out n_looked_at",
    "LookAlikes": "feature level seeds others weight",
    "ChurnResult": "customer_id churn_risk low high has_left reason_1 weight_1 reason_2 weight_2 reason_3 weight_3 "
    "change change_to risk_then value saved saved_low saved_high",
    "Measured": "band foretold n n_left observed low high upto",
    "NextOrders": "customer_id n_gaps usual_days state low_50 high_50 low_80 high_80 middle next_order_days curve "
    "comes_back",
    "Offers": "customer_id list rank item name reason because",
    "Together": "first second n n_first n_second support confidence confidence_back lift low high p",
    "Triples": "first second third n n_pair support confidence usual lift p",
    "UpliftResult": "customer_id treated came uplift",
    "Referrals": "customer_id referred reach depth direct tree rank_low rank_high pagerank n_signs",
    "Feedback": "aspect n share positive negative negative_share low high index",
    "Paths": "step customers share of_before low high median_days",
    "Shapes": "shape customers share low high by_chance p stable is_told",
    "Trend": "group month value is_told low high",
    "TableGuess": "column kind fill distinct role confidence reason",
    "ExperimentData": (
        "segment arm n top top_squares away about third bottom bottom_squares products adjusted adjusted_squares "
        "adjusted_away adjusted_about adjusted_third adjusted_products missing largest metric"
    ),
    "Moment": (
        "first_order_date last_order_date tenure_days active_months mean_gap_days gap_spread_days favourite_weekday "
        "favourite_product n_products n_orders spend average_order_value recency_days orders_last_90_days "
        "orders_90_days_before order_trend favourite_channel favourite_channel_share n_channels first_channel"
    ),
    "Migration": "before now customers share money_before money_now",
    "Bridges": "value step customers change",
    "Split": (
        "segment before by_customers by_definition now money_before money_by_customers money_by_definition money_now"
    ),
    "ChanceMoves": "method share low high draws",
    "Promised": "band foretold n n_left observed low high upto",
    "Drift": "feature psi level drifted wasserstein missing_before missing_now effect",
    "Brief": "part code level",
    "Arrival": "file mode rows",
    "Alarm": "cause opened closed why value usual low high points",
    "Ladder": "step n value n_gone",
    "Outcome": "segment control treatment effect",
    "Budget": "segment spent returned marginal is_beyond at_limit",
    "FilledPlay": "segment key channel size reached low",
    "Simulated": "name customers share moved_up moved_down revenue cost",
    "Scan": "traits n mean others p",
    "Few": "segment n gain takes",
    "Journey": "step segment n reached lost share low high others p is_largest",
    "Backlog": "what name segment customers share low high others index revenue p",
    "Cube": "segment what where buyers money share index",
}
