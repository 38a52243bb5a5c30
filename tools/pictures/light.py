"""Lamps, lanterns, candles and scent."""

from __future__ import annotations

import math

from tools.pictures.materials import (
    ALONG_Y,
    BRASS,
    CHALK,
    CLAY,
    COAL,
    OAK,
    SAGE,
    SAND,
    STEEL,
    WALNUT,
    ceramic,
    enamel,
    glass,
    lit,
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
    cone,
    curve,
    cut,
    cylinder,
    disc,
    lathe,
    line,
    paint,
    place,
    ring,
    shell,
    tube,
    union,
)

FLEX = "<0.86,0.83,0.78>"
WARM = "<1,0.80,0.52>"


def glow(at: Vector, strength: float, reach: float = 1.1) -> str:
    """Return a warm light that fades with distance; reach is where it has its full strength."""
    return (
        f"light_source {{ <{at[0]:g},{at[1]:g},{at[2]:g}> color rgb {WARM}*{strength:g}"
        f" fade_distance {reach:g} fade_power 2 area_light <0.3,0,0>,<0,0,0.3>,3,3 jitter }}"
    )


def lamp(*, is_on: bool = True, has_flex: bool = True) -> str:
    """Return the paper-shade table lamp."""
    shade = lathe(
        curve((0.60, 0.96), (0.66, 1.10), (0.62, 1.45), (0.44, 1.74), (0.30, 1.80)),
        line((0.30, 1.80), (0.285, 1.785)),
        curve((0.285, 1.785), (0.425, 1.72), (0.605, 1.44), (0.645, 1.10), (0.585, 0.97)),
        line((0.585, 0.97), (0.60, 0.96)),
    )
    emission = 0.42 if is_on else 0.02
    paper = (
        "texture { pigment { gradient y color_map { [0 color srgb <1,0.90,0.72>][0.5 color srgb <0.99,0.94,0.84>]"
        " [1 color srgb <0.97,0.93,0.86>] } scale <1,0.9,1> translate y*0.95 }"
        " normal { gradient y 0.10 sine_wave scale 0.055 }"
        f" finish {{ ambient 0 emission {emission} diffuse 0.55 }} }}"
    )
    if not is_on:
        paper = paper.replace("<1,0.90,0.72>", "<0.97,0.95,0.90>").replace("diffuse 0.55", "diffuse 0.84")
    stand = paint(disc(0.42, 0, 0.09), wood(OAK)) + paint(cylinder((0, 0.09, 0), (0, 1.05, 0), 0.028), metal(BRASS))
    path: list[Vector] = [(0.40, 0.04, 0.1), (0.7, 0.02, 0.2), (1.1, 0.02, 0.5), (1.6, 0.02, 0.7), (2.6, 0.02, 1.2)]
    flex = paint(tube(path, 0.018), matte(FLEX)) if has_flex else ""
    return stand + f"object {{ {shade} {paper} }}" + (glow((0, 1.3, 0), 0.9) if is_on else "") + flex


def pendant(colour: str) -> str:
    """Return a hanging dome of spun metal, 1.55 above the floor, lit from inside."""
    dome = lathe(
        curve((0.95, 0), (0.93, 0.16), (0.80, 0.42), (0.52, 0.63), (0.18, 0.72), (0.09, 0.75)),
        line((0.09, 0.75), (0.09, 0.72)),
        curve((0.09, 0.72), (0.18, 0.69), (0.505, 0.60), (0.775, 0.40), (0.905, 0.15), (0.925, 0.0), (0.95, 0.0)),
    )
    fitting = paint(cylinder((0, 0.74, 0), (0, 0.96, 0), 0.085), wood(OAK, ALONG_Y))
    collar = paint(
        union(cylinder((0, 0.725, 0), (0, 0.75, 0), 0.12), cylinder((0, 0.96, 0), (0, 0.985, 0), 0.05)), metal(BRASS)
    )
    cord = paint(cylinder((0, 0.95, 0), (0, 9, 0), 0.016), matte("<0.32,0.30,0.27>"))
    bulb = f"object {{ {ball((0, 0.16, 0), 0.20)} {lit('<1,0.93,0.80>', 1.0)} no_shadow }}"
    return place(
        paint(dome, ceramic(colour)) + fitting + collar + cord + bulb + glow((0, 0.16, 0), 1.1, 0.8), (0, 1.55, 0)
    )


def floor_lamp() -> str:
    """Return a tall lamp on three oak legs with a linen drum shade."""
    legs = []
    for turn in (100, 220, 340):
        x, z = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        leg = cone((0.78 * x, 0, 0.78 * z), 0.042, (0.06 * x, 2.45, 0.06 * z), 0.055)
        legs.append(paint(leg, plank(OAK, ALONG_Y)))
    hub = paint(union(disc(0.13, 2.40, 2.52, 0.02), cylinder((0, 2.5, 0), (0, 2.95, 0), 0.022)), metal(BRASS))
    wall = cut(cone((0, 2.62, 0), 0.80, (0, 3.62, 0), 0.66), cone((0, 2.6, 0), 0.787, (0, 3.64, 0), 0.645))
    cloth = (
        "texture { pigment { color srgb <0.98,0.93,0.83> } normal { gradient y 0.25 sine_wave scale 0.03 }"
        " finish { ambient 0 emission 0.42 diffuse 0.5 } }"
    )
    hems = paint(union(ring(0.795, 0.012, 2.63), ring(0.655, 0.012, 3.61)), matte(SAND))
    return "".join(legs) + hub + f"object {{ {wall} {cloth} }}" + hems + glow((0, 3.05, 0), 0.9)


def reading_lamp(colour: str) -> str:
    """Return a desk lamp with a jointed brass arm and a metal head turned down to the left."""
    base = union(disc(0.42, 0, 0.075, 0.025), cylinder((0, 0.07, 0), (0, 0.13, 0), 0.06))
    arm = union(
        tube([(0, 0.1, 0), (0.42, 0.98, 0)], 0.024, "linear_spline"),
        tube([(0.42, 0.98, 0), (-0.40, 1.62, 0)], 0.022, "linear_spline"),
        place(cylinder((0, 0, -0.07), (0, 0, 0.07), 0.05), (0.42, 0.98, 0)),
        place(cylinder((0, 0, -0.06), (0, 0, 0.06), 0.042), (-0.40, 1.62, 0)),
    )
    head = lathe(
        curve((0.36, 0), (0.34, 0.10), (0.20, 0.36), (0.10, 0.50), (0, 0.53)),
        line((0, 0.53), (0, 0.50)),
        curve((0, 0.50), (0.085, 0.47), (0.18, 0.345), (0.32, 0.10), (0.34, 0.0), (0.36, 0.0)),
    )
    inside = f"object {{ {ball((0, 0.16, 0), 0.13)} {lit('<1,0.93,0.80>', 0.95)} no_shadow }}" + glow(
        (0, 0.1, 0), 0.8, 0.7
    )
    turned = place(paint(head, ceramic(colour)) + inside, (-0.58, 1.27, 0), tilt=(0, 0, -26))
    return paint(base, ceramic(colour)) + paint(arm, metal(BRASS)) + turned


def lantern() -> str:
    """Return a portable lantern of frosted glass with a brass bow."""
    base = paint(disc(0.46, 0, 0.20, 0.04), wood(WALNUT, ALONG_Y))
    top = paint(disc(0.46, 1.02, 1.14, 0.04), wood(WALNUT, ALONG_Y))
    shade = f"object {{ {disc(0.41, 0.195, 1.025, 0.03)} {lit('<1,0.93,0.80>', 0.50)} no_shadow }}"
    posts = [
        cylinder(
            (0.435 * math.cos(t), 0.18, 0.435 * math.sin(t)), (0.435 * math.cos(t), 1.04, 0.435 * math.sin(t)), 0.014
        )
        for t in (math.radians(30 + 90 * k) for k in range(4))
    ]
    path: list[Vector] = [
        (-0.40, 0.9, 0),
        (-0.40, 1.0, 0),
        (-0.40, 1.16, 0),
        (-0.40, 1.56, 0),
        (-0.16, 1.78, 0),
        (0.16, 1.78, 0),
    ]
    path += [(0.40, 1.56, 0), (0.40, 1.16, 0), (0.40, 1.0, 0), (0.40, 0.9, 0)]
    return base + top + shade + paint(union(*posts, tube(path, 0.020)), metal(BRASS)) + glow((0, 0.6, 0), 0.30, 0.9)


def candle() -> str:
    """Return a scented candle in a glass with a paper label."""
    cup = cut(cylinder((0, 0.004, 0), (0, 0.98, 0), 0.475), cylinder((0, 0.08, 0), (0, 1.1, 0), 0.446))
    wax = (
        f"object {{ {cylinder((0, 0.085, 0), (0, 0.72, 0), 0.444)}"
        " texture { pigment { color srgb <0.955,0.925,0.86> }"
        " finish { ambient 0 diffuse 0.9 specular 0.1 roughness 0.1 emission 0.05 } } }"
    )
    label = cut("cylinder { <0,0.24,0>,<0,0.62,0>,0.4775 open }", "plane { z,0 inverse translate z*-0.28 }")
    marks = paint(box((-0.13, 0.47, -0.6), (0.13, 0.485, -0.40)), matte("<0.35,0.33,0.3>"))
    marks += paint(box((-0.09, 0.40, -0.6), (0.09, 0.408, -0.40)), matte("<0.55,0.52,0.48>"))
    marks += paint(box((-0.06, 0.36, -0.6), (0.06, 0.368, -0.40)), matte("<0.55,0.52,0.48>"))
    printed = common(f"union {{ {marks} }}", cylinder((0, 0, 0), (0, 1, 0), 0.4785))
    wick = paint(cylinder((0, 0.72, 0), (0.01, 0.86, 0), 0.014), matte("<0.25,0.22,0.2>"))
    return paint(cup, glass()) + wax + wick + paint(label, matte(CHALK)) + printed


def diffuser() -> str:
    """Return a round stone diffuser with a brass opening."""
    body = cut(
        ball((0, 0.52, 0), 1, (0.82, 0.62, 0.82)), box((-2, -1, -2), (2, 0, 2)), cylinder((0, 0.9, 0), (0, 2, 0), 0.13)
    )
    return paint(body, stone("<0.86,0.845,0.81>", "<0.74,0.72,0.685>")) + paint(ring(0.14, 0.018, 1.13), metal(BRASS))


def candle_holders() -> str:
    """Return three brass candlesticks of different heights with coloured candles."""
    parts = []
    for (x, z, tall), colour in zip(
        ((-0.55, 0.28, 0.90), (0.50, 0.36, 0.55), (0.08, -0.42, 0.28)), (CHALK, SAGE, CLAY), strict=True
    ):
        stick = lathe(
            line((0, 0), (0.26, 0)),
            curve((0.26, 0), (0.28, 0.015), (0.25, 0.04), (0.06, 0.075), (0.035, 0.12)),
            line((0.035, 0.12), (0.035, tall - 0.07)),
            curve((0.035, tall - 0.07), (0.07, tall - 0.03), (0.12, tall), (0.105, tall + 0.01)),
            line((0.105, tall + 0.01), (0, tall + 0.01)),
        )
        taper = cone((0, tall - 0.02, 0), 0.072, (0, tall + 0.95, 0), 0.052)
        tip = ball((0, tall + 0.95, 0), 0.052, (1, 0.7, 1))
        wick = paint(cylinder((0, tall + 0.95, 0), (0.01, tall + 1.06, 0), 0.010), matte("<0.25,0.22,0.2>"))
        parts.append(place(paint(stick, metal(BRASS)) + paint(union(taper, tip), matte(colour)) + wick, (x, 0, z)))
    return "".join(parts)


def globe_lamp() -> str:
    """Return a small opal globe resting in a notched oak block."""
    opal = f"object {{ {ball((0, 0.88, 0), 0.58)} {lit('<1,0.93,0.80>', 0.50)} no_shadow }}"
    foot = cut(disc(0.44, 0, 0.42, 0.04), ball((0, 0.88, 0), 0.585))
    switch = paint(cylinder((0, 0.16, -0.46), (0, 0.16, -0.40), 0.035), metal(BRASS))
    return opal + paint(foot, wood(OAK, ALONG_Y)) + switch + glow((0, 0.88, 0), 0.35, 0.9)


def incense_holder() -> str:
    """Return a shallow dish with a brass peg and one stick of incense."""
    dish = shell([(0.60, 0), (0.66, 0.015), (0.78, 0.05), (0.84, 0.12)], 0.035, 0.04)
    peg = lathe(
        line((0, 0.03), (0.14, 0.03)),
        curve((0.14, 0.03), (0.13, 0.08), (0.07, 0.14), (0.05, 0.19)),
        line((0.05, 0.19), (0, 0.19)),
    )
    stick = tube([(0.02, 0.1, 0), (-0.42, 1.30, -0.06)], 0.011, "linear_spline")
    tip = tube([(-0.42, 1.30, -0.06), (-0.45, 1.38, -0.064)], 0.013, "linear_spline")
    ash = ball((-0.46, 1.395, -0.065), 0.016)
    return (
        paint(dish, enamel(SAGE))
        + paint(peg, metal(BRASS))
        + paint(stick, matte("<0.45,0.36,0.26>"))
        + paint(tip, matte(COAL))
        + paint(ash, matte(STEEL))
    )


def lit_table(lamp_: str, *others: str) -> str:
    """Return a lamp in use: on a low oak table top with other things around it."""
    top = paint(disc(1.75, -0.10, 0, 0.04), plank(OAK, "<0,70,0>"))
    return place(top + lamp_ + "".join(others), (0, 0.1, 0))
