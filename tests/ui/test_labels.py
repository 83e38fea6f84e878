"""Every label, body and help that Streamlit renders as Markdown is a text of ours, or passes ``show.md_escape``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BODIES = {
    *("markdown", "caption", "title", "header", "subheader", "error", "warning", "info", "success", "toast", "spinner"),
    *("expander", "popover", "button", "download_button", "form_submit_button", "toggle", "checkbox", "radio", "pills"),
    *("segmented_control", "selectbox", "multiselect", "slider", "select_slider", "number_input", "text_input"),
    *("text_area", "date_input", "file_uploader", "badge", "metric", "tabs", "status", "dialog"),
}
COLUMNS = {
    *("Column", "TextColumn", "NumberColumn", "SelectboxColumn", "CheckboxColumn", "ProgressColumn", "DateColumn"),
}
RENDERED = {"body", "caption", "delta", "help", "label", "text", "title"}
# Widgets whose options are Markdown; those of lists are plain text.
WITH_OPTIONS = {"pills", "segmented_control", "radio", "select_slider"}
# Facts that are counts, shares, days and words of our own lists, never the text of somebody else.
OWN_FACTS = {"day", "encoding", "files", "k", "n", "place", "rows", "score", "share", "shown"}

# What is handed on, a text of ours at every place that hands it.
HANDED_ON = {
    "fix_name",
    "figure.change",
    "doing",
    "explain.method_name",
    "label",
    "reasons.lines",
    "t(title)",
    "told",
    "word(step)",
}
ESCAPING = {"md_escape", "label", "_because", "_label", "_state", "_evidence"}


def calls(path: Path) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Yield each call of an element of Streamlit with the function around it."""

    def visit(node: ast.AST, around: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            inner = child if isinstance(child, ast.FunctionDef) else around
            if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
                ours = isinstance(child.func.value, ast.Name) and child.func.value.id == "show"
                if not ours and child.func.attr in {*BODIES, *COLUMNS, "page_link", "progress"}:
                    yield around, child
            yield from visit(child, inner)

    tree = ast.parse(path.read_text("utf-8"))
    yield from visit(tree, tree)


def rendered(call: ast.Call) -> Iterator[ast.expr]:
    """Yield what the browser reads as Markdown."""
    name = call.func.attr  # pyright: ignore
    if name in BODIES:
        yield from call.args[: 3 if name == "metric" else 1]
    for keyword in call.keywords:
        if keyword.arg in RENDERED:
            yield keyword.value
        elif keyword.arg == "format_func" and name in WITH_OPTIONS:
            yield keyword.value.body if isinstance(keyword.value, ast.Lambda) else keyword.value


def is_ours(node: ast.expr, around: ast.AST, seen: frozenset[str] = frozenset()) -> bool:
    """Say whether an expression is a text of ours, with facts that are numbers or escaped."""

    def ours(*parts: ast.expr) -> bool:
        return all(is_ours(part, around, seen) for part in parts)

    if ast.unparse(node) in HANDED_ON or (isinstance(node, ast.Call) and ast.unparse(node.func) in HANDED_ON):
        return True
    match node:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in ESCAPING:
            return True
        # Of a translator, ``t("key", n=3)`` or ``session.t()("key")``.
        case ast.Call(func=ast.Name(id="t") | ast.Call(), args=[key], keywords=facts):
            return isinstance(key, (ast.Constant, ast.JoinedStr, ast.IfExp)) and all(
                fact.arg in OWN_FACTS or ours(fact.value) for fact in facts
            )
        case ast.Call(func=ast.Attribute(attr="join", value=ast.Constant()), args=[parts]):
            return ours(parts)
        case ast.JoinedStr(values=parts):
            return all(ours(part.value) for part in parts if isinstance(part, ast.FormattedValue))
        case ast.IfExp(body=one, orelse=other):
            return ours(one, other)
        case ast.BoolOp(values=parts):
            return ours(*parts)
        case ast.List(elts=parts):
            return ours(*parts)
        case ast.Starred(value=one) | ast.GeneratorExp(elt=one) | ast.ListComp(elt=one):
            return ours(one)
        case ast.Name(id=name) if name not in seen:
            given = [
                found.value
                for found in ast.walk(around)
                if isinstance(found, ast.Assign)
                and any(isinstance(target, ast.Name) and target.id == name for target in found.targets)
            ]
            return bool(given) and all(is_ours(one, around, seen | {name}) for one in given)
        case _:
            pass
    return False


def test_what_is_rendered_as_markdown_is_ours_or_escaped():
    bare = [
        f"{path.relative_to(ROOT)}:{part.lineno}: {ast.unparse(part)[:120]}"
        for room in ("ui", "pages")
        for path in sorted((ROOT / room).rglob("*.py"))
        for around, call in calls(path)
        for part in rendered(call)
        if not is_ours(part, around)
    ]
    assert not bare, "\n".join(bare)


def test_a_choice_of_several_says_in_our_words_what_choosing_nothing_means():
    bare = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for room in ("ui", "pages")
        for path in sorted((ROOT / room).rglob("*.py"))
        for _, call in calls(path)
        if call.func.attr == "multiselect" and not any(one.arg == "placeholder" for one in call.keywords)  # pyright: ignore
    ]
    assert not bare, "\n".join(bare)
