#!/usr/bin/python3
"""hallsim against queueing theory (theory.py), and the formulas against each other where one contains the other."""
import json
import os
import sys

import pytest

import theory

BUILD = os.environ.get("top_builddir", ".")
SOURCE = os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__), "../.."))
CUSTOMERS = 2000000 if os.environ.get("HALLD_LONG") else 200000
CASES = {case.name: case for case in theory.cases()}


def hall():
    with open(os.path.join(SOURCE, "packaging/demo/unified-12.json"), encoding="utf-8") as f:
        return json.load(f)


@pytest.mark.parametrize("name", CASES)
def test_hallsim_agrees(name):
    for result in theory.compare(os.path.join(BUILD, "hallsim"), hall(), CASES[name], CUSTOMERS):
        print(f"{result.statistic}: {result.exact:.5f}, simulated {result.simulated:.5f} +- {result.error:.5f}")
        assert abs(theory.off_by(result)) <= theory.MOST_ERRORS, result
        assert 0 < result.error < 0.25 * result.exact, f"says nothing: {result}"


def test_one_window_less_is_noticed():
    """The comparison can fail: twelve windows are not as good as theory says of thirteen."""
    case = theory.Case("M/M/12, 102/h", 12, 102)
    case.says("mean", theory.mmc_mean(13, case.arrivals, theory.SERVICE_MIN), theory.wait_of)
    case.says("P(W>0)", theory.erlang_c(13, case.arrivals, theory.SERVICE_MIN), theory.waited)
    for result in theory.compare(os.path.join(BUILD, "hallsim"), hall(), case, 200000):
        assert theory.off_by(result) > theory.MOST_ERRORS, result


@pytest.mark.parametrize("load", [0.1, 0.5, 0.8, 0.95])
def test_the_formulas_contain_each_other(load):
    c, service = 12, theory.SERVICE_MIN
    one, many = load / service, c * load / service
    assert theory.erlang_c(1, one, service) == pytest.approx(load)
    assert theory.mmc_mean(1, one, service) == pytest.approx(load * service / (1 - load))
    assert theory.pollaczek_khinchine(one, service, 1) == pytest.approx(theory.mmc_mean(1, one, service))
    assert theory.mdc_mean(1, one, service) == pytest.approx(theory.pollaczek_khinchine(one, service, 0))
    assert theory.mdc_mean(c, many, service) < theory.mmc_mean(c, many, service)
    endless = theory.erlang_a(c, many, service, 1e9)
    assert endless.mean == pytest.approx(theory.mmc_mean(c, many, service), rel=1e-4)
    assert endless.delayed == pytest.approx(theory.erlang_c(c, many, service), rel=1e-4)
    quantile = theory.mmc_quantile(1, one, service, 0.99)
    assert theory.erlang_c(1, one, service) * theory.math.exp(-(1 - load) / service * quantile) == \
        pytest.approx(min(0.01, load) if quantile else load)


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
