"""Does every kind of export come out right, marked or asked at both doors, and never silently wrong?

``python -m benchmarks matrix`` takes the kinds of ``kinds.py`` through the command line and through the app in both
languages, prints a line for each, and says how many of them nobody would notice. ``python -m benchmarks matrix
drop`` takes columns out of known exports, ``matrix offers`` says how much is asked and whether the right reading is
there.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from tempfile import TemporaryDirectory

from benchmarks.matrix.doors import Judged, by_app, by_command
from benchmarks.matrix.kinds import kinds


def main() -> None:
    """Print what each door makes of each kind, and the sums; or what the word behind the name measures."""
    from benchmarks.matrix import drop, offers

    for word, measure in (("drop", drop.main), ("offers", offers.main)):
        if word in sys.argv:
            measure()
            return
    import streamlit as st

    sums: Counter[tuple[str, str]] = Counter()
    for kind in kinds():
        found: dict[str, Judged] = {"command": by_command(kind)}
        for language in ("en", "zh"):
            with TemporaryDirectory() as home:
                before, os.environ["PORTRAIT_HOME"] = os.environ.get("PORTRAIT_HOME"), home
                st.cache_resource.clear()  # a server of its own: what is kept belongs to another home
                try:
                    found[f"app {language}"] = by_app(kind, language)
                finally:
                    os.environ.pop("PORTRAIT_HOME")
                    os.environ |= {} if before is None else {"PORTRAIT_HOME": before}
        sums.update((door, one.verdict) for door, one in found.items())
        why = next((one.why for one in found.values() if one.why), "")
        print(f"{kind.name}: {', '.join(f'{door} {one.verdict}' for door, one in found.items())} {why}".rstrip())
    for door in ("command", "app en", "app zh"):
        print(f"{door}: {', '.join(f'{n} {verdict}' for (at, verdict), n in sorted(sums.items()) if at == door)}")
