"""Shapes no lathe can make: warped vessels, lofted tools, cushions and folded cloth, as smooth triangle meshes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from tools.pictures.shapes import Chain, Point, Vector, sampled

Grid = list[list[Vector]]
Warp = Callable[[float, float, float], Vector]


def _minus(a: Vector, b: Vector) -> Vector:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def _cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def _normal(grid: Grid, row: int, column: int, *, is_ring: bool) -> Vector:
    """Return the direction across the sheet at one knot, from its neighbours."""
    last, width = len(grid) - 1, len(grid[0])
    left, right = (column - 1, column + 1) if is_ring else (max(column - 1, 0), min(column + 1, width - 1))
    along = _minus(grid[row][right % width], grid[row][left % width])
    up = _minus(grid[min(row + 1, last)][column], grid[max(row - 1, 0)][column])
    found = _cross(along, up)
    length = math.hypot(*found)
    return (found[0] / length, found[1] / length, found[2] / length) if length > 1e-9 else (0.0, 1.0, 0.0)


def mesh(grid: Grid, *, is_ring: bool = False) -> str:
    """Return a smooth surface through a grid of points; is_ring joins each row's end to its start."""
    width = len(grid[0])
    spans = width if is_ring else width - 1
    knots = [point for row in grid for point in row]
    normals = [_normal(grid, r, c, is_ring=is_ring) for r in range(len(grid)) for c in range(width)]
    faces: list[str] = []
    for row in range(len(grid) - 1):
        for column in range(spans):
            here, beside = row * width + column, row * width + (column + 1) % width
            faces.append(f"<{here},{beside},{beside + width}>")
            faces.append(f"<{here},{beside + width},{here + width}>")
    listed = ("<{:.4f},{:.4f},{:.4f}>".format(*v) for v in knots)
    leaning = ("<{:.3f},{:.3f},{:.3f}>".format(*v) for v in normals)
    return (
        f"mesh2 {{ vertex_vectors {{ {len(knots)}, {','.join(listed)} }} "
        f"normal_vectors {{ {len(normals)}, {','.join(leaning)} }} "
        f"face_indices {{ {len(faces)}, {','.join(faces)} }} }}"
    )


def turned(chains: Sequence[Chain], warp: Warp, sides: int = 96) -> str:
    """Return a turned body pushed out of round: warp(radius, height, angle in radians) gives each point."""
    profile = sampled([piece for chain in chains for piece in chain])
    grid = [[warp(radius, height, 2 * math.pi * side / sides) for side in range(sides)] for radius, height in profile]
    return mesh(grid, is_ring=True)


def ribbon(path: Sequence[Point], thickness: float, depth: float) -> str:
    """Return cloth of even thickness that follows a path in x and y, `depth` wide along z, with soft long edges.

    The sheet is closed all round: its section is a flattened ring.
    """
    sections: Grid = []
    edge = thickness / 2
    rim = [(0.0, depth / 2), (0.7, depth / 2 - edge * 0.3), (1.0, depth / 2 - edge)]
    around = [*rim, *((1.0, z) for z in (0.0,)), *((s, -z) for s, z in reversed(rim))]
    outline = [*around, *((-s, z) for s, z in reversed(around[1:-1]))]
    for index, (x, y) in enumerate(path):
        before, after = path[max(index - 1, 0)], path[min(index + 1, len(path) - 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1
        across = (-dy / length * edge, dx / length * edge)
        sections.append([(x + side * across[0], y + side * across[1], z) for side, z in outline])
    closed = [[_centre(sections[0])] * len(outline), *sections, [_centre(sections[-1])] * len(outline)]
    return mesh(closed, is_ring=True)


def _centre(points: Sequence[Vector]) -> Vector:
    count = len(points)
    return (sum(p[0] for p in points) / count, sum(p[1] for p in points) / count, sum(p[2] for p in points) / count)


def loft(sections: Sequence[Sequence[Vector]]) -> str:
    """Return a body through closed sections of equal point count, closed at both ends."""
    count = len(sections[0])
    rows: Grid = [[_centre(sections[0])] * count, *(list(s) for s in sections), [_centre(sections[-1])] * count]
    return mesh(rows, is_ring=True)


def fold(width: float, layers: int, thickness: float, gap: float = 0.012) -> list[Point]:
    """Return the path of a cloth folded to and fro: `layers` sheets of `width`, lowest first, from y = 0 up."""
    step = thickness + gap
    radius, path = step / 2, []
    for layer in range(layers):
        y = thickness / 2 + layer * step
        side = 1 if layer % 2 == 0 else -1
        reach = width / 2 - radius
        path += [(side * (-reach + 2 * reach * k / 14), y) for k in range(15)]
        if layer < layers - 1:
            turns = [math.pi * k / 8 for k in range(1, 8)]
            path += [(side * (reach + radius * math.sin(t)), y + radius * (1 - math.cos(t))) for t in turns]
    return path


def roll(turns: float, thickness: float, tail: float) -> list[Point]:
    """Return the path of a cloth rolled up `turns` times, whose free end lies flat for `tail` units along x."""
    pitch, core = thickness * 1.12, 0.06
    outer = core + pitch * turns
    count = round(turns * 28)
    path: list[Point] = []
    for step in range(count + 1):
        share = step / count
        angle = -math.pi / 2 - 2 * math.pi * turns * (1 - share)
        radius = core + (outer - core) * share
        path.append((radius * math.cos(angle), outer + thickness / 2 + radius * math.sin(angle)))
    return path + [(tail * k / 20, thickness / 2) for k in range(1, 21)]


def cushion(width: float, height: float, depth: float, knots: int = 36) -> tuple[str, list[Vector]]:
    """Return a plump square pillow standing in the x-y plane, and the line of its seam.

    depth: thickness in the middle; corners stay sharp and the sides draw in, as on a stuffed cover.
    """

    def knot(u: float, v: float, side: int) -> Vector:
        x = u * width / 2 * (1 - 0.075 * (1 - v * v))
        y = v * height / 2 * (1 - 0.075 * (1 - u * u))
        plump = max((1 - u * u) * (1 - v * v), 0) ** 0.42
        return (x, y, side * depth / 2 * plump)

    marks = [-1 + 2 * k / knots for k in range(knots + 1)]
    marks = [math.copysign(1 - (1 - abs(m)) ** 1.5, m) for m in marks]
    sheets = [mesh([[knot(u, v, side) for u in marks] for v in marks]) for side in (1, -1)]
    seam = [knot(u, -1, 1) for u in marks] + [knot(1, v, 1) for v in marks[1:]]
    seam += [knot(u, 1, 1) for u in marks[-2::-1]] + [knot(-1, v, 1) for v in marks[-2::-1]]
    return "union { " + " ".join(sheets) + " }", seam
