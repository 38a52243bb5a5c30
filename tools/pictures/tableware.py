"""Pots, cups, plates and what else stands on the table."""

from __future__ import annotations

import math

from tools.pictures.materials import (
    ALONG_Z,
    BAMBOO,
    CHALK,
    CHERRY,
    CLAY,
    INK,
    OAK,
    SAGE,
    SAND,
    WALNUT,
    ceramic,
    enamel,
    glass,
    matte,
    plank,
    stoneware,
    wood,
)
from tools.pictures.meshes import loft, turned
from tools.pictures.shapes import (
    Vector,
    ball,
    box,
    cone,
    curve,
    cut,
    cylinder,
    disc,
    lathe,
    line,
    paint,
    place,
    rounded_box,
    sampled,
    shell,
    tube,
    union,
    vessel,
)

UNGLAZED = "<0.70,0.58,0.46>"


def mug(colour: str = CHALK) -> str:
    """Return a straight mug with a round handle and an unglazed foot."""
    body = shell([(0.40, 0), (0.455, 0.06), (0.475, 0.25), (0.478, 0.55), (0.475, 0.92)], 0.045, 0.06)
    bow: list[Vector] = [(0.40, 0.80, 0), (0.50, 0.80, 0), (0.68, 0.78, 0), (0.775, 0.62, 0)]
    bow += [(0.765, 0.44, 0), (0.66, 0.27, 0), (0.50, 0.24, 0), (0.40, 0.24, 0)]
    handle = cut(tube(bow, 0.052), cylinder((0, -1, 0), (0, 2, 0), 0.45))
    foot = paint(disc(0.405, -0.001, 0.035, 0.01), matte(UNGLAZED))
    return paint(union(body, handle), stoneware(colour)) + foot


def teapot(colour: str = INK) -> str:
    """Return a side-handled pot with a wooden handle."""
    belly = lathe(
        line((0, 0), (0.42, 0)),
        curve((0.42, 0), (0.60, 0.10), (0.72, 0.36), (0.66, 0.62), (0.45, 0.80), (0.34, 0.835)),
        line((0.34, 0.835), (0, 0.835)),
    )
    lid = lathe(
        line((0, 0.83), (0.37, 0.83)),
        curve((0.37, 0.83), (0.38, 0.85), (0.33, 0.885), (0.16, 0.925), (0.09, 0.935)),
        curve((0.09, 0.935), (0.06, 0.965), (0.075, 1.01), (0.09, 1.045), (0.05, 1.085), (0, 1.09)),
    )
    path: list[Vector] = [(-0.45, 0.34, 0), (-0.60, 0.36, 0), (-0.78, 0.50, 0), (-0.93, 0.70, 0), (-1.03, 0.80, 0)]
    spout = cut(
        tube(path, [0.17, 0.15, 0.105, 0.075, 0.07]),
        "plane { -y, -0.745 }",
        tube(path, [0.12, 0.10, 0.07, 0.05, 0.048]),
    )
    grip = union(cone((0, 0, 0), 0.085, (0, 0, -0.86), 0.125), ball((0, 0, -0.861), 0.125, (1, 1, 0.6)))
    handle = place(paint(grip, wood(OAK)), (0.52, 0.42, -0.28), tilt=(-16, 0, 0), turn=-62)
    return paint(union(belly, lid, spout), stoneware(colour, "<0.34,0.36,0.38>")) + handle


def cup(colour: str = CHALK, size: float = 1) -> str:
    """Return a tasting cup."""
    bowl = shell([(0.17, 0), (0.22, 0.03), (0.31, 0.16), (0.355, 0.36), (0.37, 0.42)], 0.026, 0.05)
    return place(paint(bowl, ceramic(colour)), size=size)


def cups() -> str:
    """Return four tasting cups, one of each glaze."""
    spots = ((CHALK, -0.62, 0.35), (SAGE, 0.30, 0.55), (CLAY, -0.22, -0.42), (INK, 0.72, -0.22))
    return "".join(place(cup(colour), (x, 0, z)) for colour, x, z in spots)


def bowls() -> str:
    """Return three bowls, one inside the other."""
    parts = []
    for index, (size, colour) in enumerate(((1.0, SAND), (0.82, CHALK), (0.65, SAGE))):
        outer = [(0.34, 0), (0.42, 0.03 / size), (0.66, 0.17), (0.86, 0.42), (0.93, 0.60)]
        bowl = shell([(x * size, y * size) for x, y in outer], 0.045, 0.06)
        parts.append(place(paint(bowl, stoneware(colour)), (0, 0.16 * index, 0)))
    return "".join(parts)


def tray() -> str:
    """Return a round walnut tray with a raised edge."""
    return paint(cut(disc(1.0, 0, 0.16, 0.05), disc(0.93, 0.07, 0.5, 0.03)), plank(WALNUT, "<0,24,0>"))


def board() -> str:
    """Return an oak board with a handle and a hole to hang it by."""
    shape = union(
        rounded_box((-0.95, 0, -0.52), (0.95, 0.10, 0.52), 0.045),
        rounded_box((0.75, 0, -0.19), (1.50, 0.10, 0.19), 0.045),
    )
    return paint(cut(shape, cylinder((1.30, -1, 0), (1.30, 1, 0), 0.075)), plank(OAK))


def bread() -> str:
    """Return a small loaf and two slices, to show a board in use."""
    crust, crumb = matte("<0.62,0.40,0.22>"), matte("<0.90,0.80,0.62>")
    loaf = cut(ball((0, 0.17, 0), 1, (0.52, 0.25, 0.30)), box((-2, -2, -2), (2, 0, 2)), box((0.30, -1, -1), (2, 1, 1)))
    face = cylinder((0.297, 0.155, 0), (0.303, 0.155, 0), 0.19)
    scores = [
        tube([(x - 0.1, 0.375, -0.13), (x, 0.42, 0), (x + 0.1, 0.375, 0.13)], 0.022, "linear_spline")
        for x in (-0.25, -0.05, 0.15)
    ]
    slice_ = paint(cylinder((0, 0.005, 0), (0, 0.05, 0), 0.225), crumb) + paint(
        "torus { 0.222,0.020 scale <1,1.15,1> translate y*0.027 }", crust
    )
    body = paint(loaf, crust) + paint(face, crumb) + paint(union(*scores), matte("<0.78,0.60,0.38>"))
    return body + place(slice_, (0.62, 0, 0.02)) + place(slice_, (0.74, 0.045, -0.06), turn=20)


def gaiwan(colour: str) -> str:
    """Return a lidded tea bowl on its saucer, lid ajar."""
    saucer = shell([(0.24, 0), (0.30, 0.02), (0.50, 0.055), (0.62, 0.11), (0.68, 0.15)], 0.03, 0.03)
    bowl = shell([(0.22, 0), (0.24, 0.05), (0.36, 0.18), (0.48, 0.42), (0.53, 0.58), (0.60, 0.68)], 0.026, 0.06)
    lid = lathe(
        curve((0.50, 0), (0.47, 0.06), (0.32, 0.14), (0.17, 0.175)),
        curve((0.17, 0.175), (0.15, 0.21), (0.19, 0.27)),
        curve((0.19, 0.27), (0.18, 0.28), (0.165, 0.27), (0.13, 0.20)),
        line((0.13, 0.20), (0, 0.185), (0, 0.15)),
        curve((0, 0.15), (0.17, 0.14), (0.31, 0.105), (0.455, 0.045), (0.485, 0), (0.50, 0)),
    )
    return paint(saucer, ceramic(colour)) + place(
        paint(bowl, ceramic(colour))
        + place(paint(lid, ceramic(colour)), (0.015, 0.605, 0), tilt=(3, 0, -3), size=0.93),
        (0, 0.035, 0),
    )


def plate(colour: str, size: float = 1) -> str:
    """Return a plate with a low upright edge."""
    outer = [(0.60, 0), (0.66, 0.015), (0.84, 0.05), (0.985, 0.12), (1.04, 0.20)]
    dish = shell([(x * size, y * (0.4 + 0.6 * size)) for x, y in outer], 0.04, 0.035)
    return paint(dish, stoneware(colour))


def plates(colour: str) -> str:
    """Return a dinner plate with a side plate on it."""
    return plate(colour) + place(plate(colour, 0.74), (0.05, 0.05, 0.03))


def pasta_bowl(colour: str) -> str:
    """Return a deep bowl with a wide flat rim."""
    outer = [(0.38, 0), (0.44, 0.03), (0.60, 0.16), (0.68, 0.29), (0.75, 0.345), (0.90, 0.37), (1.06, 0.41)]
    return paint(shell(outer, 0.04, 0.06), stoneware(colour))


def jug(colour: str) -> str:
    """Return a pouring jug whose rim is drawn out to a lip, with a handle opposite."""
    outer = [(0.30, 0), (0.40, 0.05), (0.49, 0.26), (0.45, 0.58), (0.355, 0.86), (0.36, 1.02), (0.395, 1.12)]

    def warp(radius: float, height: float, angle: float) -> Vector:
        off = min(angle, 2 * math.pi - angle)
        lip = math.exp(-((off / 0.42) ** 2)) * max(0.0, (height - 0.78) / 0.36) ** 1.6
        reach = radius + (0.20 * lip if radius > 0.2 else 0)
        return (-reach * math.cos(angle), height + 0.07 * lip, reach * math.sin(angle))

    bow: list[Vector] = [(0.30, 0.95, 0), (0.36, 0.97, 0), (0.58, 1.02, 0), (0.76, 0.86, 0), (0.74, 0.58, 0)]
    bow += [(0.62, 0.34, 0), (0.47, 0.28, 0), (0.42, 0.28, 0)]
    return paint(turned(vessel(outer, 0.045, 0.07), warp), stoneware(colour)) + paint(
        tube(bow, 0.05), stoneware(colour)
    )


def tea_caddy(colour: str) -> str:
    """Return a round tin-shaped ceramic box with a wooden lid."""
    body = lathe(
        line((0, 0), (0.42, 0)),
        curve((0.42, 0), (0.465, 0.02), (0.48, 0.07)),
        line((0.48, 0.07), (0.48, 0.78)),
        curve((0.48, 0.78), (0.47, 0.825), (0.43, 0.845)),
        line((0.43, 0.845), (0, 0.845)),
    )
    lid = union(disc(0.44, 0.852, 0.96, 0.025), disc(0.09, 0.95, 1.06, 0.03))
    return paint(body, stoneware(colour)) + paint(lid, wood(WALNUT, "<90,0,0>"))


def tea_tray() -> str:
    """Return a bamboo tray with slats over a drip basin."""
    frame = cut(
        rounded_box((-1.15, 0, -0.72), (1.15, 0.18, 0.72), 0.04),
        box((-1.05, 0.09, -0.62), (1.05, 1, 0.62)),
    )
    slats = [
        rounded_box((-1.055, 0.10, z), (1.055, 0.165, z + 0.098), 0.015) for z in (k * 0.124 - 0.607 for k in range(10))
    ]
    dark = paint(box((-1.05, 0.085, -0.62), (1.05, 0.095, 0.62)), matte("<0.25,0.19,0.13>"))
    return paint(frame, plank(BAMBOO)) + dark + paint(union(*slats), plank(BAMBOO, "<0,88,0>"))


def chopsticks() -> str:
    """Return five pairs of chopsticks in five woods on a ceramic rest each."""
    kinds = (OAK, WALNUT, CHERRY, BAMBOO, ("<0.24,0.19,0.16>", "<0.17,0.13,0.11>"))
    glazes = (CHALK, SAGE, SAND, CLAY, INK)
    parts = []
    for index, (kind, glaze) in enumerate(zip(kinds, glazes, strict=True)):
        x = (index - 2) * 0.42
        rest = paint(rounded_box((x - 0.13, 0, 0.72), (x + 0.13, 0.085, 0.88), 0.035), ceramic(glaze))
        sticks = [
            union(
                tube([(x + s * 0.05, 0.045, -1.15), (x + s * 0.048, 0.08, 0)], [0.042, 0.036], "linear_spline"),
                tube([(x + s * 0.048, 0.08, 0), (x + s * 0.045, 0.115, 1.12)], [0.036, 0.020], "linear_spline"),
            )
            for s in (-1, 1)
        ]
        parts.append(rest + paint(union(*sticks), plank(kind, ALONG_Z)))
    return "".join(parts)


def soup_spoon(colour: str) -> str:
    """Return one flat-bottomed porcelain spoon, bowl towards +z."""
    # along the spoon from the tip: z, half width, height of the keel, depth
    stations = [
        (1.0, 0.04, 0.20, 0.03),
        (0.97, 0.13, 0.13, 0.09),
        (0.88, 0.21, 0.065, 0.155),
        (0.72, 0.265, 0.03, 0.20),
    ]
    stations += [
        (0.52, 0.27, 0.02, 0.215),
        (0.30, 0.225, 0.03, 0.19),
        (0.12, 0.15, 0.09, 0.12),
        (0.0, 0.11, 0.16, 0.075),
    ]
    stations += [
        (-0.25, 0.09, 0.27, 0.05),
        (-0.60, 0.09, 0.40, 0.05),
        (-0.86, 0.10, 0.475, 0.05),
        (-0.93, 0.085, 0.49, 0.04),
    ]
    stations += [(-0.95, 0.05, 0.495, 0.03)]
    halves, keels, depths = (sampled(curve(*((s[0], s[k]) for s in stations)), 4) for k in (1, 2, 3))
    marks = [k / 8 for k in range(-8, 9)]
    sections: list[list[Vector]] = []
    for (z, half), (_, low), (_, deep) in zip(halves, keels, depths, strict=True):
        outer = [(s * half, low + deep * abs(s) ** 2.6, z) for s in marks]
        inner = [(s * (half - 0.022), low + 0.024 + (deep - 0.02) * abs(s) ** 2.6, z) for s in reversed(marks)]
        sections.append([*outer, *inner])
    return paint(loft(sections), enamel(colour))


def soup_spoons() -> str:
    """Return four spoons side by side."""
    spots = ((CHALK, -1.02, 12), (SAGE, -0.34, 4), (CLAY, 0.34, -4), (INK, 1.02, -12))
    return "".join(place(soup_spoon(colour), (x, 0, 0), turn=turn) for colour, x, turn in spots)


def tumblers() -> str:
    """Return three tinted drinking glasses."""
    wall = cut(cone((0, 0, 0), 0.34, (0, 0.92, 0), 0.43), cone((0, 0.09, 0), 0.318, (0, 0.93, 0), 0.405))
    tints = (("<0.95,0.97,0.95>", -0.55, 0.35), ("<0.80,0.88,0.81>", 0.50, 0.30), ("<0.95,0.84,0.66>", 0.02, -0.50))
    glasses = (place(paint(wall, glass(tint, 0.88)), (x, 0.003, z)) for tint, x, z in tints)
    return "".join(glasses)


def tea_table(pot: str) -> str:
    """Return a pot with two cups on the walnut tray."""
    return (
        place(tray(), size=1.3)
        + place(pot, (0, 0.095, 0.30), turn=18)
        + place(cup(), (-0.06, 0.095, -0.84))
        + place(cup(SAGE), (-0.92, 0.095, -0.50))
    )


def cup_tray() -> str:
    """Return the walnut tray with a tea caddy and two cups on it."""
    return (
        tray()
        + place(tea_caddy(SAGE), (0.22, 0.07, 0.28), size=0.62)
        + place(cup(CHALK), (-0.48, 0.07, 0.10), size=0.85)
        + place(cup(CLAY), (0.02, 0.07, -0.48), size=0.85)
    )
