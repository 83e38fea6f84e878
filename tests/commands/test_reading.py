"""What is loaded beside a command ends with it: the package under way is finished, and none is begun after."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BEGUN = "from pathlib import Path; import threading\nPath('begun').touch()\n"
LOADED = BEGUN + "threading.main_thread().join(); Path('loaded').touch()\n"
RUN = "import commands.reading as r, time, pathlib\nr.AHEAD = ()\nr.prepare([], 'slow', 'next_one')\n"
WAIT = "while not pathlib.Path('begun').exists(): time.sleep(.001)\n"


def test_a_command_that_ends_early_leaves_no_thread_behind(root: Path, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(LOADED, "utf-8")
    (tmp_path / "next_one.py").write_text("from pathlib import Path; Path('another').touch()", "utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(root), str(tmp_path)))}
    done = subprocess.run(
        [sys.executable, "-c", RUN + WAIT], cwd=tmp_path, env=environment, timeout=60, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "loaded").exists()
    assert not (tmp_path / "another").exists()
