"""Plausible cells of a business's export, in the way of writing of its language."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

COMMA = ("de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr")  # languages with a decimal comma
DATES = {
    "en": ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%d %b %Y"), "zh": ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d", "%Y年%m月%d日"),
    "ja": ("%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y年%m月%d日"), "ko": ("%Y-%m-%d", "%Y.%m.%d", "%Y-%m-%d %H:%M"),
    "th": ("%Y-%m-%d", "%d/%m/%Y"), "ar": ("%Y-%m-%d", "%d/%m/%Y"), "nl": ("%d-%m-%Y", "%Y-%m-%d"),
    "fr": ("%d/%m/%Y", "%Y-%m-%d"), "es": ("%d/%m/%Y", "%Y-%m-%d"), "it": ("%d/%m/%Y",), "pt": ("%d/%m/%Y",),
}  # fmt: skip
DOTTED = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%Y %H:%M")
KEYS = (
    "C-{n:05d}", "{n:08d}", "KD{n:06d}", "{x:08x}", "{n}", "cus_{x:010x}", "M{n:04d}", "{n:05d}-{c}", "{x:08x}-{n:04x}",
    "{c}{c}{n:06d}",
)  # fmt: skip


@cache
def listed() -> dict[str, dict[str, list[str]]]:
    """Return the words of ``cells.toml``."""
    return tomllib.loads(Path(__file__).with_name("cells.toml").read_text("utf-8"))


class Cells:
    """Draws cells of one file; ``rng`` decides all of them."""

    def __init__(self, rng: random.Random, language: str) -> None:
        self.rng, self.language = rng, language
        self.comma = language in COMMA and rng.random() < 0.7
        self.day_format = rng.choice(DATES.get(language, DOTTED))
        self._key = rng.choice(KEYS)

    def words(self, what: str) -> list[str]:
        """Return the words of this language, or those of any other."""
        known = listed()[what]
        return known.get(self.language) or known[""]

    def keys(self, n: int, pattern: str | None = None) -> list[str]:
        """Return ``n`` different keys of one look."""
        start, letters = self.rng.randrange(1000, 9000), "ABCDEFGHKLMN"
        shape = pattern or self._key
        return [
            shape.format(n=start + 7 * i, x=self.rng.getrandbits(40), c=letters[(start + i) % len(letters)])
            for i in range(n)
        ]

    def money(self, low: float = 5, high: float = 400) -> str:
        """Return an amount with two decimals, as the language writes it."""
        text = f"{self.rng.uniform(low, high):.2f}"
        return text.replace(".", ",") if self.comma else text

    def day(self, first: date = date(2024, 1, 1), span: int = 300) -> str:
        """Return a day, in the form that the file uses."""
        on = first + timedelta(days=self.rng.randrange(span))
        form = self.day_format.replace("%H", f"{self.rng.randrange(9, 21):02d}")
        return on.strftime(form.replace("%M", f"{self.rng.randrange(60):02d}").replace("%S", "17"))

    def people(self, n: int) -> list[str]:
        """Return ``n`` names of people, some of them alike."""
        first, last = self.words("first"), self.words("last")
        glue = "" if self.language in ("zh", "ko") else " "
        return [self.rng.choice(first) + glue + self.rng.choice(last) for _ in range(n)]

    def emails(self, n: int) -> list[str]:
        """Return ``n`` different e-mail addresses."""
        return [f"{self.rng.choice(listed()['first']['']).lower()}{i + 11}@example.com" for i in range(n)]

    def phones(self, n: int) -> list[str]:
        """Return ``n`` different phone numbers."""
        if self.language == "zh":
            return [f"138{self.rng.randrange(10**7, 10**8)}" for _ in range(n)]
        return [f"+49 151 {self.rng.randrange(10**6, 10**7)}" for _ in range(n)]

    def firms(self, n: int) -> list[str]:
        """Return ``n`` names of firms."""
        ends = {"zh": "有限公司", "ja": "株式会社", "ru": " ООО"}.get(self.language, " GmbH")
        return [f"{self.rng.choice(listed()['last'][''])} {i + 2}{ends}" for i in range(n)]

    def pick(self, values: Sequence[str]) -> str:
        """Return one of the values, the first ones more often."""
        return values[min(int(self.rng.expovariate(2.5 / len(values))), len(values) - 1)]
