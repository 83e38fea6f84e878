"""The folder of a process is private, is removed at its end, and is swept only once its process has ended."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.temporary import own_folder, sweep

HOLD = """
import sys
from pathlib import Path
from analysis.temporary import own_folder

print(own_folder(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def holder(root: Path, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes of files as other systems do")
def test_only_the_user_may_read_the_folder(tmp_path: Path) -> None:
    folder = own_folder(tmp_path / "root")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "root").stat().st_mode) == 0o700
    assert folder == own_folder(tmp_path / "root") != own_folder(tmp_path / "other")


def test_a_folder_is_swept_after_its_process_was_killed_and_not_before(tmp_path: Path, root: Path) -> None:
    with holder(root, tmp_path) as process:
        assert process.stdout is not None
        place = Path(process.stdout.readline().strip())
        (place / "rows.parquet").write_text("half")
        os.utime(place, (1_000, 1_000))  # old enough, by the clock
        assert sweep(tmp_path) == 0 and (place / "rows.parquet").exists()
        process.kill()
    assert place.exists()
    assert sweep(tmp_path) == 1 and not place.exists()


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be renamed there, so the lock has its name at once")
def test_a_folder_that_was_left_half_made_is_swept_once_it_is_old(tmp_path: Path) -> None:
    place = tmp_path / "portrait-abc"
    place.mkdir(mode=0o700)
    (place / ".lock-new").touch()
    assert sweep(tmp_path) == 0
    os.utime(place, (1_000, 1_000))
    assert sweep(tmp_path) == 1 and not place.exists()


def test_a_process_that_ends_by_itself_leaves_nothing(tmp_path: Path, root: Path) -> None:
    with holder(root, tmp_path) as process:
        assert process.stdin is not None and process.stdout is not None
        place = Path(process.stdout.readline().strip())
        process.stdin.close()
    assert not place.exists()


def test_what_another_made_is_never_swept(tmp_path: Path) -> None:
    for name in ("portrait-abc", "portrait-holiday pictures", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "keep.txt").write_text("mine")
    (tmp_path / "portrait-x").symlink_to(tmp_path / "other")
    (tmp_path / "portrait-file").write_text("mine")
    assert sweep(tmp_path) == 0
    assert len(list(tmp_path.rglob("keep.txt"))) >= 3 and (tmp_path / "portrait-file").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which Windows does not have")
def test_a_process_that_was_forked_has_a_folder_of_its_own(tmp_path: Path) -> None:
    mine = own_folder(tmp_path)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, str(own_folder(tmp_path)).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    theirs = Path(os.read(read, 1000).decode())
    assert theirs != mine and theirs.parent == tmp_path
    assert sweep(tmp_path) == 1 and mine.exists() and not theirs.exists()
