"""What a person chooses of feedback."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from analysis.params import Params

Said = Literal["positive", "negative", "mixed", "none"]


class Label(Params):
    """What a person said of one text; the text stands as a hash, so that nothing of it is kept.

    Attributes
    ----------
    text : str
        Of ``judged.hash_of``.
    said : "positive", "negative", "mixed" or "none"
    """

    text: str = Field(pattern=r"^[0-9a-f]{16}$")
    said: Said


class TopicName(Params):
    """What a person called a group of words; the words stand as hashes, so that nothing of the texts is kept.

    Attributes
    ----------
    words : tuple of str
        Of ``feedback.hash_of``: those of the group when it was named, by which it is found again.
    name : str
    """

    words: tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")], ...] = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=60)


class FeedbackParams(Params):
    """What people say.

    Attributes
    ----------
    by : "auto", "words" or "ratings"
        Whether a text is glad: by the words of it, or as learned from the shop's own ratings; ``auto`` learns where
        that was better than the words by more than noise.
    topics : int
        Groups of words found in the texts, beside the named aspects; 0 for none.
    labels : tuple of Label
        Texts that a person judged, by which the shown accuracy is measured where there are no ratings.
    seed : int
    names : tuple of TopicName
        What groups of words are called, with new texts too, as long as the group shares two fifths of its words.

    Examples
    --------
    >>> FeedbackParams().topics
    6
    """

    kind: Literal["feedback"] = "feedback"
    by: Literal["auto", "words", "ratings"] = "auto"
    topics: int = Field(default=6, ge=0, le=20)
    labels: tuple[Label, ...] = Field(default=(), max_length=500)
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    names: tuple[TopicName, ...] = Field(default=(), max_length=100)
