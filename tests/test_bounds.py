"""No test says how quick this machine has to be (docs/decisions/0023)."""

import ast
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
CLOCKS = {"monotonic", "perf_counter", "time"}
FIGURES = HERE / "figures"


def reads_clock(node: ast.expr) -> bool:
    """Say whether an expression is a time that has passed: a clock less a beginning."""
    return any(
        isinstance(part, ast.BinOp)
        and isinstance(part.op, ast.Sub)
        and isinstance(part.left, ast.Call)
        and isinstance(part.left.func, ast.Attribute)
        and part.left.func.attr in CLOCKS
        for part in ast.walk(node)
    )


def bounds(tree: ast.AST) -> Iterator[int]:
    """Find the lines that assert that so much time at most has passed."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assert) or not isinstance(node.test, ast.Compare):
            continue
        sides = [node.test.left, *node.test.comparators]
        for lower, operator, upper in zip(
            sides, node.test.ops, sides[1:], strict=False
        ):
            if isinstance(operator, ast.Gt | ast.GtE):
                lower = upper
            elif not isinstance(operator, ast.Lt | ast.LtE):
                continue
            if reads_clock(lower):
                yield node.lineno


def test_a_bound_on_elapsed_time_is_found() -> None:
    text = "begun = time.monotonic()\nassert time.monotonic() - begun < 3\n"
    assert list(bounds(ast.parse(text))) == [2]
    assert list(bounds(ast.parse("assert 3 > loop.time() - begun"))) == [1]
    assert not list(bounds(ast.parse("assert time.monotonic() < end")))
    assert not list(bounds(ast.parse("assert count <= 3 + time.monotonic() - begun")))


def test_no_test_bounds_elapsed_time() -> None:
    found = {
        f"{path.relative_to(HERE)}:{line}"
        for path in HERE.rglob("*.py")
        if FIGURES not in path.parents
        for line in bounds(ast.parse(path.read_text("utf-8")))
    }
    assert found == set(), "measure it in tests/figures, or compare with another figure"
