"""Write the versions that ``uv lock`` resolved into ``constraint-dependencies`` of pyproject.toml."""

from __future__ import annotations

import re
import subprocess

from benchmarks.measure import ROOT


def main() -> None:
    """Replace the list in place."""
    command = "uv export --all-groups --no-hashes --no-header --no-annotate --no-emit-project --quiet"
    lines = subprocess.run(command.split(), cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    pins = "\n".join(f'    "{line.strip()}",' for line in lines if line.strip())
    path = ROOT / "pyproject.toml"
    text = path.read_text("utf-8")
    new = re.sub(r"(?ms)^constraint-dependencies = \[\n.*?^\]", f"constraint-dependencies = [\n{pins}\n]", text)
    path.write_text(new, "utf-8")


if __name__ == "__main__":
    main()
