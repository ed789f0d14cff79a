"""Turn the LaTeX of a formula into MathML."""

from __future__ import annotations

import re
from typing import Literal

from latex2mathml import converter

LONGEST_FORMULA = 500
DEEPEST_BRACES = 20

_MACRO = re.compile(r"\\[A-Za-z]+|\\.?")


class InvalidFormula(ValueError):
    """Says what is wrong with a formula."""


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
        mathml = converter.convert(latex, display=display)
    except Exception as error:
        raise InvalidFormula(f"${latex}$ cannot be read as a formula ({type(error).__name__}).") from error
    if unknown := _MACRO.search(mathml):
        raise InvalidFormula(f"{unknown.group()} in ${latex}$ is not a macro that can be shown here.")
    return str(mathml)
