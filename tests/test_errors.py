"""What a refusal says, in every language, whatever its facts are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from texts import LANGUAGES, Language, translator


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["recipe_newer", "workspace_newer", "archive_newer"])
def test_what_a_newer_version_wrote_is_a_sentence(code: str, language: Language) -> None:
    refusal = AnalysisError(code, found=99, supported=4)
    assert "99" in refusal.sentence(translator(language)) and "4" in refusal.sentence(translator(language))
    assert code in str(refusal)


def test_the_fact_known_lists_names_and_nothing_else(root: Path) -> None:
    # A number there would break the sentence that is to tell the reader what is wrong.
    for path in (root / "analysis").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("AnalysisError", "ChoiceError"):
                for fact in call.keywords:
                    told = ast.unparse(fact.value)
                    assert fact.arg != "known" or not told.isupper() or told.endswith("S"), f"{path}: {told}"
                    assert fact.arg != "known" or not told.startswith(("int(", "len(")), f"{path}: {told}"
