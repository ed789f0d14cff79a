"""Turn the LaTeX of a formula into MathML."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from latex2mathml import converter

LONGEST_FORMULA: Final = 500
DEEPEST_BRACES: Final = 20
MOST_FORMULAS_KEPT: Final = 1_024

FORMULA: Final = r"""
      \$\$(?P<display>[^$\n]+)\$\$
    | \$(?![\s$])(?P<formula>(?:\\.|[^$\\\n])+?)(?<![\s\\])\$(?!\d)
"""
"""Finds a formula in a line of text, for a verbose pattern; an amount such as $40 is none, nor is $30 or $40."""

TAGS: Final = frozenset(
    """math mrow mi mo mn ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd
    mstyle mpadded mphantom menclose""".split()  # noqa: SIM905 - the names read better in a row
)
ATTRIBUTES: Final = {
    "math": frozenset({"display", "xmlns"}),
    "mfrac": frozenset({"linethickness"}),
    "mi": frozenset({"mathvariant"}),
    "mo": frozenset({"stretchy", "fence", "form", "separator", "minsize", "maxsize", "movablelimits"}),
    "mover": frozenset({"accent"}),
    "mspace": frozenset({"width"}),
    "mtable": frozenset({"columnalign", "rowspacing", "columnspacing"}),
    "munder": frozenset({"accentunder"}),
}
"""The elements of a formula and their attributes: what a cleaner of HTML has to let through."""

_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_JOINT: Final = "</mn><mrow><mo>&#x0002C;</mo></mrow><mn>"
"""How `1{,}000` is converted: two numbers with a comma between, which here is one."""

_MACRO = re.compile(r"\\[A-Za-z]+|\\.?")


class InvalidFormula(ValueError):
    """Says what is wrong with a formula."""


@lru_cache(maxsize=MOST_FORMULAS_KEPT)
def to_mathml(latex: str, display: Literal["inline", "block"] = "inline") -> str:
    """Return a formula as MathML; raises InvalidFormula for an unknown macro and for what cannot be read."""
    if len(latex) > LONGEST_FORMULA:
        raise InvalidFormula(f"A formula may have {LONGEST_FORMULA} characters; this has {len(latex)}.")
    depth = deepest = 0
    for character in latex:
        depth += {"{": 1, "}": -1}.get(character, 0)
        deepest = max(deepest, depth)
        if depth < 0:
            break
    if depth != 0 or deepest > DEEPEST_BRACES:
        raise InvalidFormula(f"The braces of ${latex}$ do not pair up, or are nested more than {DEEPEST_BRACES} deep.")
    # The converter raises what it likes on a formula that it cannot read.
    try:
        mathml = converter.convert(_THOUSANDS.sub("{,}", latex), display=display)
    except Exception as error:
        raise InvalidFormula(f"${latex}$ cannot be read as a formula ({type(error).__name__}).") from error
    if unknown := _MACRO.search(mathml):
        raise InvalidFormula(f"{unknown.group()} in ${latex}$ is not a macro that can be shown here.")
    return str(mathml).replace(_JOINT, ",")
