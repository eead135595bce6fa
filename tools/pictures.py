"""Draws the pictures of the how-to pages from the golden payloads: `python -m tools.pictures [format ...]`.

A page in tools/cards/ draws what one chat tool makes of a payload, in its manner, with no logo of anybody. Chromium
shows it, asked twice: how high the page is, then for the picture, which pngquant makes small.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from string import Template
from typing import Final

ROOT: Final = Path(__file__).parents[1]
CARDS: Final = ROOT / "tools" / "cards"
PAYLOADS: Final = ROOT / "tests" / "data" / "deliver"
PICTURES: Final = ROOT / "docs" / "pictures"
SHOWN: Final = ("opened short", "gone")  # an alert, and what became of it
WIDTH: Final = 420  # pixels of the page; of the picture SCALE times as many
SCALE: Final = 2
MOST_BYTES: Final = 60_000
COLOURS: Final = 64
NEEDS: Final = "Debian: apt install chromium fonts-noto-cjk fonts-noto-color-emoji pngquant"


def page(name: str) -> str:
    """The page that shows the messages of a format."""
    payloads = json.loads((PAYLOADS / name / "zh-post.json").read_text(encoding="utf-8"))
    messages = json.dumps([payloads[title] for title in SHOWN], ensure_ascii=False).replace("<", "\\u003c")
    return Template((CARDS / f"{name}.html").read_text(encoding="utf-8")).substitute(messages=messages)


def draw(name: str) -> Path:
    """Draw one picture; RuntimeError if it is too large for the pages."""
    target = PICTURES / f"{name}.png"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.html"
        file.write_text(page(name) + "<script>document.body.dataset.high = document.body.scrollHeight</script>")
        found = re.search(r'data-high="(\d+)"', _ask(folder, file, "--dump-dom", f"--window-size={WIDTH},3000"))
        if found is None:
            raise RuntimeError(f"{file.name} was not drawn")
        _ask(folder, file, f"--screenshot={target}", f"--window-size={WIDTH},{found[1]}")
    _run("pngquant", str(COLOURS), "--nofs", "--strip", "--force", "--output", str(target), str(target))
    if target.stat().st_size > MOST_BYTES:
        raise RuntimeError(f"{target.name} has {target.stat().st_size} bytes; at most {MOST_BYTES}")
    return target


def _ask(folder: str, file: Path, *asked: str) -> str:
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--force-device-scale-factor={SCALE}")
    return _run("chromium", *flags, f"--user-data-dir={folder}/profile", *asked, file.as_uri())


def _run(program: str, *words: str) -> str:
    if shutil.which(program) is None:
        raise RuntimeError(f"no {program} here; {NEEDS}")
    return subprocess.run([program, *words], check=True, capture_output=True, text=True, timeout=120).stdout


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for each in sys.argv[1:] or sorted(path.stem for path in CARDS.glob("*.html")):
        print(draw(each).relative_to(ROOT))
