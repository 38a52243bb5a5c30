"""Pots, vases, cans and tools for plants, and the plants themselves."""

from __future__ import annotations

import math
import random

from tools.pictures.materials import (
    BRASS,
    CHALK,
    CLAY,
    COAL,
    INK,
    OAK,
    OCHRE,
    SAGE,
    SAND,
    SOIL,
    STEEL,
    ceramic,
    enamel,
    matte,
    metal,
    plank,
    rough,
    stoneware,
)
from tools.pictures.meshes import loft
from tools.pictures.shapes import (
    Vector,
    ball,
    box,
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
)

TERRACOTTA = f"Stoneware({CLAY},<0.64,0.38,0.28>)"
EARTH = rough(SOIL, "granite 0.9 scale 0.25")
LEAF = (
    "texture { pigment { gradient x color_map { [0 color srgb <0.30,0.40,0.27>][0.5 color srgb <0.42,0.52,0.36>]"
    " [1 color srgb <0.28,0.38,0.26>] } scale 0.17 translate -0.085*x }"
    " finish { ambient 0 diffuse 0.8 specular 0.15 roughness 0.06 } }"
)


def vase(colour: str = CLAY, speckle: str = "<0.60,0.36,0.27>") -> str:
    """Return a bottle vase with a long neck."""
    outer = [(0.30, 0), (0.40, 0.05), (0.545, 0.30), (0.555, 0.62), (0.40, 0.95), (0.185, 1.16), (0.135, 1.36)]
    return paint(shell([*outer, (0.15, 1.62), (0.205, 1.72)], 0.035, 0.08), stoneware(colour, speckle))


def stems() -> str:
    """Return five leafy stems standing in the bottle vase."""
    parts = []
    branches = ((0.38, 0.05, 1.35), (-0.30, 0.1, 1.25), (0.05, -0.1, 1.55), (-0.52, -0.05, 0.95), (0.6, 0.1, 0.85))
    for index, (dx, dz, tall) in enumerate(branches):
        path: list[Vector] = [(0, 1.2, 0), (0, 1.45, 0), (dx * 0.25, 1.72 + tall * 0.25, dz * 0.3)]
        path += [(dx * 0.7, 1.72 + tall * 0.62, dz * 0.7), (dx * 1.1, 1.72 + tall, dz)]
        parts.append(paint(tube(path, [0.018, 0.018, 0.015, 0.012, 0.008]), matte("<0.42,0.40,0.26>")))
        for k in range(9):
            share, side = 0.30 + k * 0.078, 1 if k % 2 else -1
            at: Vector = (dx * share * 1.05, 1.72 + tall * share, dz * share)
            green = f"<{0.50 + 0.03 * (k % 3):g},{0.55 + 0.02 * (index % 3):g},0.38>"
            leaf = paint(ball((0.105 * side, 0, 0), 1, (0.125, 0.034, 0.060)), matte(green))
            parts.append(
                place(leaf, at, tilt=((k * 37) % 30 - 15, (k * 53 + index * 31) % 80 - 40, side * (38 - k * 2)))
            )
    return "".join(parts)


def planter() -> str:
    """Return a terracotta planter on its saucer with a sword-leaved plant."""
    pot = shell([(0.46, 0.06), (0.52, 0.10), (0.60, 0.45), (0.68, 0.86), (0.70, 0.98)], 0.06, 0.2)
    saucer = shell([(0.56, 0.0), (0.62, 0.01), (0.70, 0.07), (0.73, 0.12)], 0.04, 0.035)
    chance = random.Random(4)
    leaves = []
    for k in range(15):
        turn = math.radians(k * 137.5)
        lean = 14 + (k % 5) * 9 + chance.random() * 6
        half = (1.35 - 0.035 * k * 0.5 - chance.random() * 0.22) / 2
        leaf = paint(ball((0, half, 0), 1, (0.085, half, 0.016)), LEAF)
        leaves.append(
            place(leaf, (0.10 * math.cos(turn), 0.86, 0.10 * math.sin(turn)), tilt=(-lean, 0, 0), turn=k * 137.5)
        )
    soil = paint(cylinder((0, 0.8, 0), (0, 0.9, 0), 0.62), EARTH)
    return paint(union(pot, saucer), TERRACOTTA) + soil + "".join(leaves)


def watering_can(colour: str) -> str:
    """Return a round can with a long straight spout and a brass-tipped bow handle."""
    body = lathe(
        line((0, 0), (0.50, 0)),
        curve((0.50, 0), (0.54, 0.02), (0.55, 0.07), (0.52, 0.50), (0.42, 0.72), (0.30, 0.80)),
        line((0.30, 0.80), (0.30, 0.86), (0.27, 0.86), (0.27, 0.70), (0, 0.70)),
    )
    path: list[Vector] = [
        (-0.44, 0.16, 0),
        (-0.55, 0.20, 0),
        (-0.80, 0.44, 0),
        (-1.10, 0.86, 0),
        (-1.30, 1.10, 0),
        (-1.44, 1.16, 0),
    ]
    spout = tube(path, [0.095, 0.085, 0.065, 0.048, 0.042, 0.042])
    bow: list[Vector] = [
        (-0.12, 0.78, 0),
        (-0.14, 0.86, 0),
        (0.0, 1.26, 0),
        (0.42, 1.42, 0),
        (0.86, 1.14, 0),
        (0.84, 0.60, 0),
    ]
    bow += [(0.58, 0.26, 0), (0.48, 0.24, 0)]
    water = paint(cylinder((0, 0.70, 0), (0, 0.72, 0), 0.268), matte("<0.36,0.40,0.38>"))
    return paint(union(body, spout), enamel(colour)) + paint(tube(bow, 0.040), metal(BRASS)) + water


def _trailing(chance: random.Random, turn: float, length: float) -> str:
    """Return one hanging strand with small round leaves, starting at the pot's rim."""
    x, z = math.cos(turn), math.sin(turn)
    path: list[Vector] = [(0.35 * x, 0.86, 0.35 * z), (0.45 * x, 0.95, 0.45 * z), (0.66 * x, 0.92, 0.66 * z)]
    path += [((0.72 + 0.05 * k % 0.08) * x, 0.80 - length * k / 4, (0.72 + 0.04 * k % 0.07) * z) for k in range(5)]
    strand = paint(tube(path, 0.012), matte("<0.42,0.46,0.30>"))
    leaves = []
    for k in range(int(length * 13) + 4):
        y = 0.88 - length * k / (length * 13 + 4)
        at: Vector = (0.72 * x + chance.uniform(-0.07, 0.07), y, 0.72 * z + chance.uniform(-0.07, 0.07))
        red, green, blue = 0.36 + 0.10 * chance.random(), 0.48 + 0.08 * chance.random(), 0.32 + 0.06 * chance.random()
        leaf = paint(ball((0, 0, 0), 1, (0.075, 0.018, 0.060)), matte(f"<{red:.2f},{green:.2f},{blue:.2f}>"))
        leaves.append(
            place(leaf, at, tilt=(chance.uniform(-40, 40), 0, chance.uniform(-50, 50)), turn=chance.uniform(0, 360))
        )
    return strand + "".join(leaves)


def hanging_planter(colour: str) -> str:
    """Return a round pot on three cords, with strands of leaves over its edge, hung well above the floor."""
    chance = random.Random(11)
    outer = [(0.20, 0), (0.34, 0.04), (0.58, 0.26), (0.66, 0.52), (0.62, 0.80), (0.58, 0.88)]
    pot = paint(shell(outer, 0.05, 0.1), stoneware(colour)) + paint(cylinder((0, 0.70, 0), (0, 0.80, 0), 0.57), EARTH)
    cords = [
        tube([(0.60 * math.cos(t), 0.86, 0.60 * math.sin(t)), (0, 2.25, 0)], 0.014, "linear_spline")
        for t in (math.radians(90 + 120 * k) for k in range(3))
    ]
    eye = place("torus { 0.07,0.016 rotate x*90 }", (0, 2.31, 0))
    line_up = cylinder((0, 2.38, 0), (0, 9, 0), 0.012)
    strands = [_trailing(chance, 2 * math.pi * k / 13 + 0.2, chance.uniform(0.25, 0.95)) for k in range(13)]
    crown = []
    for _ in range(70):
        turn, reach = chance.uniform(0, 6.28), chance.uniform(0, 0.55)
        leaf = paint(ball((0, 0, 0), 1, (0.085, 0.02, 0.07)), matte("<0.40,0.53,0.35>"))
        at: Vector = (reach * math.cos(turn), 0.86 + chance.uniform(0, 0.20), reach * math.sin(turn))
        crown.append(
            place(leaf, at, tilt=(chance.uniform(-45, 45), 0, chance.uniform(-45, 45)), turn=math.degrees(turn))
        )
    hung = pot + paint(union(*cords), matte("<0.78,0.70,0.56>")) + paint(eye, metal(BRASS))
    return place(hung + paint(line_up, matte("<0.78,0.70,0.56>")) + "".join(strands) + "".join(crown), (0, 1.2, 0))


def bonsai() -> str:
    """Return a small pine in a shallow rectangular pot with moss."""
    chance = random.Random(9)
    pot = cut(
        rounded_box((-0.95, 0.06, -0.55), (0.95, 0.42, 0.55), 0.08),
        rounded_box((-0.87, 0.20, -0.47), (0.87, 0.9, 0.47), 0.06),
    )
    feet = [rounded_box((x, 0, z), (x + 0.22, 0.12, z + 0.14), 0.03) for x in (-0.85, 0.63) for z in (-0.48, 0.34)]
    moss = paint(
        ball((0, 0.34, 0), 1, (0.86, 0.13, 0.46)),
        rough("<0.36,0.42,0.24>", "bumps 0.8 scale 0.06"),
    )
    bark = rough("<0.36,0.27,0.20>", "granite 0.6 scale 0.2")
    trunk: list[Vector] = [
        (0.30, 0.32, 0),
        (0.30, 0.42, 0),
        (0.10, 0.72, 0.02),
        (-0.16, 0.96, 0),
        (0.06, 1.26, 0),
        (0.22, 1.52, 0),
        (0.20, 1.72, 0),
    ]
    wood_parts = [tube(trunk, [0.15, 0.13, 0.105, 0.09, 0.07, 0.05, 0.03])]
    # middle of each cloud of needles, its size, and where on the trunk its branch begins
    clouds = (
        (-0.62, 1.06, 0.05, 0.34, 0.0),
        (0.66, 1.26, -0.06, 0.32, -0.06),
        (0.20, 1.78, 0.0, 0.36, 0.20),
        (-0.22, 1.42, 0.22, 0.26, 0.02),
        (0.05, 1.36, -0.30, 0.24, -0.02),
    )
    needles = []
    for x, y, z, size, root in clouds:
        wood_parts.append(
            tube([*[(root, y - 0.2, 0.0)] * 3, (x * 0.5, y - 0.12, z * 0.6), (x, y, z), (x, y + 0.05, z)], 0.035)
        )
        for _ in range(150):
            turn, reach = chance.uniform(0, 6.28), size * 1.25 * math.sqrt(chance.random())
            lift = chance.uniform(-0.03, 0.13) * (1 - (reach / (size * 1.3)) ** 2) + 0.03
            at: Vector = (x + reach * math.cos(turn), y + lift, z + 0.8 * reach * math.sin(turn))
            shade = 0.85 + 0.3 * chance.random()
            tuft = ball((0, 0, 0), 1, (0.045, 0.06, 0.045))
            needles.append(
                place(
                    paint(tuft, matte(f"<0.29,0.40,0.25>*{shade:.2f}")),
                    at,
                    tilt=(chance.uniform(-30, 30), 0, chance.uniform(-30, 30)),
                )
            )
    return paint(union(pot, *feet), stoneware(INK)) + moss + paint(union(*wood_parts), bark) + "".join(needles)


def flowerpot(size: float) -> str:
    """Return a classic terracotta pot with a thick rim."""
    outer = [(0.40, 0), (0.42, 0.02), (0.49, 0.30), (0.56, 0.62)]
    body = shell([(x * size, y * size) for x, y in outer], 0.05 * size, 0.08 * size)
    rim = cut(
        lathe(
            line((0, 0.60 * size), (0.60 * size, 0.60 * size)),
            curve(
                (0.60 * size, 0.60 * size),
                (0.625 * size, 0.63 * size),
                (0.64 * size, 0.82 * size),
                (0.62 * size, 0.86 * size),
            ),
            line((0.62 * size, 0.86 * size), (0, 0.86 * size)),
        ),
        cylinder((0, 0, 0), (0, 2, 0), 0.545 * size),
    )
    return paint(union(body, rim), TERRACOTTA)


def pots_set() -> str:
    """Return three terracotta pots of falling size."""
    return (
        place(flowerpot(1.12), (-0.62, 0, 0.35))
        + place(flowerpot(0.84), (0.62, 0, 0.20))
        + place(flowerpot(0.60), (0.10, 0, -0.62))
    )


def seed_tins() -> str:
    """Return three round tins with paper labels, one lid lying beside."""
    parts = []
    for (x, z), colour in zip(((-0.80, 0.25), (0.10, 0.42), (0.52, -0.46)), (SAGE, OCHRE, CLAY), strict=True):
        tin = paint(disc(0.40, 0, 0.62, 0.02), metal(STEEL)) + paint(disc(0.415, 0.58, 0.76, 0.03), metal(STEEL))
        label = paint(
            cut(cylinder((0, 0.06, 0), (0, 0.53, 0), 0.404), cylinder((0, 0, 0), (0, 1, 0), 0.401)), matte(colour)
        )
        window = (
            "intersection { " + cylinder((0, 0, 0), (0, 1, 0), 0.4065) + box((-0.16, 0.18, -1), (0.16, 0.42, 0)) + " }"
        )
        mark = (
            "intersection { "
            + cylinder((0, 0, 0), (0, 1, 0), 0.4085)
            + ball((0, 0.30, -0.40), 1, (0.05, 0.075, 0.2))
            + " }"
        )
        parts.append(
            place(tin + label + paint(window, matte(CHALK)) + paint(mark, matte("<0.40,0.48,0.34>")), (x, 0, z))
        )
    chance = random.Random(2)
    seeds = [
        place(
            paint(ball((0, 0.018, 0), 1, (0.034, 0.018, 0.022)), matte("<0.45,0.34,0.22>")),
            (-0.30 + chance.uniform(-0.2, 0.2), 0, -0.62 + chance.uniform(-0.13, 0.13)),
            turn=chance.uniform(0, 180),
        )
        for _ in range(11)
    ]
    return "".join(parts) + "".join(seeds)


def bud_vases() -> str:
    """Return three small vases of different shape, a stem in each."""
    shapes = (
        (
            SAGE,
            -0.60,
            0.20,
            [(0.20, 0), (0.28, 0.05), (0.34, 0.25), (0.22, 0.50), (0.09, 0.68), (0.085, 0.92), (0.115, 0.98)],
        ),
        (
            SAND,
            0.15,
            0.32,
            [(0.24, 0), (0.27, 0.04), (0.27, 0.50), (0.24, 0.78), (0.10, 0.90), (0.085, 1.05), (0.105, 1.10)],
        ),
        (
            INK,
            0.55,
            -0.38,
            [(0.18, 0), (0.30, 0.05), (0.38, 0.22), (0.30, 0.40), (0.10, 0.50), (0.09, 0.58), (0.12, 0.62)],
        ),
    )
    parts = []
    for index, (colour, x, z, outer) in enumerate(shapes):
        top, lean = outer[-1][1], (-0.16, 0.08, 0.20)[index]
        path: list[Vector] = [
            (0, 0.1, 0),
            (0, top * 0.8, 0),
            (lean * 0.3, top + 0.2, 0),
            (lean, top + 0.62, 0),
            (lean * 1.3, top + 0.82, 0),
        ]
        stem = paint(tube(path, [0.012, 0.012, 0.012, 0.010, 0.008]), matte("<0.45,0.45,0.28>"))
        head = [
            paint(
                ball((lean * (0.7 + 0.06 * k), top + 0.45 + 0.05 * k, 0.04 * math.sin(2.4 * k)), 0.038 - 0.002 * k),
                matte(OCHRE),
            )
            for k in range(8)
        ]
        parts.append(place(paint(shell(outer, 0.028, 0.06), ceramic(colour)) + stem + "".join(head), (x, 0, z)))
    return "".join(parts)


def trowel() -> str:
    """Return a steel garden trowel with an oak handle and a leather loop."""
    # along the blade from its point: x, half width, height
    stations = [(-1.28, 0.012, 0.0), (-1.24, 0.06, 0.004), (-1.12, 0.135, 0.015), (-0.95, 0.195, 0.03)]
    stations += [
        (-0.72, 0.23, 0.05),
        (-0.45, 0.235, 0.065),
        (-0.28, 0.20, 0.08),
        (-0.20, 0.13, 0.09),
        (-0.17, 0.06, 0.095),
    ]
    halves, heights = (sampled(curve(*((s[0], s[k]) for s in stations)), 5) for k in (1, 2))
    sections: list[list[Vector]] = []
    for (x, half), (_, rise) in zip(halves, heights, strict=True):
        outer = [(x, 0.02 + rise + 0.5 * s * s * half, s * half) for s in (k / 6 for k in range(-6, 7))]
        inner = [(x, y + 0.018, z) for x, y, z in reversed(outer)]
        sections.append([*outer, *inner])
    blade = paint(loft(sections), metal(STEEL))
    neck = paint(
        tube([*[(-0.30, 0.10, 0.0)] * 3, (-0.12, 0.15, 0), (0.02, 0.20, 0), (0.12, 0.17, 0), (0.25, 0.13, 0)], 0.032),
        metal(STEEL),
    )
    grip = lathe(
        curve(
            (0, 0), (0.06, 0.005), (0.085, 0.05), (0.10, 0.35), (0.085, 0.65), (0.105, 0.95), (0.085, 1.05), (0, 1.08)
        )
    )
    handle = place(paint(grip, plank(OAK, "<90,0,0>")), (0.16, 0.13, 0), tilt=(0, 0, -91))
    ferrule = paint(cylinder((0.14, 0.13, 0), (0.30, 0.13, 0), 0.075), metal(BRASS))
    loop = paint(
        tube(
            [
                (1.18, 0.13, 0),
                (1.22, 0.12, 0),
                (1.40, 0.03, 0.08),
                (1.58, 0.025, -0.06),
                (1.38, 0.025, -0.16),
                (1.20, 0.10, 0),
                (1.16, 0.12, 0),
            ],
            0.016,
        ),
        matte(COAL),
    )
    return blade + neck + handle + ferrule + loop
