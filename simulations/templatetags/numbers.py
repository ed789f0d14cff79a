"""Numbers in templates as script writes them."""

from __future__ import annotations

from django import template

from simulations.selectors.numbers import in_table, range_with_unit, with_unit

register = template.Library()
register.filter("in_table", in_table)
register.filter("with_unit", with_unit)
register.simple_tag(range_with_unit)
