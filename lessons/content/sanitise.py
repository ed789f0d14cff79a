"""Let through only the HTML that the renderer makes: the last gate, whatever went wrong before it."""

from __future__ import annotations

import nh3

from quizzes.kinds import mathematics

_TAGS = mathematics.TAGS | frozenset(
    """a aside blockquote br button caption code dd div dl dt em h2 h3 h4 hr li ol p pre s section span strong
    sub sup table tbody td th thead tr ul""".split()  # noqa: SIM905 - the names read better in a row
)
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    attributes={
        "*": {"class", "id"},
        "a": {"href", "title"},
        "button": {"type", "popovertarget"},
        "div": {"role", "tabindex", "aria-labelledby"},
        "pre": {"tabindex"},
        "section": {"aria-labelledby"},
        "ol": {"start"},
        "span": {"popover"},
        "td": {"role", "data-label"},
        "th": {"scope", "role"},
        **{tag: {"role"} for tag in ("table", "tbody", "thead", "tr")},
        **{tag: set(names) for tag, names in mathematics.ATTRIBUTES.items()},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)


def sanitise(html: str) -> str:
    """Return the HTML without any element, attribute or address that lessons have no need of."""
    return _CLEANER.clean(html)
