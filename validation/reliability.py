"""Draws stated against observed probability, as plain SVG.

Run: python -m validation.reliability
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from pathlib import Path

from validation import population400
from validation.population400 import Stated, calibration_error, reliability

OUT = Path(__file__).resolve().parents[1] / "docs" / "validation" / "reliability.svg"
SIDE, LEFT, TOP, GAP = 300, 62, 46, 92  # pixels
WIDTH = LEFT + 2 * SIDE + GAP + 20
HEIGHT = TOP + SIDE + 62
STYLE = (
    "text{font:13px Arial,sans-serif;fill:#212b32}.t{font-size:15px;font-weight:bold}"
    ".s{font-size:11px;fill:#4c6272}.a{stroke:#768692;fill:none}.d{stroke:#768692;"
    "stroke-dasharray:4 4}.e{stroke:#005eb8;stroke-width:1.5}.p{fill:#005eb8;fill-opacity:.75}"
)


def interval(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of an observed share (Wilson)."""
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def panel(title: str, stated: Sequence[Stated], left: float) -> list[str]:
    """Return one plot: a point for each bin, its area by the number of cases, with its interval."""

    def x(p: float) -> str:
        return f"{left + p * SIDE:.1f}"

    def y(p: float) -> str:
        return f"{TOP + (1 - p) * SIDE:.1f}"

    error = calibration_error(stated)
    lines = [
        f'<text class="t" x="{left}" y="20">{title}</text>',
        f'<text class="s" x="{left}" y="37">expected calibration error {error:.4f}; '
        f"{len(stated):,} calls</text>",
        f'<rect class="a" x="{left}" y="{TOP}" width="{SIDE}" height="{SIDE}"/>',
        f'<line class="d" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>',
        f'<text x="{left + SIDE / 2}" y="{TOP + SIDE + 44}" text-anchor="middle">'
        "stated probability</text>",
        f'<text transform="translate({left - 42} {TOP + SIDE / 2}) rotate(-90)" '
        'text-anchor="middle">came true</text>',
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        down, beside = TOP + SIDE + 18, float(y(tick)) + 4
        lines += [
            f'<text class="s" x="{x(tick)}" y="{down}" text-anchor="middle">{tick}</text>',
            f'<text class="s" x="{left - 8}" y="{beside:.1f}" text-anchor="end">{tick}</text>',
        ]
    for said, true, count in reliability(stated):
        low, high = interval(true, count)
        radius = 2.5 + 1.2 * count**0.25
        lines += [
            f'<line class="e" x1="{x(said)}" y1="{y(low)}" x2="{x(said)}" y2="{y(high)}"/>',
            f'<circle class="p" cx="{x(said)}" cy="{y(true)}" r="{radius:.1f}">'
            f"<title>stated {said:.3f}, came true {true:.3f}, {count} calls</title></circle>",
        ]
    return lines


def main() -> int:
    """Write the plot; return 0."""
    found = [c for c in population400.cases() if c.finding.candidates]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="title">',
        '<title id="title">Stated against observed probability of diplotype and phenotype, '
        "population400</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *panel("Diplotype", population400.diplotypes_stated(found), LEFT),
        *panel("Phenotype", population400.phenotypes_stated(found), LEFT + SIDE + GAP),
        "</svg>",
    ]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(OUT)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
