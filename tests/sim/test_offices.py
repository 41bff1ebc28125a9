#!/usr/bin/python3
"""Two real offices (offices.py): played again as inferred, and predicted better than they predicted themselves."""
import os
import sys

import pytest

import forecast
import offices

BUILD = os.environ.get("top_builddir", ".")


@pytest.fixture(scope="module", params=offices.OFFICES)
def replayed(request):
    days, windows = offices.read(offices.OFFICES[request.param])
    return days, offices.predict(os.path.join(BUILD, "hallsim"), days, windows)


def test_the_replay_is_what_was_inferred(replayed):
    for visits, rows in zip(*replayed):
        for v, r in zip(visits, rows):
            assert (v.start is None) == (r["left"] == "1")
            if v.start is not None:
                assert float(r["wait"]) == pytest.approx(v.start - v.t0, abs=0.02)


def test_it_is_told_better_than_the_office_did(replayed):
    told = offices.graded(*replayed, 6)
    for name, f in told.items():
        print(name, f)
    assert told["rollout"].n > 4000
    assert told["rollout"].mae < 0.5 * told["printed"].mae
    assert told["rollout"].mae < told["last wait"].mae
    assert told["rollout"].p90 > 85


def test_the_inference_by_hand():
    rows = [offices.Row(0, 10, 2, 0, 7, 1), offices.Row(10, 20, 0, 2, 7, 1), offices.Row(20, 30, 2, 1, 7, 1),
            offices.Row(30, 40, -1, 0, 7, 1)]
    visits = offices.open_late(offices.infer("q", rows), 1)
    offices.give_services(visits, 1)
    gone, after = 40 - 2 * offices.JUST_MIN, 40 - offices.JUST_MIN
    assert [(v.t0, v.start, v.left, v.printed) for v in visits] == [
        (12.5, 12.5, None, 0), (12.5, 17.5, None, 7), (22.5, 25.0, None, 0), (27.5, None, gone, 0)]
    assert [v.service for v in visits] == pytest.approx([5.0, 7.5, after - 25, 0.0])
    two = offices.open_late(offices.infer("q", rows), 2)
    offices.give_services(two, 2)
    assert [(v.t0, v.start) for v in two[:3]] == [(12.5, 12.5), (17.5, 17.5), (22.5, 25.0)]
    assert [v.service for v in two[:2]] == pytest.approx([12.5, after - 17.5])    # both are busy while somebody waits
    assert forecast.figures([forecast.Person(0, 5, 9, 10), forecast.Person(0, 5, 9, 2)]) == (2, 6, 4, -100 / 6, 50, 50)


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
