"""Geometry: profiles turned on a lathe, vessels, tubes, rounded boxes, and how they are put together.

Shapes are POV-Ray text without a surface; `paint` gives one a surface, `place` moves it. Units: about 1 = 10 cm.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

Point = tuple[float, float]
Vector = tuple[float, float, float]
Bezier = tuple[Point, Point, Point, Point]
Chain = list[Bezier]


def line(*points: Point) -> Chain:
    """Return straight pieces through the points."""
    pieces: Chain = []
    for start, end in itertools.pairwise(points):
        dx, dy = (end[0] - start[0]) / 3, (end[1] - start[1]) / 3
        pieces.append((start, (start[0] + dx, start[1] + dy), (start[0] + 2 * dx, start[1] + 2 * dy), end))
    return pieces


def curve(*points: Point) -> Chain:
    """Return one smooth (Catmull-Rom) curve through the points."""
    first, second, last, before = points[0], points[1], points[-1], points[-2]
    ends = [(2 * first[0] - second[0], 2 * first[1] - second[1]), (2 * last[0] - before[0], 2 * last[1] - before[1])]
    padded = [ends[0], *points, ends[1]]
    pieces: Chain = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        lead = (b[0] + (c[0] - a[0]) / 6, b[1] + (c[1] - a[1]) / 6)
        trail = (c[0] - (d[0] - b[0]) / 6, c[1] - (d[1] - b[1]) / 6)
        pieces.append((b, lead, trail, c))
    return pieces


def sampled(pieces: Chain, steps: int = 6) -> list[Point]:
    """Return points along a chain, `steps` per piece, without repeats."""
    points: list[Point] = []
    for a, b, c, d in pieces:
        for step in range(steps + 1):
            t = step / steps
            u = 1 - t
            w = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
            point = (
                w[0] * a[0] + w[1] * b[0] + w[2] * c[0] + w[3] * d[0],
                w[0] * a[1] + w[1] * b[1] + w[2] * c[1] + w[3] * d[1],
            )
            if not points or math.dist(point, points[-1]) > 1e-4:
                points.append(point)
    return points


def lathe(*chains: Chain) -> str:
    """Return the body made by turning a profile (x = radius, y = height) round the y axis."""
    points = [f"<{max(x, 0):.4f},{y:.4f}>" for chain in chains for piece in chain for x, y in piece]
    return f"lathe {{ bezier_spline {len(points)}, " + ", ".join(points) + " }"


def vessel(outer: Sequence[Point], thickness: float = 0.07, base: float = 0.08) -> list[Chain]:
    """Return the closed profile of a vessel: outer wall upwards, rounded lip, inner wall down to the axis.

    outer: points of the outside, bottom to top; base: height of the inner floor.
    """
    inner: list[Point] = []
    for index, (x, y) in enumerate(outer):
        before, after = outer[max(index - 1, 0)], outer[min(index + 1, len(outer) - 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1
        inner.append((max(x - thickness * dy / length, 0.02), y + thickness * dx / length))
    inner = [point for point in inner if point[1] > base]
    (top_x, top_y), (in_x, in_y) = outer[-1], inner[-1]
    middle, quarter, rise = (top_x + in_x) / 2, (top_x - in_x) / 4, top_y + thickness * 0.42
    lip = [(top_x, top_y), (middle + quarter, rise), (middle - quarter, rise), (in_x, top_y)]
    if abs(in_y - top_y) > 1e-3:
        lip.append((in_x, in_y))
    foot, floor = (outer[0][0] * 0.92, outer[0][1]), inner[0]
    return [
        line((0, outer[0][1]), foot),
        curve(foot, *outer),
        curve(*lip),
        curve(*inner[::-1]),
        curve(floor, (floor[0] * 0.7, base), (floor[0] * 0.35, base), (0, base)),
    ]


def shell(outer: Sequence[Point], thickness: float = 0.07, base: float = 0.08) -> str:
    """Return a turned vessel of even thickness; see `vessel`."""
    return lathe(*vessel(outer, thickness, base))


def disc(radius: float, low: float, high: float, edge: float = 0.03) -> str:
    """Return a flat round body with rounded edges."""
    inset, near = radius - edge, edge * 0.29
    return lathe(
        line((0, low), (inset, low)),
        curve((inset, low), (radius - near, low + near), (radius, low + edge)),
        line((radius, low + edge), (radius, high - edge)),
        curve((radius, high - edge), (radius - near, high - near), (inset, high)),
        line((inset, high), (0, high)),
    )


def tube(points: Sequence[Vector], radius: float | Sequence[float], spline: str = "b_spline") -> str:
    """Return a round bar along the points; one radius for all, or one each."""
    radii = [radius] * len(points) if isinstance(radius, (int, float)) else list(radius)
    spheres = (f"{vector(point)},{size:.3f}" for point, size in zip(points, radii, strict=True))
    return f"sphere_sweep {{ {spline} {len(points)} " + ", ".join(spheres) + " tolerance 0.0005 }"


def beads(points: Sequence[Vector], radius: float) -> str:
    """Return a thin round bar along many close points; quicker to render than `tube`."""
    parts = [cylinder(start, end, radius) for start, end in itertools.pairwise(points)]
    return union(*parts, *(ball(point, radius) for point in points[1:]))


def rounded_box(low: Vector, high: Vector, radius: float) -> str:
    """Return a box whose edges and corners are rounded."""
    (x1, y1, z1), (x2, y2, z2), r = low, high, radius
    xs, ys, zs = (x1 + r, x2 - r), (y1 + r, y2 - r), (z1 + r, z2 - r)
    parts = [
        box((xs[0], y1, zs[0]), (xs[1], y2, zs[1])),
        box((x1, ys[0], zs[0]), (x2, ys[1], zs[1])),
        box((xs[0], ys[0], z1), (xs[1], ys[1], z2)),
    ]
    parts += [cylinder((xs[0], y, z), (xs[1], y, z), r) for y in ys for z in zs]
    parts += [cylinder((x, ys[0], z), (x, ys[1], z), r) for x in xs for z in zs]
    parts += [cylinder((x, y, zs[0]), (x, y, zs[1]), r) for x in xs for y in ys]
    parts += [ball((x, y, z), r) for x in xs for y in ys for z in zs]
    return union(*parts)


def slab(points: Sequence[Point], low: float, high: float) -> str:
    """Return a flat outline in x and z (smooth, closed), with thickness from low to high."""
    ring = [points[-1], *points, points[0], points[1]]
    listed = ", ".join(f"<{x:.4f},{z:.4f}>" for x, z in ring)
    return f"prism {{ linear_sweep cubic_spline {low:g}, {high:g}, {len(ring)}, {listed} }}"


def vector(point: Vector) -> str:
    """Return a point as POV-Ray writes it."""
    return "<{:.3f},{:.3f},{:.3f}>".format(*point)


def box(low: Vector, high: Vector) -> str:
    """Return a box between two corners."""
    return f"box {{ {vector(low)},{vector(high)} }}"


def cylinder(start: Vector, end: Vector, radius: float) -> str:
    """Return a round bar with flat ends."""
    return f"cylinder {{ {vector(start)},{vector(end)},{radius:.4f} }}"


def cone(start: Vector, start_radius: float, end: Vector, end_radius: float) -> str:
    """Return a tapered bar with flat ends."""
    return f"cone {{ {vector(start)},{start_radius:.4f},{vector(end)},{end_radius:.4f} }}"


def ball(centre: Vector, radius: float, stretch: Vector = (1, 1, 1)) -> str:
    """Return a sphere, stretched along the axes about its centre."""
    return f"sphere {{ 0,{radius:.4f} scale {vector(stretch)} translate {vector(centre)} }}"


def ring(radius: float, thickness: float, height: float) -> str:
    """Return a lying ring of round section."""
    return f"torus {{ {radius:.4f},{thickness:.4f} translate y*{height:.4f} }}"


def union(*parts: str) -> str:
    """Return several shapes as one."""
    return parts[0] if len(parts) == 1 else "union { " + " ".join(parts) + " }"


def cut(body: str, *tools: str) -> str:
    """Return a body with the tools taken away from it."""
    return f"difference {{ {body} {' '.join(tools)} }}"


def common(*parts: str) -> str:
    """Return what all shapes share."""
    return "intersection { " + " ".join(parts) + " }"


def paint(shape: str, material: str) -> str:
    """Return a shape with a surface."""
    return f"object {{ {shape} {material} }}"


def place(thing: str, at: Vector = (0, 0, 0), *, turn: float = 0, tilt: Vector = (0, 0, 0), size: float = 1) -> str:
    """Return a thing scaled, tilted (degrees about x, y, z), turned about y, then moved."""
    moves = f"scale {size:g} rotate {vector(tilt)} rotate y*{turn:g} translate {vector(at)}"
    return f"union {{ {thing} {moves} }}"
