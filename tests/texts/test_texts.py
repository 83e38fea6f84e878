"""Every sentence exists, in both languages, wherever one is asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from texts import LANGUAGES, Language, blanks, catalogue, translator

ROOT = Path(__file__).resolve().parents[2]
# t("key") and its other names in code; a key is "<file or topic>.<name>".
TRANSLATOR_NAMES = {"t", "translate"}
KEY_TAKERS = {"how_computed"}
# Streamlit calls whose text arguments are no sentences: code, layout, state, settings.
NO_SENTENCE = {"code", "columns", "container", "grid", "space", "html", "set_option", "fragment", "navigation"}
SENTENCE_ARGUMENTS = {"label", "body", "help", "placeholder", "caption", "alt", "text", "title", "value_label"}


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        path = ROOT / folder
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            yield file.relative_to(ROOT), parsed(file)


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@pytest.fixture(scope="module", autouse=True)
def parsed_once() -> Iterator[None]:
    """Let go of the trees of all files when the last test here has looked at them."""
    yield
    parsed.cache_clear()


def calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            target = node.func
            yield node, target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def pattern(node: ast.expr) -> str | None:
    """Return the keys an f-string can mean, as a regular expression."""
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(re.escape(constant(part) or "") if isinstance(part, ast.Constant) else ".+" for part in node.values)


def keys_asked() -> list[tuple[str, str]]:
    return [
        (f"{file}:{call.lineno}", key)
        for file, tree in sources("pages", "ui", "analysis", "commands", "cli.py")
        for call, name in calls(tree)
        if name in TRANSLATOR_NAMES | KEY_TAKERS and call.args and (key := constant(call.args[0]))
    ]


def patterns_asked() -> list[tuple[str, str]]:
    return [
        (f"{file}:{call.lineno}", keys)
        for file, tree in sources("pages", "ui", "analysis", "commands", "cli.py")
        for call, name in calls(tree)
        if name in TRANSLATOR_NAMES and call.args and (keys := pattern(call.args[0]))
    ]


def error_codes() -> list[tuple[str, str]]:
    return [
        (f"{file}:{call.lineno}", code)
        for file, tree in sources("analysis", "ui", "commands", "cli.py")
        for call, name in calls(tree)
        if name in ("AnalysisError", "ChoiceError") and call.args and (code := constant(call.args[0]))
    ]


def test_every_text_stands_in_both_languages_with_the_same_blanks():
    wrong = [
        key
        for key, entry in catalogue().items()
        if set(entry) != set(LANGUAGES)
        or not all(text.strip() for text in entry.values())
        or blanks(entry["en"]) != blanks(entry["zh"])
    ]
    assert not wrong


def test_no_text_says_please_or_shouts():
    # "![" would be a picture and "!=" a comparison; neither is an exclamation.
    loud = re.compile(r"![^\[=]|!$|！|\bplease\b", re.IGNORECASE)
    assert not [(key, text) for key, entry in catalogue().items() for text in entry.values() if loud.search(text)]


def test_every_text_asked_for_in_code_exists():
    assert not [(where, key) for where, key in keys_asked() if key not in catalogue()]


def test_every_text_put_together_in_code_matches_some_text():
    # A key made of blanks alone says nothing that could be checked here.
    assert not [
        (where, keys) for where, keys in patterns_asked() if not any(re.fullmatch(keys, key) for key in catalogue())
    ]


def test_every_error_raised_in_code_has_a_sentence():
    assert not [(where, code) for where, code in error_codes() if f"error.{code}" not in catalogue()]


def test_pages_hold_no_sentence_of_their_own():
    found = []
    for file, tree in sources("pages"):
        for call, name in calls(tree):
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            if not isinstance(owner, ast.Name) or owner.id not in {"st", "show", "controls"} or name in NO_SENTENCE:
                continue
            if owner.id == "st":
                texts = [*call.args[:1], *(word.value for word in call.keywords if word.arg in SENTENCE_ARGUMENTS)]
            else:
                texts = [*call.args, *(word.value for word in call.keywords if word.arg in SENTENCE_ARGUMENTS)]
            for text in texts:
                literal = constant(text) or ("".join(constant(p) or "" for p in getattr(text, "values", [])) or None)
                # Keys and page paths are codes: no space, no letter beyond ASCII, not capitalised. Marks for bold and
                # icons round a blank are no words.
                words = re.sub(r":material/\w+:|\*\*", "", literal or "").strip()
                if words and not re.fullmatch(r"[a-z0-9_./:-]+", words):
                    found.append(f"{file}:{call.lineno} {literal!r}")
    assert not found, found


def test_unknown_language_falls_back_to_english():
    assert translator("fr").language == "en"
    assert translator("zh-TW").language == "zh"


def test_countries_are_named_with_the_number_that_is_dialled():
    said = {code: [translator(language).country(code) for language in LANGUAGES] for code in ("CN", "GB", "XX")}
    assert said["CN"] == ["China (+86)", "中国（+86）"]
    assert said["GB"] == ["United Kingdom (+44)", "英国（+44）"]
    assert said["XX"] == ["XX", "XX"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "words", [("companies", "客户公司", "家"), ("guests", "客人", "位"), ("accounts", "账户", "个")]
)
def test_what_a_trade_calls_customers_leaves_every_blank_as_it_is(
    language: Language, words: tuple[str, str, str]
) -> None:
    plain = translator(language)
    calling = plain.calling(words)
    for key in catalogue():
        assert blanks(calling.text(key)) == blanks(plain.text(key)), key
    facts = {
        "customers": 1,
        "kept": 2,
        "read": 3,
        "as_of": date(2026, 1, 2),
        "questions": 0,
        "orders": 4,
        "revenue": 5.0,
    }
    assert words[1 if language == "zh" else 0][:3] in calling("command.done", **facts)
