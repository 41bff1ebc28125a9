#!/usr/bin/python3
"""
Series over time: numbers that agree with what was done, files that the journal makes again with the same contents, and
a hall that goes on whatever happens to them. The hall's clock runs fast, so that minutes pass.
"""
import contextlib
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

import hall as halls
from hall import BUILD, HALLD, Hall, tmpfs

FAST = ["--clock-start", "2026-11-23T09:00:00+08:00", "--clock-rate", "3000"]     # a block of five minutes in 0.1 s
WITHIN_S = 20
PROMETHEUS = re.compile(r'^(?:# (?:HELP|TYPE) (halld_\w+) .+|(halld_\w+)(\{(?:\w+="[^"]*",?)+\})? -?[0-9.]+)$')


@pytest.fixture(scope="module", name="hall")
def busy_hall():
    with Hall(options=FAST) as hall:
        hall.worked = work(hall, 12)
        yield hall


def ask(hall, path, **headers):
    """Status, type and bytes, as the machine's own user."""
    http = hall.admin().http
    http.request("GET", path, headers=headers)
    answer = http.getresponse()
    return answer.status, answer.getheader("Content-Type"), answer.read()


def series(hall, path):
    status, _, body = ask(hall, "/api/v1/series/" + path)
    assert status == 200, body
    return json.loads(body)


def total(hall, path):
    return sum(v or 0 for s in series(hall, path)["series"] for v in s["values"])


def minute(hall):
    """The hall's time in minutes, from what the series say of now."""
    last = series(hall, "issued?step=60")["starts"][-1]
    return int(last[8:10]) * 1440 + int(last[11:13]) * 60 + int(last[14:16])


def work(hall, blocks):
    """Tickets taken and served while so many blocks of five minutes pass; how many were issued."""
    kiosk, clerk = hall.client("kiosk"), hall.client("clerk")
    clerk.post("/windows/1/open")
    issued, until = 0, minute(hall) + 5 * blocks
    while minute(hall) < until:
        for queue in "AAB":
            issued += kiosk.ticket(queue).status == 201
        if clerk.post("/windows/1/next", {"outcome": "handled"}).status != 200:
            clerk.post("/windows/1/next")
        clerk.post("/windows/1/start")
    return issued


def folder(hall):
    return os.path.join(hall.data, "rrd")


def files(hall):
    return sorted(f for f in os.listdir(folder(hall)) if f.endswith(".rrd") and f != "daemon.rrd")


def dump(hall):
    """Every file of a stopped hall as text."""
    paths = [os.path.join(folder(hall), f) for f in files(hall)]
    assert len(paths) == 15
    text = subprocess.run([os.path.join(BUILD, "tests/integration/rrd_dump"), *paths], check=True, capture_output=True,
                          text=True).stdout
    return re.sub(r"<!--.*?-->", "", text)


def rebuilt_dump(hall):
    """The same, of files that were all made again from the journal."""
    hall.start()
    done = subprocess.run([os.path.join(BUILD, "hallctl"), "--socket", os.path.join(hall.config["run_dir"], "http.sock"),
                           "rebuild-rrd"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert hall.stop() == 0
    return dump(hall)


def wait_until(true, what):
    end = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


# ---- what is asked

def test_counts_are_what_was_done(hall):
    for step in (60, 300, 3600, 86400):
        assert total(hall, f"issued?step={step}") == hall.worked
        assert total(hall, f"issued?step={step}&label=queue/*") == hall.worked
        assert total(hall, f"issued?step={step}&label=class/normal") == hall.worked
    assert total(hall, "waits?step=60") == sum(total(hall, f"{m}?step=300") for m in (
        "wait_0_1", "wait_1_3", "wait_3_5", "wait_5_10", "wait_10_20", "wait_20_30", "wait_30_60", "wait_60_up"))


def test_a_level_is_an_average_and_ends_as_the_hall_stands(hall):
    waiting = series(hall, "waiting?step=60")["series"][0]["values"]
    board = sum(q["waiting"] for q in hall.client().get("/board").body["queues"])
    assert 0 < waiting[-1] == pytest.approx(board, abs=10)      # the last minute's average
    assert max(v or 0 for v in series(hall, "window_open?step=300&label=window/1")["series"][0]["values"]) == 1
    assert not any(series(hall, "window_open?step=300&label=window/2")["series"][0]["values"])


def test_before_the_hall_began_nothing_is_known(hall):
    old = series(hall, "issued?from=2026-11-22&to=2026-11-23&step=3600")
    assert old["series"][0]["values"] == [None] * 24
    assert old["starts"][0] == "2026-11-22T00:00:00.000+08:00"
    days = series(hall, "issued?from=2026-11-20&step=86400")
    assert days["starts"][0] == "2026-11-20T00:00:00.000+08:00" and days["series"][0]["values"][-1] == hall.worked


def test_csv_has_the_same_figures(hall):
    path = "/api/v1/series/issued?label=queue/*&step=3600"
    for answer in (ask(hall, path + "&format=csv"), ask(hall, path, Accept="text/csv")):
        assert answer[0] == 200 and answer[1].startswith("text/csv")
        rows = list(csv.DictReader(answer[2].decode().splitlines()))
        assert list(rows[0]) == ["start", "A", "B"]
        assert sum(int(r["A"] or 0) + int(r["B"] or 0) for r in rows) == hall.worked


@pytest.mark.parametrize("path, status, code", [
    ("/series/nothing", 404, "NO_SERIES"), ("/series/issued?label=queue/Z", 404, "NO_SERIES"),
    ("/series/issued?label=window/1", 404, "NO_SERIES"), ("/series/issued?label=planet/1", 404, "NO_SERIES"),
    ("/series/overtakes?label=class/nobody", 404, "NO_SERIES"), ("/graphs/nothing.png", 404, "NO_SERIES"),
    ("/graphs/issued.gif", 404, "NOT_FOUND"), ("/graphs/issued", 404, "NOT_FOUND"),
    ("/series/issued?from=2026-11-23&to=2026-11-22", 422, "BAD_PERIOD"),
    ("/series/issued?from=2026-11-22&to=2026-11-22", 422, "BAD_PERIOD"),
    ("/series/issued?to=2099-01-01", 422, "NOT_YET"), ("/series/issued?from=2099-01-01&to=2099-01-02", 422, "NOT_YET"),
    ("/graphs/issued.svg?to=2099-01-01", 422, "NOT_YET"), ("/series/issued?step=7", 422, "BAD_VALUE"),
    ("/series/issued?step=x", 422, "BAD_VALUE"), ("/series/issued?from=yesterday", 422, "BAD_VALUE"),
    ("/series/issued?format=xml", 422, "BAD_VALUE"), ("/series/issued?from=2001-01-01&step=60", 413, "TOO_LARGE"),
    ("/graphs/issued.png?width=9", 422, "BAD_VALUE"), ("/series/issued?from=%FF", 400, "BAD_REQUEST")])
def test_what_cannot_be_answered_is_said_clearly(hall, path, status, code):
    for language, letters in (("zh-CN", r"[一-鿿]"), ("en", r"[a-z]{3}")):
        got, _, body = ask(hall, "/api/v1" + path, **{"Accept-Language": language})
        error = json.loads(body)["error"]
        assert (got, error["code"]) == (status, code)
        assert re.search(letters, error["message"])


def test_only_managers_look_back(hall):
    for path in ("/series", "/series/issued", "/graphs/issued.png"):
        assert hall.client().get(path).status == 401
        assert hall.client("kiosk").get(path).status == 403
    assert hall.client("clerk").post("/admin/rebuild-rrd").status == 403


def test_the_list_names_every_metric(hall):
    metrics = json.loads(ask(hall, "/api/v1/series")[2])["metrics"]
    assert len(metrics) > 50 and {"waiting", "issued", "wait_ms", "commits"} <= {m["name"] for m in metrics}
    for metric in metrics:
        scope = metric["of"][0]
        label = "" if scope in ("hall", "daemon") else f"?label={scope}/*"
        assert series(hall, metric["name"] + label)["unit"] == metric["unit"]


def test_prometheus_text_is_sound(hall):
    status, kind, body = ask(hall, "/metrics")
    assert status == 200 and kind.startswith("text/plain; version=0.0.4")
    seen, described = set(), {}
    for line in body.decode().splitlines():
        match = PROMETHEUS.match(line)
        assert match, line
        if line.startswith("# TYPE"):
            assert line not in described
            described[match.group(1)] = line.split()[-1]
        elif not line.startswith("#"):
            assert line.rsplit(" ", 1)[0] not in seen
            seen.add(line.rsplit(" ", 1)[0])
            name = re.sub(r"_(bucket|sum|count)$", "", match.group(2))
            assert described.get(match.group(2)) in ("counter", "gauge") or described[name] == "histogram", line
    assert re.search(rf"^halld_issued_total {hall.worked}$", body.decode(), re.M)
    assert re.search(r'^halld_waiting_by_queue\{queue="B"\} [0-9]+$', body.decode(), re.M)
    assert re.search(r"^halld_commits_total [1-9]", body.decode(), re.M)


def test_images_are_drawn(hall):
    status, kind, body = ask(hall, "/api/v1/graphs/issued.png?from=2026-11-23&step=300&width=600&height=200")
    assert (status, kind) == (200, "image/png") and body[:4] == b"\x89PNG"
    status, kind, body = ask(hall, "/api/v1/graphs/waiting.svg?label=queue/*&step=86400")
    assert (status, kind) == (200, "image/svg+xml") and b"<svg" in body[:300]


def test_a_helper_that_hangs_is_ended(tmp_path, monkeypatch):
    """5 s at most, then an error; the hall answers meanwhile."""
    shutil.copy(HALLD, tmp_path / "halld")
    helper = tmp_path / "hallgraph"
    helper.write_text(f"#!/bin/sh\necho $$ >{tmp_path}/pid\nexec sleep 600\n")
    helper.chmod(0o755)
    monkeypatch.setattr(halls, "HALLD", str(tmp_path / "halld"))
    with Hall(options=FAST) as hall:
        http = hall.admin().http
        began = time.monotonic()
        http.request("GET", "/api/v1/graphs/issued.png")
        assert hall.client("kiosk").ticket().status == 201
        assert time.monotonic() - began < 4
        answer = http.getresponse()
        assert answer.status == 503 and json.loads(answer.read())["error"]["code"] == "NO_GRAPH"
        assert time.monotonic() - began < 9
        assert not os.path.exists("/proc/" + (tmp_path / "pid").read_text().strip())


# ---- the files

def test_files_made_again_are_the_same():
    """Across a stop, a kill, and whatever was in memory then."""
    with Hall(options=FAST) as hall:
        issued = work(hall, 4)
        assert hall.stop() == 0
        hall.start()
        issued += work(hall, 4)
        hall.kill()
        hall.start()
        issued += work(hall, 3)
        assert total(hall, "issued?step=60") == issued
        assert hall.stop(signal.SIGTERM) == 0
        live = dump(hall)
        assert "rebuilt" not in hall.log()
        assert rebuilt_dump(hall) == live
        hall.start()
        assert total(hall, "issued?step=60") == issued


def spoil(path):
    with open(path, "r+b") as f:
        f.write(b"spoiled" * 100)


@pytest.mark.parametrize("damage", [
    lambda d: spoil(d + "/queue_A.rrd"), lambda d: os.truncate(d + "/hall.rrd", 5000), lambda d: os.remove(d + "/window_1.rrd"),
    lambda d: os.remove(d + "/stand"), shutil.rmtree])
def test_what_was_damaged_while_the_hall_was_down_is_made_again(damage):
    with Hall(options=FAST) as hall:
        work(hall, 3)
        assert hall.stop() == 0
        before = dump(hall)
        damage(folder(hall))
        hall.start()
        series(hall, "issued")
        assert hall.stop() == 0
        assert dump(hall) == before
        assert len(re.findall("rebuilt from the journal", hall.log())) <= 1


def test_what_is_damaged_while_the_hall_works_is_made_again_and_said_once():
    with Hall(options=FAST) as hall:
        work(hall, 3)
        os.truncate(folder(hall) + "/queue_B.rrd", 3000)
        os.remove(folder(hall) + "/group_a.rrd")
        issued = work(hall, 4)
        assert issued > 0
        wait_until(lambda: os.path.exists(folder(hall) + "/group_a.rrd"), hall.log())
        assert hall.stop() == 0
        assert len(re.findall("rebuilt from the journal", hall.log())) == 1
        live = dump(hall)
        assert rebuilt_dump(hall) == live


def test_files_of_another_journal_are_not_believed():
    """A restored backup, or a folder that was copied."""
    with Hall(options=FAST) as first, Hall(options=FAST) as second:
        work(first, 3)
        issued = work(second, 3)
        assert first.stop() == 0 and second.stop() == 0
        shutil.rmtree(folder(second))
        shutil.copytree(folder(first), folder(second))
        second.start()
        assert total(second, "issued?step=60") == issued
        assert "another journal" in second.log()


@contextlib.contextmanager
def with_data_folder(make):
    """A hall in whose data folder make(path of the series) was done before its first start."""
    hall = Hall(options=FAST)
    try:
        os.makedirs(hall.data, mode=0o700)
        make(folder(hall))
        yield hall.start()
    finally:
        hall.__exit__()


def test_a_full_disk_under_the_files_does_not_stop_the_hall():
    with tmpfs(30) as disk:
        if not disk:
            pytest.skip("only root may mount a small disk")
        with with_data_folder(lambda path: os.symlink(disk, path)) as hall:
            hall.worked = work(hall, 4)
            assert not files(hall)
            assert total(hall, "issued?step=86400") <= hall.worked
            assert "series" in [a["alarm"] for a in hall.client("clerk").get("/alarms").body["alarms"]]
            assert len(re.findall("disk is full", hall.log())) == 1
            subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
            hall.worked += work(hall, 3)
            assert total(hall, "issued?step=60") == hall.worked
            assert not [a for a in hall.client("clerk").get("/alarms").body["alarms"] if a["alarm"] == "series"]
            assert hall.stop() == 0
            live = dump(hall)
            assert len(re.findall("disk is full", hall.log())) == 1
            assert rebuilt_dump(hall) == live


def test_the_hall_goes_on_without_a_folder_for_them():
    with with_data_folder(lambda path: os.close(os.open(path, os.O_CREAT))) as hall:
        assert hall.client("kiosk").ticket().status == 201
        assert ask(hall, "/api/v1/series/issued")[0] == 503
        listed = hall.client("clerk").get("/alarms").body["alarms"]
        assert listed[0]["alarm"] == "series" and "rebuild-rrd" in listed[0]["text_en"]
        assert hall.stop() == 0


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
