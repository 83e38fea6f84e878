"""Predictions in a study: made from the profiles before tags and segments, so that these can ask for them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from analysis.predict.apply import Predicted, with_predictions
from analysis.predict.methods import PREDICTIONS
from analysis.study.prepared import Prepared

if TYPE_CHECKING:
    from analysis.study.kept import Steps


def state_of(version: str, chosen: tuple[Any, ...]) -> str:
    """Name the state of the profiles with what was predicted."""
    if not chosen:
        return version
    told = "\n".join(params.model_dump_json() for params in chosen)
    return f"{version} {hashlib.sha256(told.encode()).hexdigest()[:32]}"


def prediction_of(run: Steps, params: Any) -> Any:
    """Return a prediction, made once for each state of the data."""
    found = run.untagged()

    def make() -> Any:
        return PREDICTIONS[params.kind].make(found.standard, found.profiles, params)

    return run.kept_untagged("predicted", params.model_dump_json(), make)


def all_predictions(run: Steps) -> Predicted:
    """Return the profiles with every prediction of the recipe, and why one could not be made."""
    found = run.untagged()
    if not run.recipe.predictions:
        return Predicted(found.profiles)

    def compute() -> Predicted:
        return with_predictions(found.profiles, run.recipe.predictions, lambda params: prediction_of(run, params))

    return run.kept_untagged("predicted", state_of("all", run.recipe.predictions), compute)


def with_all(run: Steps, found: Prepared) -> Prepared:
    """Return the profiles with the features of every prediction of the recipe."""
    return Prepared(found.standard, all_predictions(run).profiles) if run.recipe.predictions else found
