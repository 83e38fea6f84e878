"""Whether a text is glad, by words alone: negation and contrast count, and a text may say nothing."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Sentiment = Literal["positive", "negative", "mixed", "none"]
_LATIN = re.compile(r"[a-z]")
_SPLIT = re.compile(r"[，。！？；,.!?;~～\n]+|\s{2,}")


@dataclass(frozen=True)
class _Words:
    found: re.Pattern[str]
    sides: dict[str, int]
    reach: int
    counts_words: bool  # the reach is one of words, not of signs
    alone: frozenset[str]  # negations that are sad where they turn nothing


def sentiment(text: str) -> Sentiment:
    """Say whether a text is glad.

    Every clause is glad, sad or neither by its words, of which a negation before one turns it. Glad and sad words side
    by side make the text mixed where neither outweighs the other, or where a word of contrast stands between them.

    Examples
    --------
    >>> [sentiment(text) for text in ("配送太慢了", "不是不好吃", "味道一般但是客服态度很好", "not bad at all", "")]
    ['negative', 'positive', 'mixed', 'positive', 'none']
    """
    return said_by(text, *counts(text))


def said_by(text: str, glad: int, sad: int) -> Sentiment:
    """Say whether a text with so many glad and sad words is glad."""
    if not glad and not sad:
        return "none"
    if glad and sad:
        return "mixed" if _CONTRAST.search(_plain(text)) or glad == sad else "positive" if glad > sad else "negative"
    return "positive" if glad else "negative"


def counts(text: str) -> tuple[int, int]:
    """Return how many words of a text are glad and how many are sad, negations turned."""
    each = [counts_of(clause) for part in parts(text) for clause in clauses_of(part)]
    return sum(glad for glad, _ in each), sum(sad for _, sad in each)


def counts_of(clause: str) -> tuple[int, int]:
    """Return how many words of a clause, in lower case, are glad and how many are sad."""
    known = [words for words in lexicons() if not words.counts_words or _LATIN.search(clause)]
    sides = [side for words in known for side in _sides_of(clause, words)]
    glad = sum(side > 0 for side in sides)
    return glad, len(sides) - glad


def parts(text: str) -> list[str]:
    """Return what stands between the commas and full stops of a text, in lower case."""
    return [part for part in _SPLIT.split(_plain(text)) if part]


def _plain(text: str) -> str:
    """Return a text in lower case, with the apostrophe of keyboards where telephones write another."""
    return text.lower().replace("’", "'").replace("‘", "'")


def clauses_of(part: str) -> list[str]:
    """Return what stands between the words of contrast of such a part."""
    return [clause for clause in _CONTRAST.split(part) if clause.strip()]


def _sides_of(clause: str, words: _Words) -> list[int]:
    """Return the side of each word of a clause in one language, from the left to the right."""
    found: list[int] = []
    turns: list[tuple[int, int]] = []  # where a negation begins and ends
    alone: list[int] = []  # ends of those that are sad where they turn nothing: it never came
    for match in words.found.finditer(clause):
        word, start = match.group(), match.start()
        side = words.sides.get(word)
        if side is None:  # a word that holds a negation and is none
            continue
        if side == 0:
            turns.append((start, match.end()))
            if word in words.alone:
                alone.append(match.end())
            continue
        n = sum(_between(clause[end:start], words) for _, end in turns)
        alone = [end for end in alone if not _between(clause[end:start], words)]
        found += [-1] * len(alone) + [-side if n % 2 else side]
        turns, alone = [], []
    return found + [-1] * len(alone)


def _between(text: str, words: _Words) -> bool:
    return (len(text.split()) if words.counts_words else len(text)) <= words.reach


@cache
def lexicons() -> tuple[_Words, ...]:
    """Return the words of both languages."""
    data = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text("utf-8"))
    return tuple(_words(data[language], data["negation_reach"], language) for language in ("zh", "en"))


def _words(data: dict[str, list[str]], reach: int, language: str) -> _Words:
    sides = dict.fromkeys(data["positive"], 1) | dict.fromkeys(data["negative"], -1)
    alone = frozenset(data["negations"]) & frozenset(data["negative"])
    sides |= dict.fromkeys(data["negations"], 0)
    every = sorted({*sides, *data["whole"]}, key=lambda word: (-len(word), word))
    joined = "|".join(re.escape(word) for word in every)
    pattern = joined if language == "zh" else rf"(?<![a-z])(?:{joined})(?![a-z])|n't(?![a-z])"
    return _Words(re.compile(pattern), sides, reach, language == "en", alone)


def _contrast() -> re.Pattern[str]:
    data = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text("utf-8"))
    english = "|".join(data["en"]["contrast"])
    return re.compile("|".join(data["zh"]["contrast"]) + rf"|(?<![a-z])(?:{english})(?![a-z])")


_CONTRAST = _contrast()
