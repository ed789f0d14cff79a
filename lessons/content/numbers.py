"""Find numbers in prose that nobody answers for: neither computed by the engine nor marked with their origin."""

from __future__ import annotations

import re

MARKS = ("given", "cited", "illustrative")
"""Classes that say where a number comes from: assumed for the example, taken from a source, or made up to show."""

_STATUS_CODES = (
    "20[1246]|30[1234578]|40[1345689]|41[0235]|42[2589]|431|499|50[1-4]"  # round ones are numbers unless named as codes
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_EXEMPT = re.compile(
    rf"""
      (?<![\w.]) p\d+(?:\.\d+)? (?![\w])                                     # percentiles: p50, p99.9
    | (?<![\w.]) [A-Za-z][A-Za-z_/.+-]*\d[\w/+-]*(?:\.\w*[A-Za-z]\w*)*       # identifiers: HTTP/2, SHA-256, M/M/1
    | (?<![\w.,]) (?:19|20)\d\d (?![\w%]|[.,]\d)                             # years
    | (?<![\w.,]) (?:{_STATUS_CODES}|[1-5]xx) (?![\w%]|[.,]\d)               # HTTP status codes
    | \b (?:HTTP|status|code|codes|a|an) \s [1-5]\d\d (?![\w%]|[.,]\d|\s[a-z]+s\b)
    | (?<![\w.,]) \d+(?:st|nd|rd|th) \b                                      # ordinals: 99th
    | \b (?:[Cc]hapter|[Ss]ection|[Pp]art|[Ss]tep|[Qq]uestion|[Tt]able|[Ff]igure|[Cc]ase|[Ll]ine|[Rr]ule)s?
      \s \d+(?:\.\d+)* (?:(?:\s(?:and|or|to)\s|,\s|–)\d+(?:\.\d+)*)*         # references within a text
    | (?<![\w.,]) \d{{1,2}} \s (?:{_MONTHS}) \b                              # dates: 21 March 2021
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"[$€£]?\d[\d.,]*\d|[$€£]?\d")


def unmarked_number(text: str) -> str | None:
    """Return the first number of a text that is not exempt, or None.

    Exempt are percentiles, identifiers, years, HTTP status codes, ordinals, dates, and references such as "chapter 3".
    """
    found = _NUMBER.search(_EXEMPT.sub(" ", text))
    return found.group() if found else None
