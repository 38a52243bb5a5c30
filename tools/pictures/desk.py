"""Notebooks, clocks, stools and what keeps a desk in order."""

from __future__ import annotations

import math
import random

from tools.pictures.materials import (
    ALONG_Y,
    BRASS,
    CHALK,
    CHERRY,
    CLAY,
    COAL,
    INK,
    OAK,
    OCHRE,
    SAGE,
    SAND,
    WALNUT,
    matte,
    metal,
    plank,
    stone,
    stoneware,
    wood,
)
from tools.pictures.shapes import (
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
    shell,
    slab,
    tube,
    union,
)

PAPER = "<0.96,0.945,0.91>"
LEAD = "<0.22,0.22,0.21>"


def notebooks() -> str:
    """Return three thread-bound notebooks in a loose pile."""
    cover_finish = (
        " normal { quilted 0.05 scale 0.018 } finish { ambient 0 diffuse 0.82 specular 0.04 roughness 0.2 } }"
    )
    leaves = (
        "texture { pigment { gradient y color_map { [0 color srgb <0.96,0.945,0.91>][0.5 color srgb <0.90,0.885,0.85>]"
        " [1 color srgb <0.96,0.945,0.91>] } scale 0.012 } finish { ambient 0 diffuse 0.85 } }"
    )
    parts = []
    for index, (colour, turn, x) in enumerate(((SAGE, 4, 0.03), (SAND, -7, -0.03), (INK, 13, 0.06))):
        covers = union(
            rounded_box((-0.72, 0, -0.52), (0.72, 0.014, 0.52), 0.006),
            rounded_box((-0.72, 0.106, -0.52), (0.72, 0.12, 0.52), 0.006),
            box((-0.726, 0.001, -0.518), (-0.70, 0.119, 0.518)),
        )
        thread = [cylinder((-0.64, 0.122, z), (-0.64, 0.122, z + 0.16), 0.008) for z in (-0.42, -0.16, 0.10, 0.30)]
        book = (
            paint(covers, f"texture {{ pigment {{ color srgb {colour} }}" + cover_finish)
            + paint(box((-0.705, 0.014, -0.505), (0.705, 0.106, 0.505)), leaves)
            + paint(union(*thread), matte("<0.93,0.91,0.86>"))
        )
        parts.append(place(book, (x, index * 0.125, 0), turn=turn))
    return "".join(parts)


def clock() -> str:
    """Return a round oak desk clock on two walnut feet, at ten past ten."""
    body = place(paint(place(disc(0.78, -0.16, 0.16, 0.05), tilt=(90, 0, 0)), wood(OAK)), (0, 0.80, 0))
    face = paint(cylinder((0, 0.80, -0.162), (0, 0.80, -0.168), 0.68), matte("<0.955,0.945,0.92>"))
    marks = []
    for hour in range(12):
        half = 0.012 if hour % 3 else 0.02
        mark = paint(box((-half, 0.56, -0.006), (half, 0.62, 0.006)), matte(LEAD))
        marks.append(place(mark, (0, 0.80, -0.17), tilt=(0, 0, 30 * hour)))
    hands = place(
        paint(box((-0.02, -0.06, -0.008), (0.02, 0.36, 0.008)), matte(COAL)), (0, 0.80, -0.182), tilt=(0, 0, 58)
    )
    hands += place(
        paint(box((-0.014, -0.08, -0.008), (0.014, 0.53, 0.008)), matte(COAL)), (0, 0.80, -0.192), tilt=(0, 0, -60)
    )
    hub = paint(cylinder((0, 0.80, -0.17), (0, 0.80, -0.205), 0.038), matte("<0.73,0.46,0.355>"))
    feet = [paint(rounded_box((x, 0, -0.12), (x + 0.14, 0.10, 0.12), 0.02), wood(WALNUT)) for x in (-0.34, 0.20)]
    return place(body + face + "".join(marks) + hands + hub + "".join(feet), turn=-16)


def stool() -> str:
    """Return a round oak stool on three splayed legs."""
    legs = []
    for turn in (-55, 65, 185):
        x, z = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        leg = cone((0.62 * x, 0, 0.62 * z), 0.052, (0.36 * x, 1.56, 0.36 * z), 0.08)
        legs.append(paint(leg, plank(OAK, ALONG_Y)))
    return paint(disc(0.72, 1.52, 1.66, 0.06), wood(OAK)) + "".join(legs)


def pencil(colour: str) -> str:
    """Return a sharpened pencil lying along x, point to the right."""
    barrel = place("prism { linear_sweep linear_spline -0.85,0.75,7,<0.05,0>,<0.025,0.0433>,<-0.025,0.0433>,<-0.05,0>,"
                   "<-0.025,-0.0433>,<0.025,-0.0433>,<0.05,0> }", tilt=(0, 0, -90))  # fmt: skip
    tip = cone((0.75, 0, 0), 0.048, (0.92, 0, 0), 0.014)
    lead = cone((0.92, 0, 0), 0.014, (0.965, 0, 0), 0.004)
    return paint(barrel, matte(colour)) + paint(tip, matte("<0.86,0.74,0.56>")) + paint(lead, matte(LEAD))


def pen_tray() -> str:
    """Return a long walnut tray with a brass pen and two pencils."""
    body = cut(
        rounded_box((-1.25, 0, -0.42), (1.25, 0.20, 0.42), 0.05),
        rounded_box((-1.16, 0.07, -0.33), (1.16, 0.60, 0.33), 0.06),
    )
    pen = union(
        cylinder((-0.78, 0, 0), (0.62, 0, 0), 0.055),
        cone((0.62, 0, 0), 0.055, (0.80, 0, 0), 0.012),
        ball((-0.78, 0, 0), 0.055),
        box((-0.76, 0.05, -0.015), (-0.34, 0.075, 0.015)),
    )
    return (
        paint(body, plank(WALNUT))
        + place(paint(pen, metal(BRASS)), (0.02, 0.125, -0.14), turn=3)
        + place(pencil(SAGE), (-0.05, 0.12, 0.04), turn=-2)
        + place(pencil(CLAY), (0.06, 0.12, 0.19), turn=2)
    )


def desk_organiser() -> str:
    """Return an oak box with a card slot, a tall well with pencils and a shallow tray."""
    low = cut(
        rounded_box((-1.0, 0, -0.55), (1.0, 0.46, 0.55), 0.04),
        rounded_box((-0.92, 0.10, -0.47), (0.22, 0.9, 0.47), 0.03),
    )
    tall = cut(
        rounded_box((0.28, 0, -0.55), (1.0, 1.05, 0.55), 0.04),
        rounded_box((0.36, 0.10, -0.47), (0.92, 1.5, 0.47), 0.03),
    )
    standing = [
        place(pencil(colour), (x, 0.80, z), tilt=(0, 0, 90), turn=0)
        for colour, x, z in ((OCHRE, 0.50, -0.2), (INK, 0.62, 0.12), (CLAY, 0.78, -0.08))
    ]
    standing = [place(one, tilt=(lean, 0, 0)) for one, lean in zip(standing, (3, -2, 4), strict=True)]
    cards = [
        place(paint(box((-0.38, 0, -0.005), (0.38, 0.60, 0.005)), matte(colour)), (-0.36, 0.10, z), tilt=(-9, 0, 0))
        for colour, z in ((CHALK, 0.36), (SAND, 0.28), (SAGE, 0.20))
    ]
    eraser = place(
        paint(rounded_box((-0.16, 0, -0.09), (0.16, 0.13, 0.09), 0.03), matte(CHALK)), (-0.45, 0.34, -0.28), turn=25
    )
    return paint(union(low, tall), plank(OAK)) + "".join(standing) + "".join(cards) + eraser


def letter_opener() -> str:
    """Return a brass letter opener with a walnut grip, lying on two envelopes."""
    blade = slab(
        [(-0.10, 0.085), (0.55, 0.085), (1.0, 0.05), (1.22, 0), (1.0, -0.05), (0.55, -0.085), (-0.10, -0.085)],
        0.012,
        0.045,
    )
    grip = rounded_box((-1.0, 0, -0.085), (-0.02, 0.11, 0.085), 0.05)
    collar = box((-0.06, 0.0, -0.09), (0.0, 0.08, 0.09))
    opener = paint(union(blade, collar), metal(BRASS)) + paint(grip, plank(WALNUT))
    return (
        envelope(CHALK, 8)
        + place(envelope(SAND, -6), (0.08, 0.03, -0.05))
        + place(opener, (0.05, 0.075, -0.42), turn=-24)
    )


def envelope(colour: str, turn: float) -> str:
    """Return an envelope, its flap upwards."""
    sheet = paint(rounded_box((-0.95, 0, -0.60), (0.95, 0.025, 0.60), 0.01), matte(colour))
    flap = union(
        tube([(-0.93, 0.025, 0.58), (0, 0.03, -0.02)], 0.006, "linear_spline"),
        tube([(0.93, 0.025, 0.58), (0, 0.03, -0.02)], 0.006, "linear_spline"),
    )
    return place(sheet + paint(flap, matte(f"{colour}*0.82")), turn=turn)


def bookends() -> str:
    """Return a row of books between two folded steel bookends."""
    chance = random.Random(5)
    parts, x = [], -0.78
    for colour in (SAGE, SAND, INK, CLAY, CHALK, OCHRE, SAGE, INK):
        width, tall, deep = chance.uniform(0.14, 0.24), chance.uniform(1.0, 1.35), chance.uniform(0.72, 0.86)
        cover = cut(
            rounded_box((x, 0.022, -0.45), (x + width, tall, -0.45 + deep), 0.015),
            box((x + 0.02, tall - 0.02, -0.42), (x + width - 0.02, 2, 2)),
        )
        pages = paint(box((x + 0.02, 0.04, -0.43), (x + width - 0.02, tall - 0.03, -0.47 + deep)), matte(PAPER))
        band = paint(box((x + 0.02, tall - 0.20, -0.4515), (x + width - 0.02, tall - 0.185, -0.44)), matte(PAPER))
        parts.append(paint(cover, matte(colour)) + pages + band)
        x += width + 0.004
    for side, edge in ((-1, -0.785), (1, x)):
        plate = rounded_box(
            (min(edge, edge + side * 0.035), 0, -0.42), (max(edge, edge + side * 0.035), 0.92, 0.42), 0.012
        )
        foot = rounded_box((min(edge, edge - side * 0.6), 0, -0.42), (max(edge, edge - side * 0.6), 0.02, 0.42), 0.008)
        wing = rounded_box((min(edge, edge + side * 0.34), 0, -0.42), (max(edge, edge + side * 0.34), 0.03, 0.42), 0.01)
        parts.append(paint(union(plate, foot, wing), matte(COAL)))
    return place("".join(parts), (-0.02, 0, 0))


def paperweight() -> str:
    """Return a dome of grey stone with a brass foot on a few sheets of paper."""
    sheets = [
        place(paint(box((-0.85, 0, -1.1), (0.85, 0.012, 1.1)), matte(PAPER)), (0, 0.013 * index, 0), turn=turn)
        for index, turn in enumerate((-8, 3, 0, 6, -3))
    ]
    dome = lathe(
        line((0, 0.05), (0.50, 0.05)),
        curve((0.50, 0.05), (0.525, 0.12), (0.47, 0.34), (0.28, 0.50), (0.08, 0.545), (0, 0.548)),
    )
    weight = paint(dome, stone("<0.36,0.39,0.38>", "<0.55,0.57,0.54>")) + paint(
        disc(0.51, 0, 0.055, 0.02), metal(BRASS)
    )
    return "".join(sheets) + place(weight, (0.02, 0.065, -0.12))


def pencil_cup(colour: str) -> str:
    """Return a faceted-looking straight cup with pencils and a brush."""
    cup = shell([(0.38, 0), (0.415, 0.04), (0.42, 0.30), (0.42, 0.86)], 0.04, 0.06)
    spots = (
        (OCHRE, -0.16, -0.10, 8, 6),
        (SAGE, 0.10, -0.16, -7, 4),
        (INK, 0.17, 0.12, -9, -6),
        (CLAY, -0.10, 0.16, 7, -7),
    )
    standing = [
        place(place(pencil(pen), tilt=(0, 0, 90)), (x, 0.93, z), tilt=(lean, 0, side))
        for pen, x, z, side, lean in spots
    ]
    ruler = place(
        paint(box((-0.08, 0, -0.012), (0.08, 1.65, 0.012)), plank(CHERRY, ALONG_Y)),
        (0.02, 0.08, 0.26),
        tilt=(2, 25, -6),
    )
    return paint(cup, stoneware(colour)) + "".join(standing) + ruler
