"""``portrait list notify`` against a server of this machine that fails, hangs and sees the command killed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import cli
from analysis.act.campaign import Arms, Campaign
from analysis.act.notify import deliver
from analysis.act.notify.receiver import Receiver
from analysis.act.params import ListChoices
from analysis.errors import AnalysisError
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
    [kept] = workspace.deliveries(workspace.study_named("Shop"))
    assert [(one.status, one.why) for one in kept.tries] == [(503, "answered"), (None, "begun"), (204, "answered")]
    assert kept.state == "done" and kept.host == "127.0.0.1"


def test_a_command_without_an_address_tells_whom_the_study_keeps(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell() == 2 and "--to" in capsys.readouterr().err
    workspace = Workspace.open()
    study = workspace.study_named("Shop")
    workspace.keep_receiver(study, Receiver("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/k3y"))
    assert tell("--robot", "feishu", "--dry-run") == 0
    assert json.loads(capsys.readouterr().out)["content"]["text"].startswith("List May: 1")
    assert tell("--robot", "slack") == 2 and "wecom" in capsys.readouterr().err


def test_whom_a_study_tells_is_sealed_and_stays_here(home: Path) -> None:
    workspace = Workspace.open()
    study = workspace.study_named("Shop")
    webhook = Receiver("webhook", "https://hooks.example.org/in/t0ken", SECRET)
    workspace.keep_receiver(study, webhook)
    assert workspace.receiver(study, "webhook") == webhook
    assert workspace.receivers(study)["webhook"].host == "hooks.example.org" and "t0ken" not in repr(webhook)
    for one in (Receiver("webhook", webhook.url, "short"), Receiver("wecom", "http://example.org/x", "")):
        with pytest.raises(AnalysisError, match=r"act_bad_(secret|address)"):
            workspace.keep_receiver(study, one)
    target = home / "study.zip"
    workspace.export_study(study, target)
    with zipfile.ZipFile(target) as archive:
        assert "receiver" not in archive.read("manifest.json").decode()
    workspace.rekey()
    assert workspace.receiver(study, "webhook") == webhook
    workspace.close()
    told = b"".join(path.read_bytes() for path in sorted((home / "home").rglob("*")) if path.is_file())
    assert b"hooks.example.org" in told and b"t0ken" not in told and SECRET[6:].encode() not in told
