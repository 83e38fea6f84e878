"""Ctrl-C, a closed pipe, a terminal of another encoding: a command ends with its code and without a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from commands.stopping import stoppable

# Each waits in a place of its own, and says so before.
PLACES = {
    "python": "import time; print('here', flush=True); time.sleep(60)",
    "query": (
        "import duckdb; print('here', flush=True)\n"
        "duckdb.sql('SELECT sum(sin(i)) FROM range(200000000000) t(i)').fetchall()"
    ),
    "library": "import ctypes; print('here', flush=True); ctypes.PyDLL(None).sleep(60)",
    "import": "import sys; sys.path.insert(0, {folder!r}); import slow",
    "error": (
        "import time\nprint('here', flush=True)\ntry: time.sleep(60)\n"
        "except KeyboardInterrupt: raise ImportError('numpy cannot be imported')"
    ),
}
RUN = """
import sys, cli, commands.recipe
def recipe(arguments):
{lines}
commands.recipe.recipe = recipe
sys.exit(cli.main(["recipe", "x.csv"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of processes are another thing there")
@pytest.mark.parametrize("place", PLACES)
def test_ctrl_c_ends_the_work_without_a_traceback(place: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text("import time; print('here', flush=True); time.sleep(60)")
    lines = PLACES[place].replace("{folder!r}", repr(str(tmp_path))).splitlines()
    code = RUN.format(lines="\n".join(f"    {line}" for line in lines))
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, err) == (130, "")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end in another way there")
def test_nobody_reading_is_no_error_to_show(root: Path) -> None:
    command = [sys.executable, "cli.py", "inspect", "sample_data/members_gbk.csv", "--json"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, cwd=root, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("settings", [{"PYTHONIOENCODING": "gbk"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}])
def test_what_is_written_is_utf_8_whatever_the_terminal_says(settings: dict[str, str], root: Path) -> None:
    command = [sys.executable, "cli.py", "inspect", "sample_data/members_gbk.csv", "gone.csv", "--lang", "zh"]
    environment = os.environ | {"PYTHONUTF8": "0"} | settings
    done = subprocess.run(command, cwd=root, capture_output=True, env=environment, check=False)
    assert done.returncode == 1
    assert "会员号" in done.stdout.decode("utf-8") and "打不开文件" in done.stderr.decode("utf-8")


def test_nothing_listens_once_the_command_has_ended() -> None:
    """A thread that lives on while Python ends may collect garbage then, and a library's destructor aborts in it."""
    with stoppable():
        assert "stop" in {one.name for one in threading.enumerate()}
    assert "stop" not in {one.name for one in threading.enumerate()}
