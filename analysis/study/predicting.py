"""Predictions in a study: made from the profiles before tags and segments, so that these can ask for them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.predict.apply import Predicted, with_predictions
from analysis.predict.methods import PREDICTIONS, of_customers
from analysis.study.prepared import Prepared

if TYPE_CHECKING:
    from analysis.predict.offers.params import OffersParams
    from analysis.predict.offers.together import Together
    from analysis.predict.offers.triples import Triples
    from analysis.study.kept import Steps


def state_of(version: str, chosen: tuple[Any, ...]) -> str:
    """Name the state of the profiles with what was predicted of single customers."""
    chosen = of_customers(chosen)
    if not chosen:
        return version
    told = "\n".join(params.model_dump_json() for params in chosen)
    return f"{version} {hashlib.sha256(told.encode()).hexdigest()[:32]}"


def prediction_of(run: Steps, params: Any) -> Any:
    """Return a prediction, made once for each state of the data, and of the segments where it is by them."""
    found = run.untagged()
    if getattr(params, "by", None) == "segments":
        plan = run.cards().plan
        if plan is not None:
            edited = run.segmentation(plan)[1]

            def by_segment() -> Any:
                return PREDICTIONS[params.kind].make(found.standard, found.profiles, params, edited.segmentation.labels)

            choices = f"{params.model_dump_json()} {plan.model_dump_json()}"
            return run.kept("predicted", choices, by_segment)

    def make() -> Any:
        return PREDICTIONS[params.kind].make(found.standard, found.profiles, params)

    return run.kept_untagged("predicted", params.model_dump_json(), make)


def together_of(run: Steps, params: OffersParams) -> Together:
    """Return the products that are bought together, found once for each state of the data."""
    from analysis.predict.offers.together import bought_together

    found = run.untagged()

    def make() -> Together:
        return bought_together(found.standard, found.profiles.as_of, by=params.by, least=params.least_orders)

    return run.kept_untagged("predicted", f"together {params.by} {params.least_orders}", make)


def triples_of(run: Steps, params: OffersParams) -> Triples:
    """Return the sets of three products that are bought together, found once for each state of the data."""
    from analysis.predict.offers.triples import three_together

    found = run.untagged()

    def make() -> Triples:
        return three_together(found.standard, found.profiles.as_of, by=params.by, least=params.least_orders)

    return run.kept_untagged("predicted", f"triples {params.by} {params.least_orders}", make)


def all_predictions(run: Steps) -> Predicted:
    """Return the profiles with every prediction of the recipe, and why one could not be made."""
    found = _features(run)
    results, problems = dict(found.results), dict(found.problems)
    for params in run.recipe.predictions:
        if PREDICTIONS[params.kind].table is not None:
            try:
                results[params.kind] = prediction_of(run, params)
            except AnalysisError as problem:
                problems[params.kind] = problem.with_traceback(None)
    return replace(found, results=results, problems=problems)


def _features(run: Steps) -> Predicted:
    """Return the profiles with what is predicted of single customers, which needs no segments."""
    found, chosen = run.untagged(), of_customers(run.recipe.predictions)
    if not chosen:
        return Predicted(found.profiles)

    def compute() -> Predicted:
        return with_predictions(found.profiles, chosen, lambda params: prediction_of(run, params))

    return run.kept_untagged("predicted", state_of("all", chosen), compute)


def with_all(run: Steps, found: Prepared) -> Prepared:
    """Return the profiles with the features of every prediction of the recipe."""
    return Prepared(found.standard, _features(run).profiles) if run.recipe.predictions else found
