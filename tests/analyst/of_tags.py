"""One result of each kind that tags come to."""

from __future__ import annotations

from typing import Any

from analysis.study import StudyResult
from analysis.tags.apply import with_tags
from analysis.tags.change import tag_change
from analysis.tags.dictionary import dictionary
from analysis.tags.library import ready_tags
from analysis.tags.look_alike import look_alike
from analysis.tags.measure import tag_effects
from analysis.tags.params import Top
from analysis.tags.values import Basis


def of_tags(shop: StudyResult) -> list[Any]:
    """Return what tags come to."""
    tags = ready_tags(shop.profiles, shop.standard)
    tagged = with_tags(shop.profiles, tags, standard=shop.standard)
    big = tagged.values["big_spender"]
    larger = big.tag.model_copy(update={"source": Top(feature="spend", share=0.1)})
    alike = look_alike(shop.profiles, big.has, ["n_orders", "age"], n=50)
    change = tag_change(big.tag, larger, Basis(shop.profiles))
    return [tagged, big, dictionary(tags, tagged)[0], tag_effects(tagged)[0], change, alike]
