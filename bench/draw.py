"""Draws how cost grows: small plots of points and the straight line through them, as plain SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 300, 240, 46, 44, 34


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: what stands on the x axis, and its points (x, processor seconds)."""

    label: str
    points: Sequence[tuple[float, float]]

    @property
    def line(self) -> tuple[float, float]:
        """Return intercept and slope of the least-squares line."""
        count = len(self.points)
        mean_x = sum(x for x, _ in self.points) / count
        mean_y = sum(y for _, y in self.points) / count
        spread = sum((x - mean_x) ** 2 for x, _ in self.points)
        slope = sum((x - mean_x) * (y - mean_y) for x, y in self.points) / spread
        return mean_y - slope * mean_x, slope

    @property
    def straightness(self) -> float:
        """Return the share of the variation that the straight line explains (R²)."""
        intercept, slope = self.line
        mean = sum(y for _, y in self.points) / len(self.points)
        left = sum((y - intercept - slope * x) ** 2 for x, y in self.points)
        return 1 - left / sum((y - mean) ** 2 for _, y in self.points)


def growth_svg(panels: Sequence[Panel]) -> str:
    """Return one SVG with the panels side by side."""
    drawn = "".join(_panel(panel, n * WIDTH) for n, panel in enumerate(panels))
    words = "; ".join(f"seconds against {p.label}, R² {p.straightness:.3f}" for p in panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * len(panels)} {HEIGHT}" '
        'role="img" font-family="sans-serif" font-size="11" fill="#212b32">\n'
        f"<title>Processor seconds grow in a straight line</title>\n<desc>{words}</desc>\n"
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n{drawn}</svg>\n'
    )


def _panel(panel: Panel, shift: int) -> str:
    most_x = max(x for x, _ in panel.points)
    most_y = max(y for _, y in panel.points) * 1.1
    base, right = HEIGHT - BOTTOM, WIDTH - 16

    def at(x: float, y: float) -> tuple[str, str]:
        across = shift + LEFT + (right - LEFT) * x / most_x
        return f"{across:.1f}", f"{base - (base - TOP) * y / most_y:.1f}"

    intercept, slope = panel.line
    (x1, y1), (x2, y2) = at(0, max(intercept, 0)), at(most_x, intercept + slope * most_x)
    dots = "".join(
        f'<circle cx="{a}" cy="{b}" r="3.5" fill="#005eb8"/>'
        for a, b in (at(x, y) for x, y in panel.points)
    )
    ticks = "".join(
        f'<text x="{at(x, 0)[0]}" y="{base + 14}" text-anchor="middle">{x:,.0f}</text>'
        for x in (0, most_x / 2, most_x)
    ) + "".join(
        f'<text x="{shift + LEFT - 5}" y="{at(0, y)[1]}" text-anchor="end">{y:.2g}</text>'
        for y in (0, most_y / 2, most_y)
    )
    return (
        f'<text x="{shift + LEFT}" y="18" font-weight="bold">processor seconds</text>\n'
        f'<path d="M{shift + LEFT} {TOP}V{base}H{shift + right}" fill="none" stroke="#4c6272"/>\n'
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#4c6272" stroke-dasharray="4 3"/>\n'
        f"{dots}\n{ticks}\n"
        f'<text x="{shift + (LEFT + right) // 2}" y="{HEIGHT - 10}" text-anchor="middle">'
        f"{panel.label}</text>\n"
    )
