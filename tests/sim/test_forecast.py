#!/usr/bin/python3
"""The figures that predicted waits must reach (forecast.py), and that the comparison can fail."""
import os
import sys

import pytest

import forecast

BUILD = os.environ.get("top_builddir", ".")
SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__), "../.."))
DAYS = 400 if os.environ.get("HALLD_LONG") else 60


@pytest.fixture(scope="module")
def told():
    lab = forecast.Lab(os.path.join(BUILD, "hallsim"), os.path.join(SOURCE, "packaging/demo/unified-27-groups.json"))
    return lab.days(DAYS)


def figures(told, name):
    f = forecast.figures([p for day in told[name] for p in day])
    print(name, f)
    return f


def test_the_mean_error_is_near_the_least_possible(told):
    learned, known, last = (figures(told, n) for n in ("rollout", "true law", "last wait"))
    assert learned.n > 300 * DAYS
    assert learned.mae <= 1.15 * known.mae
    assert learned.mae <= 0.6 * last.mae


def test_what_is_said_holds_as_often_as_it_says(told):
    for f in (figures(told, "rollout"), figures(told, "true law")):
        assert 47 <= f.p50 <= 53
        assert 88 <= f.p90 <= 92


def test_nobody_is_told_less_than_the_wait_on_average(told):
    for f in (figures(told, "rollout"), figures(told, "true law")):
        assert abs(f.bias) < 3


def test_simpler_means_are_worse(told):
    """If the last ten waits, or a place in the line, said it as well, there would be no need of a roll-out."""
    learned = figures(told, "rollout")
    for name in ("last wait", "last ten", "position"):
        assert figures(told, name).mae > 1.3 * learned.mae


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
