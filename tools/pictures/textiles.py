"""Towels, cushions, throws, table linen, aprons: cloth, folded, rolled or stuffed."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from tools.pictures.materials import (
    CHALK,
    CLAY,
    INK,
    OAK,
    OCHRE,
    SAGE,
    SAND,
    felt,
    linen,
    matte,
    rough,
    striped,
    wood,
)
from tools.pictures.meshes import cushion, fold, mesh, ribbon, roll, turned
from tools.pictures.shapes import (
    Vector,
    ball,
    beads,
    box,
    curve,
    cylinder,
    line,
    paint,
    place,
    rounded_box,
    tube,
    union,
)

STITCH = "<0.93,0.91,0.86>"


def _bands(stops: Sequence[tuple[float, str]]) -> str:
    return "color_map { " + "".join(f"[{at:g} color srgb {colour}]" for at, colour in stops) + " }"


def _weave(thread: float) -> str:
    """Return the start of a woven surface; the caller may add a map entry and closes the brace."""
    ways = " ".join(f"[1 gradient {way} 0.55 sine_wave scale {thread:g}]" for way in "xz")
    return "average normal_map { " + ways


def towels() -> str:
    """Return four folded waffle towels, two natural and two sage."""
    parts = []
    for index, (colour, width) in enumerate(
        (("<0.90,0.885,0.855>", 0.84), ("<0.90,0.885,0.855>", 0.83), (SAGE, 0.82), (SAGE, 0.81))
    ):
        waffle = rough(colour, "quilted 0.9 control0 0.6 control1 0.5 scale 0.062")
        shape = f"superellipsoid {{ <0.16,0.42> scale <{width},0.112,0.60> }}"
        parts.append(place(paint(shape, waffle), (0.012 * (-1) ** index, index * 0.215 + 0.112, 0)))
    return "".join(parts)


def pillow(colour: str) -> str:
    """Return a linen cushion leaning slightly back, with a piped seam."""
    cover, seam = cushion(1.9, 1.9, 0.62)
    piping = beads(seam, 0.016)
    body = paint(cover, linen(colour, 0.016)) + paint(piping, linen(colour, 0.016))
    return place(body, (0, 0.95, 0), tilt=(13, 0, 0))


def throw(colour: str, stripe: str) -> str:
    """Return a folded woollen throw with stripes and a fringe along the front edge."""
    cloth = place(paint(ribbon(fold(1.7, 4, 0.12), 0.12, 1.15), _blanket(colour, stripe)), (0, 0, 0))
    chance = random.Random(3)
    threads = []
    for layer in range(4):
        y = 0.06 + layer * 0.132
        for k in range(56):
            x = -0.80 + 1.6 * k / 55
            middle = (x + chance.uniform(-0.02, 0.02), y - 0.02, -0.65)
            threads.append(
                beads([(x, y, -0.54), middle, (x, max(y - 0.05 - chance.uniform(0, 0.05), 0.016), -0.74)], 0.013)
            )
    return cloth + paint(union(*threads), matte(colour))


def _blanket(colour: str, stripe: str) -> str:
    bands = [(0, colour), (0.62, colour), (0.62, stripe), (0.70, stripe), (0.70, colour), (0.74, colour)]
    bands += [(0.74, stripe), (0.76, stripe), (0.76, colour)]
    return rough(
        f"gradient z {_bands(bands)} scale 0.62 translate z*0.03", _weave(0.03) + " [1 bumps 0.6 scale 0.04] }"
    )


def table_runner() -> str:
    """Return a half-rolled runner with a coloured stripe near its end."""
    cloth = ribbon(roll(4.2, 0.045, 1.55), 0.045, 0.95)
    bands = (
        (0, SAND),
        (0.40, SAND),
        (0.40, CLAY),
        (0.44, CLAY),
        (0.44, SAND),
        (0.46, SAND),
        (0.46, CLAY),
        (0.48, CLAY),
    )
    banded = rough(f"gradient x {_bands((*bands, (0.48, SAND)))} scale 3", _weave(0.018) + " }")
    threads = [
        tube([(1.5, 0.022, z), (1.56, 0.022, z), (1.66, 0.012, z + 0.01), (1.72, 0.012, z)], 0.011)
        for z in (-0.45 + 0.9 * k / 40 for k in range(41))
    ]
    return place(paint(cloth, banded) + paint(union(*threads), matte(SAND)), (-0.55, 0, 0))


def napkins(colours: tuple[str, ...]) -> str:
    """Return folded napkins in a fanned pile."""
    parts = []
    for index, colour in enumerate(colours):
        sheet = ribbon(fold(1.25, 2, 0.035, 0.006), 0.035, 1.25)
        parts.append(place(paint(sheet, linen(colour)), (0.02 * index, 0.083 * index, 0.015 * index), turn=-9 * index))
    return "".join(parts)


def _apron_half(share: float) -> float:
    """Return half the apron's width at a share of its length from the top."""
    step = min(max((share - 0.22) / 0.20, 0), 1)
    return 0.36 + (0.46 + 0.04 * share) * math.sqrt(1 - (1 - step) ** 2)


def _apron_sheet(columns: tuple[float, float], rows: tuple[float, float], lift: float) -> str:
    """Return the part of the hanging cloth between two shares of its width and length, lifted towards the viewer."""
    grid = []
    for k in range(61):
        share = rows[0] + (rows[1] - rows[0]) * k / 60
        line_ = []
        for j in range(61):
            side = columns[0] + (columns[1] - columns[0]) * j / 60
            sway = share**1.5 * (0.050 * math.sin(7.5 * side + 0.8) + 0.022 * math.sin(15 * side))
            line_.append((side * _apron_half(share), 2.45 - 2.30 * share, -0.10 + sway - lift))
        grid.append(line_)
    return mesh(grid)


def apron(colour: str) -> str:
    """Return a linen apron hanging from an oak peg on a wall close behind it."""
    cloth = linen(colour, 0.016)
    sheet = paint(_apron_sheet((-1, 1), (0, 1), 0), cloth) + paint(
        _apron_sheet((-0.55, 0.55), (0.46, 0.68), 0.018), cloth
    )
    hem = paint(box((-0.36, 2.395, -0.125), (0.36, 2.405, -0.05)), matte(STITCH))
    strap: list[Vector] = [
        (-0.33, 2.38, -0.11),
        (-0.33, 2.42, -0.11),
        (-0.26, 2.72, -0.10),
        (-0.08, 2.98, -0.12),
        (0, 3.00, -0.12),
    ]
    strap += [(0.08, 2.98, -0.12), (0.26, 2.72, -0.10), (0.33, 2.42, -0.11), (0.33, 2.38, -0.11)]
    ties = []
    for side in (-1, 1):
        way: list[Vector] = [
            (side * 0.78, 1.47, -0.10),
            (side * 0.80, 1.46, -0.10),
            (side * 0.93, 1.40, -0.08),
            (side * 0.98, 0.95, -0.07),
        ]
        ties.append(tube([*way, (side * 0.94, 0.60, -0.07), (side * 0.97, 0.35, -0.07)], 0.022))
    peg = union(cylinder((0, 2.96, 0.2), (0, 2.96, -0.20), 0.05), cylinder((0, 2.96, -0.19), (0, 2.96, -0.24), 0.085))
    wall = "object { box { <-60,-1,0.02>,<60,40,0.1> } pigment { color STUDIO } finish { diffuse 0.92 ambient 0 } }"
    flat = paint(union(tube(strap, 0.024), *ties), cloth)
    return wall + place(sheet + flat + hem + paint(peg, wood(OAK)), (0, 0.6, 0))


def tea_towels() -> str:
    """Return three folded tea towels with stripes in ink, clay and sage."""
    parts = []
    for index, stripe in enumerate((INK, CLAY, SAGE)):
        sheet = ribbon(fold(1.5 - 0.02 * index, 3, 0.035, 0.006), 0.035, 1.0)
        parts.append(
            place(
                paint(sheet, striped(CHALK, stripe, 0.62)),
                (0.02 * (-1) ** index, 0.124 * index, 0),
                turn=(0, 3, -2)[index],
            )
        )
    return "".join(parts)


def pot_holder(colour: str) -> str:
    """Return one quilted square with a hanging loop, lying flat."""
    quilt = rough(colour, "quilted 1.0 control0 0.7 control1 0.4 scale 0.155 rotate y*45")
    pad = paint("superellipsoid { <0.14,0.5> rotate x*90 scale <0.72,0.062,0.72> }", quilt)
    edge: list[Vector] = [
        (0.70, 0, 0.70),
        (0.70, 0, 0.70),
        (0.80, 0.02, 0.74),
        (0.92, 0.03, 0.92),
        (0.74, 0.02, 0.82),
        (0.70, 0, 0.70),
        (0.70, 0, 0.70),
    ]
    return place(pad + paint(tube(edge, 0.022), linen(colour)), (0, 0.062, 0))


def pot_holders() -> str:
    """Return two pot holders, one lying half on the other."""
    return pot_holder(OCHRE) + place(pot_holder(INK), (0.36, 0.125, -0.16), turn=28)


def tablecloth(colour: str) -> str:
    """Return a large cloth folded small, tied with a tape."""
    cloth = paint(ribbon(fold(1.6, 6, 0.055, 0.006), 0.055, 1.2), linen(colour, 0.016))
    tape = paint(rounded_box((-0.10, -0.01, -0.62), (0.10, 0.385, 0.62), 0.02), linen(SAND))
    tails = [
        tube(
            [(0, 0.39, 0), (0.02, 0.40, 0), (s * 0.14, 0.44, -0.08), (s * 0.26, 0.41, -0.20), (s * 0.34, 0.39, -0.28)],
            0.028,
        )
        for s in (-1, 1)
    ]
    bow = union(ball((0, 0.40, 0), 0.05, (1.2, 0.7, 1)), *tails)
    return cloth + tape + paint(bow, linen(SAND))


def floor_cushion(colour: str) -> str:
    """Return a round pleated floor cushion."""
    section = [
        line((0, 0), (0.80, 0)),
        curve((0.80, 0), (1.0, 0.05), (1.08, 0.24), (1.0, 0.45), (0.78, 0.52), (0.35, 0.545), (0.08, 0.53), (0, 0.52)),
    ]

    def pleat(radius: float, height: float, angle: float) -> Vector:
        swing = 0.020 * math.cos(26 * angle) * min(radius / 0.6, 1) if height > 0.01 else 0.0
        side = math.exp(-(((height - 0.26) / 0.20) ** 2))
        reach = radius * (1 + 0.35 * swing * side)
        dip = swing * 0.5 if height > 0.3 and 0.1 < radius < 0.98 else 0
        return (reach * math.cos(angle), height + dip, reach * math.sin(angle))

    button = paint(ball((0, 0.535, 0), 0.075, (1, 0.4, 1)), linen(colour))
    return paint(turned(section, pleat, 208), linen(colour, 0.018)) + button


def desk_mat(colour: str) -> str:
    """Return a felt desk mat, half rolled, with a leather tab."""
    mat = paint(ribbon(roll(2.3, 0.075, 1.7), 0.075, 1.5), felt(colour))
    tab = paint(rounded_box((1.42, 0.07, -0.16), (1.78, 0.10, 0.16), 0.014), matte("<0.60,0.40,0.26>"))
    stitches = [box((1.46, 0.099, z), (1.50, 0.103, z + 0.04)) for z in (-0.13, -0.05, 0.03, 0.09)]
    return place(mat + tab + paint(union(*stitches), matte(STITCH)), (-0.75, 0, 0))
