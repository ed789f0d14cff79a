"""Which numbers in prose need an origin, and which speak for themselves."""

from __future__ import annotations

import pytest

from lessons.content.numbers import unmarked_number


class TestUnmarkedNumber:
    @pytest.mark.parametrize(
        "text",
        [
            "No digit at all",
            "p99 and p99.9, p50/p99.",
            "the 99th percentile, the 1st and the 2nd",
            "HTTP/2, SHA-256, M/M/1, S3, EC2 and r6g.16xlarge",
            "in 1999 and in 2013, Dean and Barroso (2013)",
            "on 21 March 2021",
            "a 503, a 500, HTTP 200, status 404, or 5xx",
            "chapter 3, section 2.1 and 2.2, steps 1 to 4",
        ],
    )
    def test_passes_over_what_speaks_for_itself(self, text):
        assert unmarked_number(text) is None

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("20 calls", "20"),
            ("about 13.5 ms", "13.5"),
            ("1,000 requests.", "1,000"),
            ("costs $54.60", "$54.60"),
            ("3x slower", "3"),
            ("99% of them", "99"),
            ("500 requests", "500"),
            ("a 200 requests", "200"),
            ("2000.5 of it", "2000.5"),
            ("in 2013 there were 7", "7"),
            ("٣ calls", "٣"),
        ],
    )
    def test_finds_the_first_without_an_origin(self, text, number):
        assert unmarked_number(text) == number
