"""Help, errors of use and ``inspect`` in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cli
from commands.argument_words import KEYS, language_of, speak
from texts import translator


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield
    speak(translator("en"))


def ended(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    return int(end.value.code or 0)


WRONG = [
    ["run", "a.csv"],
    ["rum"],
    ["run", "a.csv", "-o", "x", "--formats", "csv"],
    ["experiment", "plan", "--days", "x"],
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_use_ends_with_2_and_says_why_in_either_language(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(arguments) == 2
    english = capsys.readouterr().err
    assert english.startswith("usage: portrait") and "error: " in english
    for asked in (["--lang", "zh"], ["--language=zh"]):
        assert ended([*asked, *arguments]) == 2
        chinese = capsys.readouterr().err
        assert chinese.startswith("用法：portrait") and "错误：" in chinese
        assert not re.search(r"error|required|invalid|usage|argument ", chinese)
        assert re.findall(r"'\w+'", chinese) == re.findall(r"'\w+'", english)


def test_the_terminals_language_is_that_of_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert ended(["--help"]) == 0
    chinese = capsys.readouterr().out
    assert "用法：" in chinese and "显示本帮助并退出" in chinese and "生成客户画像" in chinese
    assert ended(["--help", "--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert english.startswith("usage: ") and not re.search("[\u4e00-\u9fff]", english)


@pytest.mark.parametrize("command", ["app", "inspect", "recipe", "run", "experiment plan", "experiment split",
                                     "experiment read", "workspace check", "workspace trash"])  # fmt: skip
def test_the_help_of_every_command_is_wholly_in_the_readers_language(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended([*command.split(), "--help", "--lang", "zh"]) == 0
    told = [line.strip() for line in capsys.readouterr().out.splitlines() if re.match(r" {2,}\S", line)]
    words = [re.split(r" {2,}", line)[-1] for line in told if re.search(r" {2,}", line)]
    assert words and not [text for text in words if not re.search("[\u4e00-\u9fff]", text)]


def test_what_argparse_says_is_known_by_its_own_words() -> None:
    import argparse
    import inspect

    source = inspect.getsource(argparse)
    english = translator("en")
    unknown = [key for key in KEYS if english(f"argparse.{key}").rstrip("\n") not in source]
    assert unknown in ([], ["argument"]) and KEYS


def test_a_language_that_there_is_not_is_refused_in_that_of_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert language_of(["run", "--lang", "fr"]) == "en"
    assert ended(["run", "--lang", "fr"]) == 2
    assert "fr" in capsys.readouterr().err


def test_inspect_tells_of_columns_in_the_readers_language_and_shows_nobodys_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "members.csv"
    rows = "".join(f"M{i:03d},Wang Fang,2024-01-{i + 1:02d},city{i % 3}\n" for i in range(20))
    path.write_text("customer id,name,sign-up date,city\n" + rows, "utf-8")
    assert cli.main(["inspect", str(path), "--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert cli.main(["inspect", str(path), "--lang", "zh"]) == 0
    chinese = capsys.readouterr().out
    assert (
        "header in row 1" in english and "20 rows" in english and "signup_date" in english and "Sign-up date" in english
    )
    assert "表头在第 1 行" in chinese and "20 行" in chinese and "signup_date" in chinese and "注册日期" in chinese
    assert "Wang" not in english + chinese and "M000" in english


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["isnpect", "a.csv"], "inspect"), (["experiment", "plna"], "plan"),
        (["run", "a.csv", "-o", "x", "--onyl", "csv"], "--only"), (["run", "a.csv", "-o", "x", "--zzzz"], None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_misspelt_command_or_option_is_named_with_the_one_that_was_meant(
    language: str, arguments: list[str], meant: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(["--lang", language, *arguments]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    hint = translator(language)("app.did_you_mean", name=meant or "")
    assert said.endswith(hint) if meant else arguments[-1] in said and hint[:5] not in said


def test_options_without_a_command_are_those_of_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("ui.launch.launch", lambda port, **options: asked.append((port, options["open_browser"])))
    for arguments in (["--port", "9000", "--no-browser"], ["app", "--port", "9000", "--no-browser"]):
        assert cli.main(arguments) == 0
    assert asked == [(9000, False), (9000, False)]
    assert cli.main([]) == 0 and asked[-1] == (None, True)
    assert ended(["--quiet", "run"]) == 2  # a command's own options stay its own


def test_an_option_of_another_command_is_not_said_to_mean_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["experiment", "read", "a.csv", "--metric", "buy"])
    said = capsys.readouterr().err
    assert "--metric buy" in said and said.count("--metric") == 1
