"""Towels, cushions, throws, table linen, aprons: cloth, folded, rolled or stuffed."""

from __future__ import annotations

import math
import random

from tools.pictures.materials import (
    CHALK,
    CLAY,
    INK,
    OCHRE,
    SAGE,
    SAND,
    felt,
    linen,
    matte,
    striped,
)
from tools.pictures.meshes import cushion, fold, ribbon, roll, turned
from tools.pictures.shapes import (
    Vector,
    ball,
    box,
    curve,
    line,
    paint,
    place,
    rounded_box,
    tube,
    union,
)

STITCH = "<0.93,0.91,0.86>"


def towels() -> str:
    """Return four folded waffle towels, two natural and two sage."""
    parts = []
    for index, (colour, width) in enumerate(
        (("<0.90,0.885,0.855>", 0.84), ("<0.90,0.885,0.855>", 0.83), (SAGE, 0.82), (SAGE, 0.81))
    ):
        waffle = (
            f"texture {{ pigment {{ color srgb {colour} }} normal {{ quilted 0.9 control0 0.6 control1 0.5 scale 0.062 }}"
            " finish { ambient 0 diffuse 0.86 } }"
        )
        shape = f"superellipsoid {{ <0.16,0.42> scale <{width},0.112,0.60> }}"
        parts.append(place(paint(shape, waffle), (0.012 * (-1) ** index, index * 0.215 + 0.112, 0)))
    return "".join(parts)


def pillow(colour: str) -> str:
    """Return a linen cushion leaning slightly back, with a piped seam."""
    cover, seam = cushion(1.9, 1.9, 0.62)
    piping = tube([seam[-2], *seam, seam[1]], 0.016, "cubic_spline")
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
            drop = chance.uniform(0.0, 0.05)
            threads.append(
                tube(
                    [
                        (x, y, -0.50),
                        (x, y, -0.55),
                        (x + chance.uniform(-0.02, 0.02), y - 0.02, -0.66),
                        (x, max(y - 0.05 - drop, 0.016), -0.74),
                    ],
                    0.013,
                )
            )
    return cloth + paint(union(*threads), matte(colour))


def _blanket(colour: str, stripe: str) -> str:
    return (
        f"texture {{ pigment {{ gradient z color_map {{ [0 color srgb {colour}][0.62 color srgb {colour}]"
        f" [0.62 color srgb {stripe}][0.70 color srgb {stripe}][0.70 color srgb {colour}][0.74 color srgb {colour}]"
        f" [0.74 color srgb {stripe}][0.76 color srgb {stripe}][0.76 color srgb {colour}] }} scale 0.62 translate z*0.03 }}"
        " normal { average normal_map { [1 gradient x 0.6 sine_wave scale 0.03][1 gradient z 0.6 sine_wave scale 0.03]"
        " [1 bumps 0.6 scale 0.04] } } finish { ambient 0 diffuse 0.86 } }"
    )


def table_runner() -> str:
    """Return a half-rolled runner with a coloured stripe near its end."""
    cloth = ribbon(roll(4.2, 0.045, 1.55), 0.045, 0.95)
    banded = (
        f"texture {{ pigment {{ gradient x color_map {{ [0 color srgb {SAND}][0.40 color srgb {SAND}][0.40 color srgb {CLAY}]"
        f" [0.44 color srgb {CLAY}][0.44 color srgb {SAND}][0.46 color srgb {SAND}][0.46 color srgb {CLAY}]"
        f" [0.48 color srgb {CLAY}][0.48 color srgb {SAND}] }} scale 3 }}"
        " normal { average normal_map { [1 gradient x 0.5 sine_wave scale 0.018][1 gradient z 0.5 sine_wave scale 0.018] } }"
        " finish { ambient 0 diffuse 0.86 } }"
    )
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


def apron(colour: str) -> str:
    """Return a folded apron, bib on top, with its neck strap in a loose loop."""
    body = paint(ribbon(fold(1.35, 4, 0.05, 0.008), 0.05, 1.55), linen(colour, 0.016))
    pocket = paint(rounded_box((-0.36, 0.225, -0.62), (0.36, 0.25, -0.02), 0.012), linen(colour, 0.016))
    seams = [box((-0.33, 0.248, z), (0.33, 0.2525, z + 0.008)) for z in (-0.59, -0.08)] + [
        box((x, 0.248, -0.59), (x + 0.008, 0.2525, -0.08)) for x in (-0.335, 0.327)
    ]
    strap: list[Vector] = [
        (-0.38, 0.25, 0.60),
        (-0.38, 0.25, 0.72),
        (-0.46, 0.20, 0.95),
        (-0.30, 0.06, 1.22),
        (0.05, 0.045, 1.34),
    ]
    strap += [(0.38, 0.06, 1.18), (0.46, 0.20, 0.95), (0.38, 0.25, 0.72), (0.38, 0.25, 0.60)]
    loop = f"object {{ {tube(strap, 0.030)} scale <1,1,1> {linen(colour)} }}"
    ties = paint(
        tube(
            [(0.66, 0.1, 0.3), (0.75, 0.08, 0.25), (0.95, 0.03, 0.05), (0.85, 0.03, -0.35), (1.05, 0.03, -0.7)], 0.028
        ),
        linen(colour),
    )
    return body + pocket + paint(union(*seams), matte(STITCH)) + loop + ties


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
    quilt = (
        f"texture {{ pigment {{ color srgb {colour} }} normal {{ quilted 1.0 control0 0.7 control1 0.4 scale 0.155 rotate y*45 }}"
        " finish { ambient 0 diffuse 0.86 } }"
    )
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
