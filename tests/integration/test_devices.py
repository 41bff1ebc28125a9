#!/usr/bin/python3
"""Kiosks and screens say how they are, call for help and report their slips; all of it ends in the alarm list."""
import os
import subprocess
import sys
import time

import pytest

from hall import SMALL_HALL, SOURCE, Hall
from web import Person, password

PLACES = {**SMALL_HALL, "devices": [{"name": "kiosk", "role": "kiosk", "place": "大门左边"}, {"name": "screen", "role": "screen"},
                                    {"name": "clerk", "role": "clerk"}]}
STATUS, HELP = "/devices/self/status", "/devices/self/help"


@pytest.fixture(scope="module", name="hall")
def one_hall():
    with Hall(settings=PLACES) as h:
        yield h


def alarms(hall):
    return {a["alarm"]: a for a in hall.client("clerk").get("/alarms").body["alarms"]}


def kinds(hall, *names):
    return [next(iter(set(e) & set(names))) for e in hall.events() if set(e) & set(names)]


def test_a_device_is_recorded_once_and_again_when_its_printer_changes(hall):
    kiosk = hall.client("kiosk")
    first = kiosk.post(STATUS, {"printer": "ok", "page": "0.1.0"})
    assert first.status == 200 and first.body["name"] == "kiosk" and first.body["printer"] == "ok"
    assert first.body["version"] and first.body["heard_at"] and "token" not in first.body
    for _ in range(3):
        assert kiosk.post(STATUS, {"page": "0.1.0"}).body["printer"] == "ok"
    assert kinds(hall, "device_reported") == ["device_reported"]
    assert kiosk.post(STATUS, {"printer": "low"}).body["printer"] == "low"
    assert alarms(hall)["paper/kiosk"]["text"] == "大门左边：打印纸快用完了"
    kiosk.post(STATUS, {"printer": "failed"})
    assert alarms(hall)["printer/kiosk"]["device"] == "kiosk"
    kiosk.post(STATUS, {"printer": "ok"})
    assert not alarms(hall)
    assert len(kinds(hall, "device_reported")) == 4


def test_only_a_device_speaks_for_itself(hall):
    assert hall.client("clerk").post(STATUS, {}).code == "WRONG_ROLE"
    assert hall.client().post(STATUS, {}).status == 401
    assert hall.admin().post(STATUS, {}).code == "WRONG_ROLE"     # an administrator, but no device
    assert hall.client("screen").post(STATUS, {"page": "a b"}).code == "BAD_VALUE"
    assert hall.client("screen").post(STATUS, {"printer": "burning"}).code == "BAD_VALUE"


def test_help_is_an_alarm_until_somebody_answers_by_name(hall):
    kiosk = hall.client("kiosk")
    called = kiosk.post(HELP)
    assert called.status == 200 and called.body["help_at"]
    assert kiosk.post(HELP).body["help_at"] == called.body["help_at"]
    assert alarms(hall)["help/kiosk"]["text_en"] == "大门左边: somebody asks for help"
    clerk = Person(hall)
    clerk.log_in("chuangkou1", password(hall, "chuangkou1"))
    assert clerk.request("POST", "/devices/kiosk/help/answer", {}).status == 200
    assert clerk.request("POST", "/devices/kiosk/help/answer", {}).code == "WRONG_STATE"
    assert kiosk.post("/devices/kiosk/help/answer").code == "WRONG_ROLE"
    assert hall.client("clerk").post("/devices/nobody/help/answer").status == 404
    assert "help_at" not in kiosk.post(STATUS, {}).body and not alarms(hall)
    answered = [e for e in hall.events() if "help_answered" in e][-1]
    assert answered["actor"]["id"] == "chuangkou1" and kinds(hall, "help_called", "help_answered") == ["help_called", "help_answered"]


def test_a_call_for_help_that_comes_again_is_not_seen_to_yet(hall):
    kiosk, clerk = hall.client("kiosk"), hall.client("clerk")

    def seen():
        return {a["alarm"]: a.get("acknowledged_by") for a in clerk.get("/alarms").body["alarms"]}.get("help/kiosk", "none")

    kiosk.post("/devices/self/help")
    assert seen() is None
    assert clerk.post("/alarms/acknowledge", {"alarm": "help/kiosk"}).status == 200 and seen() == "clerk"
    clerk.post("/devices/kiosk/help/answer")
    kiosk.post("/devices/self/help")    # and nobody has looked at the list meanwhile
    assert seen() is None
    clerk.post("/devices/kiosk/help/answer")


def test_a_slip_that_did_not_come_out_is_printed_again_by_staff(hall):
    kiosk, clerk = hall.client("kiosk"), hall.client("clerk")
    ticket = kiosk.ticket().body
    assert kiosk.post(f"/tickets/{ticket['id']}/printed", {}).code == "FIELD_MISSING"
    failed = kiosk.post(f"/tickets/{ticket['id']}/printed", {"reason": "paper"})
    assert failed.status == 200 and failed.body["slip"] == "failed"
    listed = clerk.get(f"/tickets?number={ticket['number']}").body["tickets"][0]
    assert listed["slip"] == "failed" and "token" not in listed
    assert kiosk.get(f"/tickets/{ticket['id']}/slip").code == "WRONG_ROLE"
    slip = clerk.get(f"/tickets/{ticket['id']}/slip").body
    assert slip["token"] == ticket["token"] and slip["url"] == ticket["url"]
    again = clerk.post(f"/tickets/{ticket['id']}/printed", {"ok": True})
    assert again.body["slip"] == "printed"
    story = clerk.get(f"/tickets/{ticket['id']}").body["history"]
    assert [line["text"] for line in story] == ["取号 A001，前面 0 人", "小票没有打出来：没有纸", "打出小票"]
    security = hall.admin().get("/audit?log=security").body["security"]
    assert any(line["kind"] == "slip" and line["what"] == ticket["number"] for line in security)
    assert kiosk.post("/tickets/99999/printed", {"ok": True}).code == "NO_TICKET"


def test_the_list_of_devices_says_how_each_is(hall):
    hall.client("kiosk").post(STATUS, {"printer": "low", "page": "0.1.0"})
    devices = {d["name"]: d for d in hall.admin().get("/admin/devices").body["devices"]}
    assert devices["kiosk"]["printer"] == "low" and devices["kiosk"]["page"] == "0.1.0" and devices["kiosk"]["heard_at"]
    assert "printer" not in devices["clerk"] and "heard_at" not in devices["clerk"]


def test_printers_and_calls_for_help_survive_a_restart_and_silence_is_found():
    with Hall(settings=PLACES, limits={"enforce": False, "min_free_mib": 0, "device_silent_s": 1}) as h:
        h.client("kiosk").post(STATUS, {"printer": "out"})
        h.client("kiosk").post(HELP)
        h.kill()
        h.start()
        assert {"paper/kiosk", "help/kiosk"} <= set(alarms(h))
        deadline = time.monotonic() + 10
        while "silent/kiosk" not in alarms(h):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert "silent/screen" not in alarms(h)     # never heard of: nothing is expected of it
        assert "silent/kiosk" not in alarms_after(h, "kiosk")
        h.admin().request("DELETE", "/admin/devices/kiosk")
        assert not alarms(h)


def alarms_after(hall, device):
    hall.client(device).post(STATUS, {})
    return alarms(hall)


def test_notices_stand_on_the_board_for_their_time(hall):
    admin = hall.admin()
    put = admin.post("/admin/notices", {"notice": "water", "text": "下午停水", "text_en": "No water", "to_at": "2099-01-01T00:00:00+08:00"})
    assert put.status == 200, put.body
    admin.post("/admin/notices", {"notice": "old", "text": "过去了", "to_at": "2020-01-01T00:00:00+08:00"})
    board = hall.client().get("/board").body
    assert [n["text"] for n in board["notices"]] == ["下午停水"]
    assert admin.post("/admin/notices", {"notice": "bad", "text": "x", "from_at": "2026-01-02T00:00:00+08:00",
                                         "to_at": "2026-01-01T00:00:00+08:00"}).code == "BAD_PERIOD"
    assert admin.request("DELETE", "/admin/notices/water").status == 200
    assert hall.client().get("/board").body["notices"] == []


# What lpoptions says of a receipt printer, and what the hall then hears.
CUPS = [("printer-state=3 printer-state-reasons=none", "ok"), ("printer-state=4 printer-state-reasons=cups-waiting-for-job-completed", "ok"),
        ("printer-state=3 printer-state-reasons=media-low-warning", "low"), ("printer-state=3 printer-state-reasons=media-empty-error,other", "out"),
        ("printer-state=5 printer-state-reasons=paused", "failed"), ("printer-state=3 printer-state-reasons=offline-report", "failed"), ("", "failed")]


def test_the_printers_watcher_tells_what_cups_says(hall, tmp_path):
    says = tmp_path / "says"
    says.write_text(CUPS[0][0])
    (tmp_path / "lpoptions").write_text(f"#!/bin/sh\ncat {says}\n")
    (tmp_path / "lpoptions").chmod(0o755)
    token = hall.admin().post("/admin/devices", {"name": "watched", "role": "kiosk"}).body["token"]
    environment = {**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin", "HALLD_URL": hall.base, "HALLD_TOKEN": token, "EVERY_S": "0.05"}
    watcher = subprocess.Popen([sys.executable, os.path.join(SOURCE, "packaging/kiosk/printer-watch")], env=environment)
    try:
        for said, heard in CUPS:
            says.write_text(said)
            deadline = time.monotonic() + 20
            while (found := printer_of(hall, "watched")) != heard:
                assert time.monotonic() < deadline, f"{said}: {found}, not {heard}"
                time.sleep(0.05)
    finally:
        watcher.kill()
        watcher.wait()
    hall.admin().request("DELETE", "/admin/devices/watched")


def printer_of(hall, name):
    return next(d for d in hall.admin().get("/admin/devices").body["devices"] if d["name"] == name).get("printer")


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
