"""Kettles, pans, boards, jars and tools of the kitchen."""

from __future__ import annotations

import math
import random

from tools.pictures.materials import (
    ALONG_Y,
    BAMBOO,
    BRASS,
    CHALK,
    CHERRY,
    COAL,
    INK,
    OAK,
    SAND,
    STEEL,
    WALNUT,
    ceramic,
    enamel,
    glass,
    iron,
    matte,
    metal,
    plank,
    stone,
    wood,
)
from tools.pictures.shapes import (
    Vector,
    ball,
    box,
    common,
    curve,
    cut,
    cylinder,
    disc,
    lathe,
    line,
    paint,
    place,
    ring,
    rounded_box,
    shell,
    tube,
    union,
)


def kettle() -> str:
    """Return a black kettle with a thin swan neck and a walnut handle."""
    body = lathe(
        line((0, 0), (0.66, 0)),
        curve((0.66, 0), (0.705, 0.03), (0.70, 0.10), (0.60, 0.45), (0.50, 0.72), (0.47, 0.76)),
        line((0.47, 0.76), (0, 0.76)),
    )
    lid = lathe(
        line((0, 0.755), (0.44, 0.755)),
        curve((0.44, 0.755), (0.45, 0.775), (0.42, 0.80), (0.1, 0.815)),
        line((0.1, 0.815), (0, 0.815)),
    )
    neck: list[Vector] = [(-0.50, 0.10, 0), (-0.62, 0.13, 0), (-0.86, 0.16, 0), (-0.93, 0.40, 0), (-0.90, 0.68, 0)]
    neck += [(-1.02, 0.93, 0), (-1.22, 0.92, 0), (-1.30, 0.86, 0)]
    spout = tube(neck, [0.10, 0.095, 0.075, 0.06, 0.052, 0.046, 0.042, 0.042])
    bow: list[Vector] = [(0.42, 0.74, 0), (0.52, 0.78, 0), (0.80, 0.88, 0), (1.02, 0.84, 0), (1.05, 0.56, 0)]
    bow += [(0.98, 0.24, 0), (0.94, 0.1, 0)]
    handle = paint(tube(bow, [0.035, 0.035, 0.045, 0.06, 0.066, 0.06, 0.05]), wood(WALNUT))
    knob = paint(disc(0.075, 0.86, 0.95), wood(OAK)) + paint(cylinder((0, 0.8, 0), (0, 0.87, 0), 0.03), matte(COAL))
    return paint(union(body, lid, spout), iron()) + handle + knob


def bottle(colour: str) -> str:
    """Return an insulated bottle with a wooden cap."""
    body = lathe(
        line((0, 0), (0.30, 0)),
        curve((0.30, 0), (0.33, 0.012), (0.34, 0.05)),
        line((0.34, 0.05), (0.34, 1.32)),
        curve((0.34, 1.32), (0.33, 1.42), (0.285, 1.50), (0.27, 1.53)),
        line((0.27, 1.53), (0, 1.53)),
    )
    steel = union(cylinder((0, 1.525, 0), (0, 1.55, 0), 0.262), cylinder((0, -0.001, 0), (0, 0.035, 0), 0.325))
    return paint(body, ceramic(colour)) + paint(disc(0.275, 1.545, 1.86, 0.035), wood(OAK)) + paint(steel, metal(STEEL))


def spoons() -> str:
    """Return three cooking spoons in oak, walnut and cherry."""
    bowl = cut(
        ball((0, 0, 0), 1, (0.235, 0.10, 0.33)),
        ball((0, 0.045, 0), 1, (0.20, 0.09, 0.285)),
        box((-1, 0.035, -1), (1, 1, 1)),
    )
    path: list[Vector] = [
        (0, 0, -0.15),
        (0, 0.01, -0.28),
        (0, 0.05, -0.62),
        (0, 0.09, -1.10),
        (0, 0.10, -1.55),
        (0, 0.10, -1.75),
    ]
    stem = tube(path, [0.06, 0.052, 0.042, 0.046, 0.056, 0.05])
    spots = ((OAK, -0.42, 9), (WALNUT, 0.0, -2), (CHERRY, 0.42, -10))
    return "".join(place(paint(union(bowl, stem), wood(kind)), (x, 0.1, 0.55), turn=turn) for kind, x, turn in spots)


def pan() -> str:
    """Return a cast-iron frying pan, long handle to the right."""
    bowl = shell([(0.78, 0), (0.83, 0.02), (0.90, 0.10), (0.98, 0.25)], 0.055, 0.05)
    handle = cut(
        union(
            rounded_box((0.90, 0.16, -0.085), (1.92, 0.245, 0.085), 0.04),
            cylinder((1.86, 0.165, 0), (1.86, 0.24, 0), 0.125),
        ),
        cylinder((1.86, -1, 0), (1.86, 1, 0), 0.06),
    )
    helper = cut(cylinder((-1.02, 0.165, 0), (-1.02, 0.24, 0), 0.20), cylinder((-1.05, -1, 0), (-1.05, 1, 0), 0.12))
    helper = cut(helper, cylinder((0, -1, 0), (0, 1, 0), 0.92))
    handle = cut(handle, cylinder((0, -1, 0), (0, 1, 0), 0.92))
    return paint(union(bowl, handle, helper), iron())


def pot(colour: str) -> str:
    """Return an enamelled pot with two loop handles, lid and brass knob."""
    body = lathe(
        line((0, 0), (0.72, 0)),
        curve((0.72, 0), (0.79, 0.03), (0.83, 0.12), (0.85, 0.40), (0.86, 0.64)),
        line((0.86, 0.64), (0, 0.64)),
    )
    lid = lathe(
        line((0, 0.655), (0.87, 0.655)),
        curve((0.87, 0.655), (0.895, 0.675), (0.87, 0.70)),
        curve((0.87, 0.70), (0.80, 0.735), (0.50, 0.815), (0.14, 0.85), (0, 0.852)),
    )
    loops = [
        tube([(s * 0.80, 0.50, -0.22), (s * 0.84, 0.50, -0.22), (s * 1.08, 0.51, -0.16), (s * 1.10, 0.51, 0.16),
              (s * 0.84, 0.50, 0.22), (s * 0.80, 0.50, 0.22)], 0.052)
        for s in (-1, 1)
    ]  # fmt: skip
    rim = paint(cylinder((0, 0.636, 0), (0, 0.657, 0), 0.852), matte("<0.22,0.22,0.22>"))
    knob = paint(union(cylinder((0, 0.84, 0), (0, 0.90, 0), 0.045), disc(0.115, 0.89, 0.965, 0.03)), metal(BRASS))
    return paint(union(body, lid, *loops), enamel(colour)) + rim + knob


def _basket(low: float, high: float) -> str:
    wall = cut(cylinder((0, low, 0), (0, high, 0), 0.88), cylinder((0, low - 1, 0), (0, high + 1, 0), 0.82))
    bands = [
        cut(cylinder((0, y, 0), (0, y + 0.085, 0), 0.91), cylinder((0, y - 1, 0), (0, y + 1, 0), 0.87))
        for y in (low + 0.02, high - 0.105)
    ]
    return paint(wall, plank(BAMBOO, "<90,0,0>")) + paint(union(*bands), matte("<0.80,0.67,0.46>"))


def steamer() -> str:
    """Return a bamboo steamer of two baskets with a woven lid."""
    weave = (
        "texture { pigment { checker color srgb <0.86,0.75,0.55> color srgb <0.76,0.62,0.41>"
        " scale <0.075,1,0.075> rotate y*45 }"
        " finish { ambient 0 diffuse 0.85 } }"
    )
    dome = lathe(
        line((0, 0.80), (0.83, 0.80)),
        curve((0.83, 0.80), (0.70, 0.88), (0.42, 0.955), (0.12, 0.98), (0, 0.98)),
    )
    rim = cut(cylinder((0, 0.76, 0), (0, 0.87, 0), 0.91), cylinder((0, 0, 0), (0, 2, 0), 0.825))
    loop = tube(
        [(-0.16, 0.93, 0), (-0.15, 0.97, 0), (-0.12, 1.09, 0), (0.12, 1.09, 0), (0.15, 0.97, 0), (0.16, 0.93, 0)], 0.028
    )
    wood_rim = paint(rim, matte("<0.80,0.67,0.46>"))
    return (
        _basket(0, 0.36)
        + _basket(0.385, 0.745)
        + f"object {{ {dome} {weave} }}"
        + wood_rim
        + paint(loop, matte("<0.72,0.58,0.38>"))
    )


def knife_block() -> str:
    """Return a leaning walnut block with four knives in it."""
    block = rounded_box((-0.34, -0.6, -0.36), (0.34, 1.10, 0.36), 0.03)
    handles = []
    for x, z, tall in ((-0.17, 0.16, 0.62), (0.17, 0.16, 0.62), (-0.17, -0.16, 0.50), (0.17, -0.16, 0.50)):
        grip = rounded_box((x - 0.055, 1.15, z - 0.085), (x + 0.055, 1.15 + tall, z + 0.085), 0.04)
        collar = box((x - 0.035, 1.09, z - 0.075), (x + 0.035, 1.16, z + 0.075))
        rivets = [cylinder((x - 0.058, 1.15 + tall * k, z), (x + 0.058, 1.15 + tall * k, z), 0.018) for k in (0.3, 0.7)]
        handles.append(paint(grip, matte(COAL)) + paint(union(collar, *rivets), metal(STEEL)))
    leaning = place(paint(block, plank(OAK, "<90,0,0>")) + "".join(handles), (0, 0.10, 0), tilt=(0, 0, -20))
    floor = "box { <-9,-9,-9>,<9,0,9> }"
    return f"difference {{ {leaning} {floor} cutaway_textures }}"


def jars() -> str:
    """Return three glass jars of falling height with oak lids, filled with rice, lentils and beans."""
    parts = []
    fills = (
        ("<0.93,0.90,0.82>", "<0.80,0.76,0.66>"),
        ("<0.72,0.42,0.24>", "<0.55,0.30,0.16>"),
        ("<0.40,0.45,0.30>", "<0.28,0.33,0.20>"),
    )
    for (x, z, tall, level), fill in zip(
        ((-0.62, 0.35, 1.30, 0.95), (0.22, 0.42, 1.0, 0.66), (0.50, -0.48, 0.70, 0.42)), fills, strict=True
    ):
        walls = cut(cylinder((0, 0.003, 0), (0, tall, 0), 0.40), cylinder((0, -1, 0), (0, 9, 0), 0.37))
        grain = (
            f"texture {{ pigment {{ granite scale 0.06 color_map {{ [0 color srgb {fill[0]}][0.6 color srgb {fill[0]}]"
            f" [0.75 color srgb {fill[1]}][1 color srgb {fill[1]}] }} }} normal {{ bumps 0.7 scale 0.03 }}"
            " finish { ambient 0 diffuse 0.85 } }"
        )
        inside = f"object {{ {cylinder((0, 0.012, 0), (0, level, 0), 0.366)} {grain} }}"
        lid = paint(disc(0.41, tall + 0.005, tall + 0.13, 0.025), wood(OAK, ALONG_Y))
        parts.append(place(paint(walls, glass("<0.90,0.91,0.89>", 0.90)) + inside + lid, (x, 0, z)))
    return "".join(parts)


def salt_pig(colour: str) -> str:
    """Return a round salt pot with a wide slanted mouth, half full."""
    outside = lathe(
        line((0, 0), (0.42, 0)),
        curve((0.42, 0), (0.52, 0.05), (0.60, 0.30), (0.55, 0.62), (0.34, 0.88), (0.12, 0.97), (0, 0.98)),
    )
    neck = place(cylinder((0, 0, 0), (0, 0, -0.62), 0.36), (0, 0.50, -0.05), tilt=(24, 0, 0))
    throat = place(cylinder((0, 0, 0.1), (0, 0, -0.9), 0.31), (0, 0.50, -0.05), tilt=(24, 0, 0))
    hollow = ball((0, 0.46, 0), 1, (0.53, 0.44, 0.53))
    lip = place("torus { 0.335,0.027 rotate x*90 translate z*-0.62 }", (0, 0.50, -0.05), tilt=(24, 0, 0))
    shape = union(cut(union(outside, neck), hollow, throat), lip)
    salt = "intersection { " + ball((0, 0.46, 0), 1, (0.525, 0.435, 0.525)) + " box { <-1,-1,-1>,<1,0.40,1> } }"
    knob = disc(0.07, 0.96, 1.05, 0.03)
    return paint(union(shape, knob), ceramic(colour)) + paint(salt, stone("<0.97,0.97,0.96>", "<0.88,0.88,0.87>"))


def mortar() -> str:
    """Return a granite mortar with its pestle."""
    grey = stone("<0.62,0.62,0.60>", "<0.44,0.44,0.43>")
    bowl = shell([(0.44, 0), (0.46, 0.05), (0.50, 0.12), (0.62, 0.30), (0.68, 0.55), (0.69, 0.72)], 0.12, 0.16)
    club = lathe(
        curve((0, 0), (0.10, 0.01), (0.16, 0.10), (0.135, 0.25), (0.09, 0.60), (0.105, 0.98), (0.09, 1.07), (0, 1.10))
    )
    return paint(bowl, grey) + place(paint(club, grey), (-0.16, 0.20, -0.06), tilt=(-14, 0, -42))


def pepper_mill(kind: tuple[str, str]) -> str:
    """Return a turned mill with a steel band and knob."""
    foot = lathe(
        line((0, 0), (0.33, 0)),
        curve((0.33, 0), (0.35, 0.03), (0.34, 0.12), (0.24, 0.42), (0.215, 0.66), (0.27, 0.96), (0.275, 1.06)),
        line((0.275, 1.06), (0, 1.06)),
    )
    head = lathe(
        line((0, 1.10), (0.275, 1.10)),
        curve((0.275, 1.10), (0.305, 1.20), (0.285, 1.36), (0.18, 1.48), (0.06, 1.50), (0, 1.50)),
    )
    band = cylinder((0, 1.06, 0), (0, 1.10, 0), 0.262)
    knob = union(cylinder((0, 1.49, 0), (0, 1.54, 0), 0.03), ball((0, 1.58, 0), 0.065))
    return paint(union(foot, head), wood(kind, ALONG_Y)) + paint(union(band, knob), metal(STEEL))


def colander(colour: str) -> str:
    """Return a round-bottomed colander with rows of holes and two handles."""
    holes = []
    for row, count in ((16, 6), (28, 12), (40, 18), (52, 24), (64, 28)):
        for step in range(count):
            tilt, turn = math.radians(row), 2 * math.pi * (step + row % 3 / 3) / count
            way = (math.sin(tilt) * math.cos(turn), -math.cos(tilt), math.sin(tilt) * math.sin(turn))
            start, end = (0.6 * way[0], 0.6 * way[1], 0.6 * way[2]), (1.2 * way[0], 1.2 * way[1], 1.2 * way[2])
            holes.append(cylinder(start, end, 0.034))
    bowl = cut(ball((0, 0, 0), 0.90), ball((0, 0, 0), 0.865), box((-2, 0, -2), (2, 2, 2)), *holes)
    rim = ring(0.885, 0.032, 0)
    loops = [tube([(s * 0.86, 0, -0.24), (s * 0.90, 0, -0.24), (s * 1.14, 0.02, -0.17), (s * 1.14, 0.02, 0.17),
                   (s * 0.90, 0, 0.24), (s * 0.86, 0, 0.24)], 0.032) for s in (-1, 1)]  # fmt: skip
    foot = cut(cylinder((0, -0.90, 0), (0, -0.76, 0), 0.46), cylinder((0, -2, 0), (0, 1, 0), 0.425))
    white = place(paint(union(bowl, foot), enamel(colour)), (0, 0.90, 0))
    return white + place(paint(union(rim, *loops), enamel(INK)), (0, 0.90, 0))


def chopping_board() -> str:
    """Return an end-grain block glued up from walnut and cherry pieces."""
    chance = random.Random(7)
    outline = rounded_box((-1.1, 0, -0.7), (1.1, 0.26, 0.7), 0.04)
    pieces = []
    for column in range(11):
        for row in range(7):
            kind = WALNUT if chance.random() < 0.72 else CHERRY
            x, z = -1.1 + 0.2 * column, -0.7 + 0.2 * row
            piece = box((x + 0.001, 0, z + 0.001), (x + 0.199, 0.26, z + 0.199))
            if column in {0, 10} or row in {0, 6}:
                left, right = x + 0.001 - (column == 0), x + 0.199 + (column == 10)
                front, back = z + 0.001 - (row == 0), z + 0.199 + (row == 6)
                piece = common(box((left, -1, front), (right, 1, back)), outline)
            shade = 0.85 + 0.3 * chance.random()
            heart = f"<{chance.uniform(-1, 1) + x:.2f},0,{chance.uniform(-1, 1) + z:.2f}>"
            tinted = (f"{kind[0]}*{shade:.2f}", f"{kind[1]}*{shade:.2f}")
            pieces.append(paint(piece, wood(tinted, ALONG_Y, heart)))
    return "".join(pieces)


def rolling_pin() -> str:
    """Return a tapered rolling pin lying along x, with a little flour bowl behind it."""
    pin = lathe(
        curve(
            (0, -1.45),
            (0.07, -1.44),
            (0.10, -1.38),
            (0.15, -0.9),
            (0.175, 0),
            (0.15, 0.9),
            (0.10, 1.38),
            (0.07, 1.44),
            (0, 1.45),
        )
    )
    bowl = place(
        paint(shell([(0.22, 0), (0.28, 0.03), (0.44, 0.2), (0.52, 0.38)], 0.035, 0.05), ceramic(SAND)), (0.42, 0, 0.75)
    )
    flour = place(paint(ball((0, 0.16, 0), 1, (0.42, 0.16, 0.42)), matte(CHALK)), (0.42, 0.07, 0.75))
    return place(paint(pin, plank(OAK, ALONG_Y)), (0, 0.175, -0.1), tilt=(0, 0, 90)) + bowl + flour


def bottles(colours: tuple[str, str, str]) -> str:
    """Return three bottles in a loose row."""
    spots = ((-0.85, 0.30), (0.0, -0.15), (0.85, 0.22))
    return "".join(place(bottle(colour), (x, 0, z)) for colour, (x, z) in zip(colours, spots, strict=True))
