"""A page says what a notebook says of the same file: the answer comes from the engine."""

from __future__ import annotations

import pytest

from analysis.segments.words import answer
from analysis.study import read, run, suggest
from analysis.translate import prose
from texts import Translator


@pytest.mark.parametrize(("kind", "language"), [("rfm", "en"), ("movement", "zh")])
def test_the_page_and_a_notebook_answer_alike(kind, language, open_page, sample_study, read_words, root):
    tables = read(root / "sample_data" / "中文店铺.xlsx")
    recipe = suggest(tables)
    recipe = recipe.with_plan(recipe.plan_or_usual(kind))
    found = run(tables, recipe)
    t = Translator(language, recipe.currency or "CNY")
    app = open_page(f"segments/{kind}", language, study=sample_study)
    assert prose(answer(found.segmentations[kind], found.edited[kind], t), t) in read_words(app)
