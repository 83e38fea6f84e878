"""``portrait list notify`` against a server of this machine that fails, hangs and sees the command killed."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import cli
from analysis.act.campaign import Arms, Campaign
from analysis.act.notify import deliver
from analysis.act.params import ListChoices
from analysis.workspace import Workspace
from tests.act.test_notify import SECRET, server, status

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2024, 5, 1)
# The command refuses addresses of this machine; here alone it is allowed one.
RUN = """
import sys
from analysis.act.notify import deliver
asked = deliver.looked_up
deliver.looked_up = lambda url, local=False: asked(url, local=True)
import cli
sys.exit(cli.main(["list", "notify", "Shop", "May", *sys.argv[1:]]))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PORTRAIT_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path / "home"))
    workspace = Workspace.open()
    arms = (Arms(segment="lost", sent=("a" * 32,), held=("b" * 32,)),)
    facts: dict[str, Any] = {"name": "May", "made_on": DAY, "as_of": DAY, "method": "rfm", "seed": "s", "arms": arms}
    workspace.add_campaign(workspace.create_study("Shop"), Campaign(choices=ListChoices(), **facts))
    workspace.close()
    return tmp_path


def tell(*words: str) -> int:
    return cli.main(["list", "notify", "Shop", "May", *words])


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_command_that_is_killed_goes_on_with_the_same_message_and_is_told_once(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = deliver.looked_up
    monkeypatch.setattr(deliver, "looked_up", lambda url, local=False: asked(url, local=True))
    hold = threading.Event()

    def answer(handler: BaseHTTPRequestHandler, before: int) -> None:
        if before == 1:
            hold.wait(60)
        status((503, 200, 204)[before])(handler, before)

    with server(answer) as (url, seen):
        assert tell("--to", url, "--dry-run") == 0
        assert '"list.made"' in capsys.readouterr().out and not seen
        running = subprocess.Popen([sys.executable, "-c", RUN, "--to", url], cwd=ROOT)
        until(lambda: len(seen) == 2)  # refused once, tried again, and on its way for the second time
        running.kill()
        running.wait()
        hold.set()
        assert tell("--to", url) == 0 and len(seen) == 3
        assert tell("--to", url) == 0 and len(seen) == 3  # what was told is not told again
    assert len({headers["webhook-id"] for headers, _ in seen}) == 1 and len({body for _, body in seen}) == 1
    workspace = Workspace.open()
    kept = workspace.document("delivery", "May 127.0.0.1", workspace.study_named("Shop"))
    assert kept is not None and [one.status for one in kept.value.tries] == [503, 204]
    assert kept.value.state == "done"
