"""What is said of a tag that rules ask about and that is no longer in use: its name, never its key."""

from __future__ import annotations

from analysis.errors import AnalysisError
from analysis.tags.params import PREFIX, Tag
from analysis.tags.words import name_of
from ui import compute, session


def tag_of(feature: str) -> Tag | None:
    """Return the tag of the open study behind a feature, None for a feature of the data or a tag that was deleted."""
    study = compute.study_if_any() if feature.startswith(PREFIX) else None
    return None if study is None else study.recipe.tag(feature.removeprefix(PREFIX))


def called(feature: str) -> str:
    """Return how a feature that is not there is called."""
    t, tag = session.t(), tag_of(feature)
    if tag is not None:
        return name_of(tag, t)
    return t("tags.deleted") if feature.startswith(PREFIX) else feature


def in_words(found: AnalysisError) -> AnalysisError:
    """Return the refusal of a rule that asks about a tag out of use as one that says so."""
    feature = str(found.facts.get("feature"))
    if found.code != "rules_feature_gone" or not feature.startswith(PREFIX):
        return found
    code = "rules_tag_deleted" if tag_of(feature) is None else "rules_tag_retired"
    return AnalysisError(code, rule=found.facts["rule"], feature=called(feature))
