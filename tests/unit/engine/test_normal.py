"""The standard normal distribution, held against scipy."""

import numpy as np
import pytest
from scipy import stats

from simulations.engine import normal


class TestTails:
    def test_upper_tail_agrees_with_scipy_down_to_1e_300(self):
        x = np.linspace(-37.0, 37.0, 40_001)
        np.testing.assert_allclose(normal.sf(x), stats.norm.sf(x), rtol=5e-13)

    def test_lower_tail_agrees_with_scipy_down_to_1e_300(self):
        x = np.linspace(-37.0, 37.0, 40_001)
        np.testing.assert_allclose(normal.cdf(x), stats.norm.cdf(x), rtol=5e-13)

    def test_is_accurate_on_both_sides_of_each_approximation(self):
        x = np.array([0.67448975, 5.656854249492381])
        x = np.concatenate([np.nextafter(x, 0.0), x, np.nextafter(x, 9.0)])
        np.testing.assert_allclose(normal.sf(x), stats.norm.sf(x), rtol=1e-14)

    def test_understands_infinities(self):
        assert normal.sf([np.inf, -np.inf]).tolist() == [0.0, 1.0]

    def test_keeps_the_shape(self):
        assert normal.sf(np.zeros((3, 2))).shape == (3, 2)
        assert normal.sf(0.0).shape == ()

    def test_density_agrees_with_scipy(self):
        x = np.linspace(-9.0, 9.0, 1_001)
        np.testing.assert_allclose(normal.density(x), stats.norm.pdf(x), rtol=1e-13)


class TestQuantiles:
    def test_upper_quantile_agrees_with_scipy(self):
        p = np.concatenate([np.logspace(-300.0, -1.0, 10_001), np.linspace(0.001, 0.999, 4_001)])
        np.testing.assert_allclose(normal.upper_quantile(p), stats.norm.isf(p), rtol=1e-14, atol=1e-15)

    def test_quantile_is_the_mirror_image(self):
        q = np.linspace(0.001, 0.999, 999)
        np.testing.assert_allclose(normal.quantile(q), stats.norm.ppf(q), rtol=1e-13, atol=1e-15)

    def test_ends_are_infinite(self):
        assert normal.upper_quantile([0.0, 1.0]).tolist() == [np.inf, -np.inf]

    @pytest.mark.parametrize("p", [1e-200, 1e-9, 0.075, 0.3, 0.5, 0.9])
    def test_inverts_the_tail(self, p):
        assert normal.sf(normal.upper_quantile(p)) == pytest.approx(p, rel=1e-12)
