"""How long disks keep data: the chain's mean time beside the exact solution of its linear system."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg

from simulations.engine import parameters
from simulations.engine.durability import HOURS_A_YEAR, Group
from simulations.engine.functions import FUNCTIONS
from simulations.engine.models import disk_loss
from simulations.engine.models.disk_loss import Parameters


def figures(**changes):
    result = disk_loss.evaluate(parameters.parse(Parameters, changes))
    return {figure.name: figure.value for figure in result.figures}


def solved(group):
    """Return the mean hours to absorption by Gauss's elimination of the chain's equations in exact fractions."""
    fails, repaired = 1 / Fraction(group.mttf_hours), 1 / Fraction(group.repair_hours)
    shared = Fraction(group.shared)
    states = group.disks - group.needed + 1
    rows = []
    for failed in range(states):
        up, down, common = (group.disks - failed) * (1 - shared) * fails, failed * repaired, shared * fails
        row = [Fraction(0)] * states + [Fraction(1)]
        row[failed] = up + down + common
        if failed > 0:
            row[failed - 1] = -down
        if failed + 1 < states:
            row[failed + 1] = -up
        rows.append(row)
    for place in range(states):
        for other in range(states):
            if other != place and rows[other][place]:
                factor = rows[other][place] / rows[place][place]
                rows[other] = [one - factor * two for one, two in zip(rows[other], rows[place], strict=True)]
    return float(rows[0][-1] / rows[0][0])


@st.composite
def groups(draw):
    disks = draw(st.integers(1, 12))
    return Group(
        disks=disks,
        needed=draw(st.integers(1, disks)),
        mttf_hours=draw(st.floats(1e3, 2e6)),
        repair_hours=draw(st.floats(0.1, 2_000.0)),
        shared=draw(st.just(0.0) | st.floats(0.0, 1.0)),
    )


class TestAnchors:
    def test_pair_and_five_thousand_of_them(self):
        found = figures()
        assert found["shortcut"] == pytest.approx(164_250.0)
        assert round(found["first_loss"], 1) == 32.9
        assert found["group_loss"] == pytest.approx((3 * 24 + 30 * 8_760) * 30 / 48)

    def test_function_agrees(self):
        assert FUNCTIONS["group_loss_years"].call(2, 1, 30, 1) == pytest.approx(164_295.0)
        assert "164,295 years" in FUNCTIONS["group_loss_years"].explain(2, 1, 30, 1)
        with pytest.raises(ValueError, match="needed must lie between 1 and 2; you gave 3"):
            FUNCTIONS["group_loss_years"].call(2, 3, 30, 1)

    def test_no_number_of_copies_outlasts_the_common_cause(self):
        limit = 30 / 0.01
        assert figures(shared=1, disks=2)["group_loss"] < figures(shared=1, disks=20)["group_loss"] <= limit * 1.001

    def test_refuses_to_need_more_disks_than_there_are(self):
        with pytest.raises(
            parameters.InvalidParameters, match="needed must not exceed the group's 2 disks; you gave 3"
        ):
            parameters.parse(Parameters, {"needed": 3})


class TestAgainstTheLinearSystem:
    @settings(max_examples=60, deadline=None)
    @given(groups())
    def test_mean_is_exact(self, group):
        assert group.mean_hours_to_loss == pytest.approx(solved(group), rel=1e-9)

    @settings(max_examples=40, deadline=None)
    @given(groups())
    def test_more_disks_and_quicker_repair_never_hurt(self, group):
        mean = group.mean_hours_to_loss * (1.0 - 1e-9)
        for better in (
            Group(group.disks + 1, group.needed, group.mttf_hours, group.repair_hours, group.shared),
            Group(group.disks, group.needed, group.mttf_hours, 0.5 * group.repair_hours, group.shared),
        ):
            assert better.mean_hours_to_loss >= mean or group.disks == group.needed

    @settings(max_examples=40, deadline=None)
    @given(groups())
    def test_less_in_common_never_hurts_where_one_copy_is_enough(self, group):
        # Where many are needed it may: of ten that fail apart the first two come sooner than one failure of all.
        mean = Group(group.disks, 1, group.mttf_hours, group.repair_hours, group.shared).mean_hours_to_loss
        apart = Group(group.disks, 1, group.mttf_hours, group.repair_hours, 0.5 * group.shared)
        assert apart.mean_hours_to_loss >= mean * (1.0 - 1e-9)

    @pytest.mark.parametrize("changes", [{}, {"mttf": 0.5, "repair": 2_000}, {"disks": 4, "mttf": 1, "repair": 500}])
    def test_chance_of_a_loss_is_never_understated_before_the_mean(self, changes):
        settings_ = parameters.parse(Parameters, {**changes, "groups": 1})
        group = settings_.group
        states = group.disks - group.needed + 1
        rates = np.zeros((states + 1, states + 1))
        for failed in range(states):
            rates[failed, failed + 1] = (group.disks - failed) / group.mttf_hours
            if failed:
                rates[failed, failed - 1] = failed / group.repair_hours
            rates[failed, failed] = -rates[failed].sum()
        for share in (0.05, 0.3, 0.9):
            years = share * group.mean_hours_to_loss / HOURS_A_YEAR
            exact = linalg.expm(rates * years * HOURS_A_YEAR)[0, -1]
            stated = -math.expm1(-share)
            assert exact <= stated * (1.0 + 1e-9)
            if not changes:
                assert exact == pytest.approx(stated, rel=1e-3)
