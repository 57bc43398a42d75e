"""A layered layout: who is referred to stands left of who refers; lines run where no box can be.

Boxes stand in columns with a gutter between each two. A vertical piece of a line is in a gutter, on a lane of its own;
a horizontal piece that passes a column has a place of its own in that column, as if it were a low box. So no line can
cross a box. Lines to the same table from the same side share a trunk.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

WIDTH, GAP, LANE, MARGIN, AIR = 270, 24, 10, 24, 26
_SWEEPS = 6


class Line(NamedTuple):
    """From a point of `child`'s side to one of `parent`'s: offsets from the top of each box."""

    child: str
    parent: str
    child_offset: int
    parent_offset: int


class Box(NamedTuple):
    """Where a table stands."""

    x: int
    y: int
    width: int
    height: int


class Layout(NamedTuple):
    """Where everything is, in pixels; `paths` in the order of the lines given, from child to parent."""

    boxes: dict[str, Box]
    paths: list[list[tuple[int, int]]]
    width: int
    height: int


_Trunk = tuple[str, bool, int]
"""What is shared: the parent, whether it is reached at its right side, and at what offset."""
_Item = str | _Trunk


def lay_out(heights: Mapping[str, int], lines: Sequence[Line]) -> Layout:
    """Place boxes of these heights, and lead the lines. The same input gives the same layout."""
    names = sorted(heights)
    column_of = _columns(names, heights, lines)
    columns: list[list[_Item]] = [[] for _ in range(max(column_of.values(), default=-1) + 1)]
    for name in names:
        columns[column_of[name]].append(name)
    passing: dict[int, dict[_Trunk, None]] = defaultdict(dict)
    for line in lines:
        first, last = sorted((column_of[line.child], column_of[line.parent]))
        for column in range(first + 1, last):
            passing[column][_trunk(line, column_of)] = None
    for column, trunks in passing.items():
        columns[column].extend(trunks)
    _order(columns, lines, column_of)
    tops = _tops(columns, heights)
    return _lead(columns, tops, heights, lines, column_of)


def _trunk(line: Line, column_of: Mapping[str, int]) -> _Trunk:
    return line.parent, column_of[line.child] >= column_of[line.parent], line.parent_offset


def _columns(names: list[str], heights: Mapping[str, int], lines: Sequence[Line]) -> dict[str, int]:
    parents: dict[str, set[str]] = {name: set() for name in names}
    for line in lines:
        if line.child != line.parent:
            parents[line.child].add(line.parent)
    layer = _layers(names, parents)
    related = {name for line in lines if line.child != line.parent for name in (line.child, line.parent)}
    total = sum(heights[name] + GAP for name in names)
    limit = max([sqrt(total * (WIDTH + 60) / 1.5), *(heights[name] + GAP for name in names)])
    layers: dict[int, list[str]] = defaultdict(list)
    for name in names:
        layers[layer[name] if name in related else len(names)].append(name)
    column_of: dict[str, int] = {}
    column = -1
    for _, members in sorted(layers.items()):
        filled = limit + 1.0
        for name in members:
            if filled + heights[name] + GAP > limit:
                column, filled = column + 1, 0.0
            column_of[name] = column
            filled += heights[name] + GAP
    return column_of


def _layers(names: list[str], parents: Mapping[str, set[str]]) -> dict[str, int]:
    """One more than the highest parent. What closes a cycle does not count. No recursion: chains are long."""
    layer: dict[str, int] = {}
    for root in names:
        stack, open_ = [root], {root: None}
        while stack:
            name = stack[-1]
            waiting = [] if name in layer else sorted(p for p in parents[name] if p not in layer and p not in open_)
            if waiting:
                stack.append(waiting[0])
                open_[waiting[0]] = None
                continue
            if name not in layer:
                layer[name] = max((layer[p] + 1 for p in parents[name] if p in layer), default=0)
            stack.pop()
            open_.pop(name, None)
    return layer


def _order(columns: list[list[_Item]], lines: Sequence[Line], column_of: Mapping[str, int]) -> None:
    beside: dict[tuple[int, _Item], set[tuple[int, _Item]]] = defaultdict(set)
    for line in lines:
        first, last = sorted((column_of[line.child], column_of[line.parent]))
        ends = {column_of[line.child]: line.child, column_of[line.parent]: line.parent}
        trunk = _trunk(line, column_of)
        way = [(column, ends.get(column, trunk)) for column in range(first, last + 1)]
        for one, other in pairwise(way):
            beside[one].add(other)
            beside[other].add(one)
    for sweep in range(_SWEEPS):
        indices = range(len(columns)) if sweep % 2 == 0 else range(len(columns) - 1, -1, -1)
        for index in indices:
            side = index - 1 if sweep % 2 == 0 else index + 1
            if 0 <= side < len(columns):
                rank = {(side, item): n / max(1, len(columns[side])) for n, item in enumerate(columns[side])}
                own = {item: n / len(columns[index]) for n, item in enumerate(columns[index])}

                def wanted(
                    item: _Item,
                    index: int = index,
                    rank: Mapping[tuple[int, _Item], float] = rank,
                    own: Mapping[_Item, float] = own,
                ) -> tuple[float, str]:
                    near = sorted(rank[other] for other in beside[index, item] if other in rank)
                    return (sum(near) / len(near) if near else own[item]), str(item)

                columns[index].sort(key=wanted)


def _tops(columns: list[list[_Item]], heights: Mapping[str, int]) -> list[dict[_Item, int]]:
    tops: list[dict[_Item, int]] = []
    for items in columns:
        y, at = MARGIN, {}
        for n, item in enumerate(items):
            is_box = isinstance(item, str)
            if n and (is_box or isinstance(items[n - 1], str)):
                y += GAP
            at[item] = y
            y += heights[item] if isinstance(item, str) else LANE
        tops.append(at)
    return tops


def _lead(
    columns: list[list[_Item]],
    tops: list[dict[_Item, int]],
    heights: Mapping[str, int],
    lines: Sequence[Line],
    column_of: Mapping[str, int],
) -> Layout:
    used: dict[int, dict[_Trunk, int]] = defaultdict(dict)
    for line in lines:
        start, end = column_of[line.child], column_of[line.parent]
        for gutter in _gutters(start, end):
            lanes = used[gutter]
            lanes.setdefault(_trunk(line, column_of), len(lanes))
    lefts, x = [], MARGIN
    for column in range(len(columns)):
        lefts.append(x)
        x += WIDTH + (2 * AIR + LANE * max(0, len(used[column]) - 1) if used[column] else 2 * AIR)
    boxes = {
        name: Box(lefts[column_of[name]], tops[column_of[name]][name], WIDTH, heights[name]) for name in sorted(heights)
    }
    paths = []
    for line in lines:
        start, end = column_of[line.child], column_of[line.parent]
        trunk = _trunk(line, column_of)
        is_left = end < start  # of the child
        y = boxes[line.child].y + line.child_offset
        path = [(lefts[start] + (0 if is_left else WIDTH), y)]
        gutters = _gutters(start, end)
        for n, gutter in enumerate(gutters):
            lane = lefts[gutter] + WIDTH + AIR + LANE * used[gutter][trunk]
            if n == len(gutters) - 1:
                following = boxes[line.parent].y + line.parent_offset
            else:
                following = tops[gutter if is_left else gutter + 1][trunk] + LANE // 2
            path += [(lane, y), (lane, following)]
            y = following
        path.append((lefts[end] + (WIDTH if trunk[1] else 0), y))
        paths.append(path)
    bottom = max((box.y + box.height for box in boxes.values()), default=0)
    lowest = max((y for path in paths for _, y in path), default=0)
    return Layout(boxes, paths, x + MARGIN - AIR, max(bottom, lowest) + MARGIN)


def _gutters(start: int, end: int) -> list[int]:
    """The gutters that a line passes, in its order; a gutter has the number of the column left of it."""
    if end < start:
        return list(range(start - 1, end - 1, -1))
    return list(range(start, end)) or [start]
