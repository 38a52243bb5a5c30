"""Render scenes to PNG masters with POV-Ray: python -m tools.pictures.render OUT [names] [--quick] [--size N]."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tools.pictures.scenes import scenes
from tools.pictures.stage import Scene, document

TIME_LIMIT_SECONDS = 900


class RenderError(Exception):
    """POV-Ray did not finish a picture; carries its name and the end of POV-Ray's messages."""

    def __init__(self, name: str, messages: str) -> None:
        super().__init__(f"{name}: {messages[-900:]}")
        self.name = name


def render(*, name: str, scene: Scene, folder: Path, quick: bool = False, size: int = 800) -> float:
    """Write <folder>/<name>.png and the scene's source beside it; return the seconds it took.

    One thread, lowest priority. size: height in pixels. Raises RenderError.
    """
    source, picture = folder / f"{name}.pov", folder / f"{name}.png"
    source.write_text(document(scene, quick=quick), encoding="utf-8")
    smoothing = "+A0.3" if quick else "+A0.12"
    command = ["nice", "-n", "15", "povray", f"+I{source}", f"+O{picture}", f"+W{scene.width * size // scene.height}"]
    command += [f"+H{size}", smoothing, "+AM2", "+R2", "-D", "-V", "+WT1", "File_Gamma=sRGB"]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS, check=False)
    if done.returncode:
        raise RenderError(name, done.stderr)
    return time.monotonic() - started


def main() -> int:
    """Render the named scenes, or all, one after the other, and print the time of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true", help="fewer samples, for a first look")
    parser.add_argument("--size", type=int, default=800, help="height in pixels")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    known = scenes()
    unknown = sorted(set(asked.names) - set(known))
    if unknown:
        parser.error("no such scene: " + ", ".join(unknown))
    for name in asked.names or known:
        seconds = render(name=name, scene=known[name], folder=asked.folder, quick=asked.quick, size=asked.size)
        sys.stdout.write(f"{name} {seconds:.1f} s\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
