"""A page says what a notebook says of the same file: the answer comes from the engine."""

from __future__ import annotations

import pytest

from analysis.segments.words import answer
from analysis.translate import prose
from tests.samples import sample
from texts import Translator


@pytest.mark.parametrize(("kind", "language"), [("rfm", "en"), ("movement", "zh")])
def test_the_page_and_a_notebook_answer_alike(kind, language, open_page, sample_study, read_words):
    result, edited = sample().segmentation(kind)
    t = Translator(language, sample().recipe.currency or "CNY")
    app = open_page(f"segments/{kind}", language, study=sample_study)
    assert prose(answer(result, edited, t), t) in read_words(app)
