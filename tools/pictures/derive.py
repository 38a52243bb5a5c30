"""Make the shop's files from masters: python -m tools.pictures.derive MASTERS OUT.

A picture gives WebP in 160, 320, 640 and 800 and AVIF in 320, 640 and 800 pixels width; a banner gives both
in its one width. The JPEG for old browsers is left to the shop, which makes it when one asks.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from PIL import Image

WEBP_WIDTHS = (160, 320, 640, 800)
AVIF_WIDTHS = (320, 640, 800)
BANNERS = {"hero": 1600, "hero-m": 800}


def file_names(picture: str) -> list[str]:
    """Return the names of all files a picture consists of."""
    if picture in BANNERS:
        return [f"{picture}-{BANNERS[picture]}.{kind}" for kind in ("avif", "webp")]
    widths = {"avif": AVIF_WIDTHS, "webp": WEBP_WIDTHS}
    return [f"{picture}-{width}.{kind}" for kind, chosen in widths.items() for width in chosen]


def derive(*, master: Path, folder: Path) -> int:
    """Write every file of one master into the folder; return their bytes together."""
    total = 0
    with Image.open(master) as opened:
        picture = opened.convert("RGB")
    for name in file_names(master.stem):
        target = folder / name
        width = int(target.stem.rpartition("-")[2])
        height = round(picture.height * width / picture.width)
        save(picture=picture.resize((width, height), Image.Resampling.LANCZOS), target=target)
        total += target.stat().st_size
    return total


def save(*, picture: Image.Image, target: Path) -> None:
    """Write one file in the format its name asks for."""
    if target.suffix == ".webp":
        picture.save(target, quality=80, method=6)
    else:
        picture.save(target, quality=62, speed=5)


def main() -> int:
    """Derive every PNG of a folder, print the bytes per picture and in all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("masters", type=Path)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    sizes = {master.stem: derive(master=master, folder=asked.folder) for master in sorted(asked.masters.glob("*.png"))}
    for name, size in sizes.items():
        sys.stdout.write(f"{name} {size / 1000:.1f} kB\n")
    sys.stdout.write(f"{len(sizes)} pictures, {sum(sizes.values()) / 1000:.0f} kB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
