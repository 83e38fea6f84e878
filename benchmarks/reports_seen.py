"""Reports as readers see them: pictures of every page and slide, and what no reader should see.

``python -m benchmarks reports_seen`` takes the folders of ``PORTRAIT_REPORTS`` that ``reports`` left there, draws PDF
with pdftoppm, slides, documents and workbooks with LibreOffice, pages with Chromium, and puts a sheet of all pictures
beside each file. It names empty pages, words over the edge, letters without a font, and decks that are not 10 to 15
slides long. It takes ``soffice``, ``chromium`` and ``pdftoppm`` (Debian: libreoffice-impress, libreoffice-writer,
libreoffice-calc, chromium, poppler-utils).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

KINDS = ("pptx", "docx", "xlsx", "html", "pdf")
TOOLS = ("soffice", "chromium", "pdftoppm", "pdftotext")
_ACROSS, _DOTS = 4, 60
_WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')
_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">')


def main() -> int:
    """Print what was found wrong; 1 where something was."""
    folders = sorted(path.parent for path in Path(os.environ.get("PORTRAIT_REPORTS", "-")).glob("*/report.pptx"))
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing or not folders:
        print(f"skipped: {', '.join(missing) or 'PORTRAIT_REPORTS holds no reports'}")
        return 0
    wrong = [fault for folder in folders for fault in _seen(folder)]
    print(*wrong, f"{len(folders)} folders, {len(wrong)} faults", sep="\n")
    return int(bool(wrong))


def _seen(folder: Path) -> list[str]:
    wrong = []
    with tempfile.TemporaryDirectory() as spare:
        for kind in KINDS:
            if not (folder / f"report.{kind}").exists():
                continue
            paper = as_paper(folder / f"report.{kind}", Path(spare))
            pages = drawn(paper, Path(spare) / kind)
            sheet(pages, folder / f"all-{kind}.png")
            found = faults(paper, pages)
            if kind == "pptx" and "consultant" in folder.name and not 10 <= len(pages) <= 15:
                found.append(f"{len(pages)} slides")
            if kind == "pdf" and "owner" in folder.name and len(pages) > 2:
                found.append(f"{len(pages)} pages")
            wrong += [f"{folder.name} {kind}: {fault}" for fault in found]
    return wrong


def as_paper(file: Path, spare: Path) -> Path:
    """Return a file as PDF, printed by the program that opens it."""
    if file.suffix == ".pdf":
        return file
    made = spare / f"{file.suffix[1:]}.pdf"
    if file.suffix == ".html":
        quiet = ("--headless", "--no-sandbox", "--disable-background-networking", "--no-pdf-header-footer")
        command = ["chromium", *quiet, f"--print-to-pdf={made}", str(file.resolve())]
    else:
        profile = f"-env:UserInstallation=file://{spare}/office"
        command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(spare), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    if file.suffix == ".html":
        return made
    if not (spare / "report.pdf").exists():
        raise SystemExit(f"LibreOffice does not open {file}: is its part for this kind installed?")
    return (spare / "report.pdf").rename(made)


def drawn(paper: Path, stem: Path) -> list[Path]:
    """Return a picture of each page."""
    subprocess.run(["pdftoppm", "-r", str(_DOTS), "-png", str(paper), str(stem)], check=True, timeout=300)
    return sorted(stem.parent.glob(f"{stem.name}-*.png"))


def sheet(pages: list[Path], out: Path) -> None:
    """Put all pages of a file on one picture."""
    from PIL import Image

    pictures = [Image.open(page) for page in pages]
    width, height = max(one.width for one in pictures) + 6, max(one.height for one in pictures) + 6
    whole = Image.new("RGB", (width * min(_ACROSS, len(pages)), height * -(-len(pages) // _ACROSS)), "grey")
    for place, one in enumerate(pictures):
        whole.paste(one, (place % _ACROSS * width, place // _ACROSS * height))
    whole.save(out)


def faults(paper: Path, pages: list[Path]) -> list[str]:
    """Return what no reader should see: empty pages, words over the edge, letters that no font draws."""
    from PIL import Image, ImageOps

    found = []
    for number, page in enumerate(pages, start=1):
        ink = ImageOps.invert(Image.open(page).convert("L")).histogram()
        if sum(ink[64:]) < 150:
            found.append(f"page {number} is empty")
    placed = subprocess.run(["pdftotext", "-bbox", str(paper), "-"], check=True, capture_output=True, timeout=300)
    width = height = 0.0
    number = 0
    for line in placed.stdout.decode("utf-8", "replace").splitlines():
        if size := _PAGE.search(line):
            width, height, number = float(size[1]), float(size[2]), number + 1
        elif word := _WORD.search(line):
            left, top, right, bottom = (float(word[place]) for place in range(1, 5))
            if left < -1 or top < -1 or right > width + 1 or bottom > height + 1:
                found.append(f"page {number}: over the edge: {word[5]}")
            if "\ufffd" in word[5] or "\u25a1" in word[5]:
                found.append(f"page {number}: a box: {word[5]}")
    return found


if __name__ == "__main__":
    sys.exit(main())
