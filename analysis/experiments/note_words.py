"""Notes on a reading in words, those that say the same of several segments or arms as one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.experiments.words import level_text, note_text
from analysis.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.translate import Translate

_LEFT_OUT, _LEFT_NAMED = "experiment_segment_left_out", 5
_FEW_IN_ARM = "experiment_few_in_arm"


def note_texts(notes: Iterable[Note], t: Translate) -> list[str]:
    """Return the sentences of notes; many segments left out are one sentence, and so are several small arms.

    Examples
    --------
    >>> from analysis.notes import Note
    >>> from texts import translator
    >>> left = [Note("experiment_segment_left_out", {"segment": name}) for name in "abcdefgh"]
    >>> [text.split(": ", 1)[1] for text in note_texts(left, translator("en"))]
    ['a, b, c, d, e … (in all: 8).']
    >>> few = [Note("experiment_few_in_arm", {"arm": arm, "n": 39, "least": 100}, "check") for arm in "AB"]
    >>> note_texts(few, translator("en"))
    ['Few customers (A 39, B 39): below 100 in a group only very large effects can be seen.']
    """
    notes = _together(list(notes), t)
    left = [level_text(str(note.facts["segment"]), t) for note in notes if note.code == _LEFT_OUT]
    if len(left) <= _LEFT_NAMED:
        return [note_text(note, t) for note in notes]
    said = t("note.experiment_segments_left_out", segments=", ".join(left[:_LEFT_NAMED]) + " …", n=len(left))
    return [said, *(note_text(note, t) for note in notes if note.code != _LEFT_OUT)]


def _together(notes: list[Note], t: Translate) -> list[Note]:
    """Return the notes with those on small arms as one, in the place of the first."""
    small = [note for note in notes if note.code == _FEW_IN_ARM]
    if len(small) < 2:
        return notes
    arms = t("segments.between").join(
        t("experiment.arm_size", arm=str(note.facts["arm"]), n=int(note.facts["n"])) for note in small
    )
    one = Note("experiment_few_in_arms", {"arms": arms, "least": small[0].facts["least"]}, small[0].level)
    return [one if note is small[0] else note for note in notes if note is small[0] or note not in small]
