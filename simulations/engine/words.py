"""Write figures as people read them."""

from __future__ import annotations


def milliseconds(value: float) -> str:
    """Return a time such as "28.5 ms" or "1,505 ms"."""
    return f"{value:,.0f} ms" if abs(value) >= 999.95 else f"{value:.1f} ms"


def percent(value: float) -> str:
    """Return a percentage such as "18.2%", with more digits close to 0 and to 100."""
    for digits in (1, 2, 3, 4):
        text = f"{value:.{digits}f}"
        if value in (0.0, 100.0) or float(text) not in (0.0, 100.0):
            break
    return f"{text}%"


def ordinal_percentile(q: float) -> str:
    """Return the name of the percentile at q in (0, 1), such as "p99.9"."""
    return f"p{float(f'{100.0 * q:.10g}'):.10g}"
