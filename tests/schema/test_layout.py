"""No boxes overlap, no line crosses a box, and the same input gives the same layout, whatever refers to what."""

from itertools import combinations, pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from freehold.schema.layout import Line, lay_out

HUNDRED = [(a, b) for a in range(100) for b in {a // 3, (a * 7) % 100}]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    size = draw(st.integers(1, 30))
    node = st.integers(0, size - 1)
    return size, draw(st.lists(st.tuples(node, node), max_size=60))


def drawn(graph: tuple[int, list[tuple[int, int]]]) -> tuple[dict[str, int], list[Line]]:
    size, edges = graph
    heights = {f"t{n}": 60 + 22 * (n * 5 % 9) for n in range(size)}
    lines = [Line(f"t{a}", f"t{b}", 36 + 22 * (n % 2), 40) for n, (a, b) in enumerate(edges)]
    return heights, lines


@settings(deadline=None)
@given(graphs())
@example((1, [(0, 0)]))
@example((3, [(0, 1), (1, 2), (2, 0)]))
@example((100, HUNDRED))
@example((100, [(n, 0) for n in range(100)]))
@example((100, [(n + 1, n) for n in range(99)]))
@example((100, []))
def test_boxes_and_lines_keep_clear_of_each_other(graph: tuple[int, list[tuple[int, int]]]):
    heights, lines = drawn(graph)
    layout = lay_out(heights, lines)
    assert layout.boxes.keys() == heights.keys()
    for a, b in combinations(layout.boxes.values(), 2):
        apart = a.x + a.width < b.x or b.x + b.width < a.x or a.y + a.height < b.y or b.y + b.height < a.y
        assert apart, (a, b)
    for line, path in zip(lines, layout.paths, strict=True):
        for (x1, y1), (x2, y2) in pairwise(path):
            assert x1 == x2 or y1 == y2
            for box in layout.boxes.values():
                inside_x = max(x1, x2) > box.x and min(x1, x2) < box.x + box.width
                inside_y = max(y1, y2) > box.y and min(y1, y2) < box.y + box.height
                assert not (inside_x and inside_y), (line, box)
        child, parent = layout.boxes[line.child], layout.boxes[line.parent]
        assert path[0][0] in (child.x, child.x + child.width)
        assert path[-1][0] in (parent.x, parent.x + parent.width)
        assert path[-1][1] == parent.y + line.parent_offset
        assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y in path)
    assert layout == lay_out(dict(reversed(list(heights.items()))), lines)
