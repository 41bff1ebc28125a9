#!/usr/bin/python3
"""Reports from the journal over HTTP: the order of a day, and the predictions held against what came of them."""
import csv
import io
import sys
import time

import pytest

from hall import SMALL_HALL, Hall

WITHIN_S = 20
COLUMNS = "date,queue,class,waits,free,mean_wait_s,mae_s,bias_s,under_p50_permille,under_p90_permille"


@pytest.fixture(scope="module", name="hall")
def a_day():
    """Two windows, nine tickets of which some were promised a wait, a call by name, a corrected class."""
    with Hall(settings=SMALL_HALL) as hall:
        clerk, kiosk = hall.client("clerk"), hall.client("kiosk")
        clerk.post("/windows/1/open")
        clerk.post("/windows/1/next")
        kiosk.ticket()
        clerk.post("/windows/1/start")
        hall.tickets = [promised(hall, who) for who in ("normal", "normal", "senior", "normal")]
        clerk.post(f"/tickets/{hall.tickets[0]['id']}/class", {"class": "senior", "reason": "71 岁"})
        clerk.post("/windows/1/finish", {"outcome": "handled"})
        assert clerk.post("/windows/1/call", {"ticket": hall.tickets[3]["id"], "reason": "抱病"}).status == 200
        clerk.post("/windows/1/start")
        clerk.post("/windows/1/finish", {"outcome": "handled"})
        for _ in range(3):
            clerk.post("/windows/1/next")
            assert clerk.post("/windows/1/start").status == 200
            clerk.post("/windows/1/finish", {"outcome": "handled"})
        yield hall


def promised(hall, who):
    """A ticket that says how long, once the forecast knows of those before."""
    end = time.monotonic() + WITHIN_S
    while not any(q.get("wait_p90_s") for q in hall.client().get("/board").body["queues"]):
        assert time.monotonic() < end
        time.sleep(0.05)
    ticket = hall.client("kiosk").post("/tickets", {"queue": "A", "class": who}).body
    assert ticket["wait_p90_s"] > 0
    return ticket


def test_the_order_of_the_day(hall):
    report = hall.admin().get("/reports/fairness").body
    assert report["as_of_seq"] == str(len(hall.events()))
    assert hall.admin().get(f"/reports/fairness?date={report['date']}").body == report
    by_class = {c["class"]: c for c in report["classes"]}
    assert by_class["normal"]["issued"] == 4 and by_class["senior"]["issued"] == 1
    assert by_class["normal"]["waits"] == 3 and by_class["senior"]["waits"] == 2
    assert by_class["normal"]["overtook"] == 3 == by_class["normal"]["overtook_most"]    # the call by name
    call, = report["manual_calls"]
    assert (call["number"], call["reason"], call["overtook"], call["window"]) == (hall.tickets[3]["number"], "抱病", 3, 1)
    assert call["actor"] == "device:clerk"
    change, = report["class_changes"]
    assert (change["from"], change["to"], change["reason"], change["ticket"]) == \
        ("normal", "senior", "71 岁", hall.tickets[0]["id"])
    assert report["grants"] == [{"class": "senior", "channel": "kiosk", "device": "kiosk", "tickets": 1}]
    assert len(report["longest_waits"]) == 5 and report["waited_long"] == 0
    assert all(w["state"] == "serving" for w in report["longest_waits"])


def test_the_predictions_are_graded_by_what_was_told(hall):
    """Services take moments here and an item is configured to take long: people were told too much."""
    report = hall.admin().get("/reports/forecast").body
    rows = {(r["queue"], r["class"]): r for r in report["rows"]}
    assert rows["A", "normal"]["waits"] == 2 and rows["A", "senior"]["waits"] == 1     # not the one whose class was corrected
    assert report["all"]["waits"] == 3 and report["all"]["under_p90_permille"] == 1000
    assert report["all"]["bias_s"] == report["all"]["mae_s"] > 0
    told = [t["wait_p50_s"] for t in (hall.tickets[1], hall.tickets[3])]
    assert abs(rows["A", "normal"]["bias_s"] + rows["A", "normal"]["mean_wait_s"] - sum(told) / 2) <= 2
    http = hall.admin().http
    http.request("GET", "/api/v1/reports/forecast?format=csv")
    answer = http.getresponse()
    assert answer.getheader("Content-Type").startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(answer.read().decode())))
    assert len(table) == len(report["rows"]) == 2 and list(table[0]) == COLUMNS.split(",")
    for line, row in zip(table, report["rows"]):
        assert line["date"] == row["date"] == report["from"]
        assert int(line["waits"]) == row["waits"] and line["queue"] == row["queue"]


def test_the_series_have_the_same_figures(hall):
    report = hall.admin().get("/reports/forecast").body["all"]

    def total(name):
        body = hall.admin().get(f"/series/{name}?step=60").body
        return sum(v or 0 for s in body["series"] for v in s["values"])
    assert total("predicted") == report["waits"]
    assert total("predicted_in_p90") == 3
    assert abs(total("predicted_over_ms") / 3000 - report["mae_s"]) <= 1
    assert total("predicted_short_ms") == 0


def test_days_without_anything(hall):
    assert hall.admin().get("/reports/forecast?from=2020-01-01&to=2020-01-31").body["rows"] == []
    assert hall.admin().get("/reports/fairness?date=2020-01-01").code == "NOT_FOUND"


@pytest.mark.parametrize("path, field", [
    ("/reports/fairness?date=yesterday", "date"), ("/reports/forecast?from=2026-13-01", "from"),
    ("/reports/forecast?from=2020-01-01&to=2020-02-01", "from"), ("/reports/forecast?from=2020-01-02&to=2020-01-01", "from"),
    ("/reports/forecast?format=xml", "format")])
def test_what_is_malformed_is_named(hall, path, field):
    answer = hall.admin().get(path)
    assert answer.status in (400, 422) and answer.code == "BAD_VALUE"
    assert answer.body["error"]["details"]["field"] == field


def test_only_managers_and_auditors_read_reports(hall):
    for path in ("/reports/fairness", "/reports/forecast"):
        assert hall.client().get(path).status == 401
        assert hall.client("clerk").get(path).status == 403
        assert hall.client("kiosk").get(path).status == 403


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
