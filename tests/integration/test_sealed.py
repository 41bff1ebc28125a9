#!/usr/bin/python3
"""
Personal data of matters, from the door to the disk: no file of the hall has a word that somebody wrote, what is kept no
longer is gone and stays gone after a restore, and nothing opens without the machine's key.
"""
import hashlib
import http.client
import json
import os
import shutil
import sqlite3
import struct
import sys
import time
import zlib

import pytest

from hall import journal_tool
from matters import TODAY, MatterHall, field, number
from web import Person, Raw

ID, PHONE, NAME, WORDS = "510101199001019999", "13777778888", "欧阳峰", "绝不外传的一句话，住在天桥街三号"
OPENED = {"summary": WORDS, "phone": "137-7777 8888", "person": {"id": "510101 19900101 9999", "name": NAME}}


def all_bytes(hall):
    """Every file of the hall that the daemon writes, its log included."""
    found = {}
    for folder, _, files in os.walk(hall.root):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and name not in ("hall.json", "halld.json", "credentials.json"):
                with open(path, "rb") as f:
                    found[path] = f.read()
    return found


def nowhere(hall, *words):
    files = all_bytes(hall)
    assert any(path.endswith("journal.db") for path in files)
    for word in words:
        data = word if isinstance(word, bytes) else word.encode()
        for path, text in files.items():
            assert data not in text, (word, path)


def rows(hall, sql, *values):
    with sqlite3.connect(f"file:{hall.journal}?mode=ro", uri=True) as db:
        return db.execute(sql, values).fetchall()


def at(date):
    return "--clock-start", f"{date}T09:00:00+08:00"


def starts_at(hall, date):
    hall.options = [*at(date), "--clock-rate", "1"]
    return hall


def alarms(hall):
    return [a["alarm"] for a in hall.admin().get("/alarms").body["alarms"]]


# ---- what lies where

def test_no_file_has_a_word_that_somebody_wrote():
    with MatterHall() as hall:
        matter = hall.matter("escalation", transition="register", **OPENED)
        hall.take("desk", matter, "triage", cause="policy")
        hall.take("desk", matter, "help", told="转给帮办员小李")    # opens another matter
        secret = (WORDS, "天桥街", PHONE, "137-7777", ID, ID[6:14], NAME, "欧*", "帮办员小李", json.dumps(WORDS)[1:20])
        desk = hall.person("desk")
        assert desk.post(f"/matters/{number(matter)}/triage", {"fields": {"cause": "太长的天桥街"}}).status != 200
        nowhere(hall, *secret)
        hall.kill()
        nowhere(hall, *secret)
        hall.start()
        view = hall.person("desk").get(f"/matters/{number(matter)}").body
        assert field(view, "summary") == [WORDS] and field(view, "phone") == ["137****8888"] and field(view, "person") == ["欧*"]
        hall.stop()    # with its snapshot
        nowhere(hall, *secret)
        dump = journal_tool("dump", "--json", hall.journal)
        for word in secret:
            assert word not in dump


def test_nothing_in_the_journal_can_be_tried_against_all_phone_numbers():
    halls = []
    for _ in range(2):
        with MatterHall() as hall:
            desk = hall.person("desk")
            sent = desk.post("/flows/escalation/matters", {"transition": "register", "fields": OPENED}, Idempotency_Key="one-key")
            assert sent.status == 201
            again = desk.post("/flows/escalation/matters", {"transition": "register", "fields": OPENED}, Idempotency_Key="one-key")
            assert again.status in (200, 201) and number(again.body) == number(sent.body)
            other = desk.post("/flows/escalation/matters", {"transition": "register", "fields": {**OPENED, "phone": "13777778889"}},
                              Idempotency_Key="one-key")
            assert other.code == "KEY_REUSED"
            event = next(e for e in hall.events() if "matter_moved" in e)
            values = {f["field"]: f["texts"][0] for f in event["matter_moved"]["fields"]}
            halls.append((event["request"], values))
            plain = {hashlib.blake2b(PHONE.encode(), digest_size=n).hexdigest() for n in (16, 32)}
            assert not plain & set(values.values()) and all(len(v) == 32 for v in values.values())
    # Another machine's key: everything that could be compared is another.
    assert halls[0][0] != halls[1][0] and not set(halls[0][1].values()) & set(halls[1][1].values())


def test_a_backup_opens_only_with_the_machines_key(tmp_path):
    with MatterHall() as hall:
        matter = hall.matter("escalation", transition="register", **OPENED)
        path = str(tmp_path / "backup.db")
        assert hall.admin().post("/admin/backup", {"file": path}).status == 200
        keys = {name: (tmp_path / name) for name in ("machine.key", "person.key")}
        for name, copy in keys.items():
            shutil.copy(os.path.join(hall.data, name), copy)
            assert os.stat(os.path.join(hall.data, name)).st_mode & 0o777 == 0o600
        hall.kill()
        shutil.rmtree(hall.data)
        hall.start("--restore", path)
        assert "keys" in alarms(hall)    # before anybody has tried
        view = hall.person("desk").get(f"/matters/{number(matter)}").body
        assert "打不开" in field(view, "summary")[0] and "打不开" in field(view, "phone")[0]    # not: erased
        refused = hall.person("desk").post("/flows/escalation/matters", {"transition": "register", "fields": OPENED})
        assert refused.code == "SEAL_FAILED" and refused.status == 503
        assert hall.client("kiosk").ticket("A").status == 201              # and tickets go on
        assert not os.path.exists(os.path.join(hall.data, "machine.key"))  # what another one sealed would be lost with it
        hall.kill()
        for name, copy in keys.items():
            shutil.copy(copy, os.path.join(hall.data, name))
        hall.start()
        assert field(hall.person("desk").get(f"/matters/{number(matter)}").body, "summary") == [WORDS]
        assert hall.nobody().get("/matters/by-token/" + matter["token"]).status == 200
        assert "keys" not in alarms(hall)


# ---- what is kept no longer

def test_what_is_kept_no_longer_is_gone_and_stays_gone_after_a_restore(tmp_path):
    path = str(tmp_path / "backup.db")
    with MatterHall() as hall:
        matter = hall.matter("escalation", transition="register", **OPENED)
        hall.take("desk", matter, "triage", cause="policy", phone="13900001111")
        hall.take("desk", matter, "withdraw")
        assert len(rows(hall, "SELECT 1 FROM sealed")) == 4    # both numbers, for the timeline
        assert hall.admin().post("/admin/backup", {"file": path}).status == 200
        hall.stop()
        starts_at(hall, "2027-03-01").start()    # the phone is kept for 90 days
        view = hall.person("desk").get(f"/matters/{number(matter)}").body
        assert not field(view, "phone") and field(view, "summary") == [WORDS] and field(view, "person") == ["欧*"]
        assert len(rows(hall, "SELECT 1 FROM sealed")) == 2
        assert [e["field_erased"]["field"] for e in hall.events() if "field_erased" in e] == ["phone"]
        hall.stop()
        starts_at(hall, "2027-12-01").start()    # the person for a year
        assert len(rows(hall, "SELECT 1 FROM sealed")) == 1
        told = [f for line in hall.person("desk").get(f"/matters/{number(matter)}").body["timeline"] for f in line["fields"] if f["field"] == "person"]
        assert [(f["erased"], [v["zh"] for v in f["values"]]) for f in told] == [(True, ["（已删除）"])]
        journal_tool("verify", hall.journal)
        hall.stop()
        shutil.move(hall.journal, str(tmp_path / "old.db"))
        for left in ("-wal", "-shm"):
            if os.path.exists(hall.journal + left):
                os.remove(hall.journal + left)
        shutil.rmtree(os.path.join(hall.data, "snapshot"), ignore_errors=True)
        hall.start("--restore", path)    # it knew both numbers
        view = hall.person("desk").get(f"/matters/{number(matter)}").body
        assert not field(view, "phone") and not field(view, "person") and field(view, "summary") == [WORDS]
        assert len(rows(hall, "SELECT 1 FROM sealed")) == 1
        hall.stop()
        starts_at(hall, "2031-01-06").start()
        assert not rows(hall, "SELECT 1 FROM sealed")
        hall.stop()
        starts_at(hall, "2031-01-07").start()
        assert not rows(hall, "SELECT 1 FROM day_key WHERE day < 20310106")    # and with the last row the days' keys


# ---- files

def png(size):
    """A picture that no file of ours resembles."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    filler = chunk(b"tEXt", b"Comment\0" + b"TIANQIAO" * (size // 8))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + filler + chunk(b"IEND", b"")


PDF, JPEG, PNG = b"%PDF-1.7\nTIANQIAO 3" * 50, b"\xff\xd8\xff\xe0TIANQIAO" * 50, png(800)
DRAFT = {"item": "a1", "facts": "情况", "ground": "依据", "proposed": "答复", "alternatives": "办法"}


def bring(person, data, key=None, link=""):
    """POST /files as a browser does, or by a matter's link: (status, body)."""
    host, port = person.address.rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in person.cookies.items()), "Content-Type": "application/octet-stream"}
    if person.csrf:
        headers["X-CSRF-Token"] = person.csrf
    if key:
        headers["Idempotency-Key"] = key
    connection.request("POST", "/api/v1/files" + (f"/by-token/{link}" if link else ""), data, headers)
    answer = connection.getresponse()
    body = json.loads(answer.read() or b"{}")
    connection.close()
    return answer.status, body


def show(person, path):
    host, port = person.address.rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    connection.request("GET", "/api/v1" + path, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in person.cookies.items())})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data, dict(answer.getheaders())


def brought(person, data):
    status, body = bring(person, data)
    assert status == 201, body
    return body["file"]


def test_files_are_brought_named_shown_and_audited():
    with MatterHall() as hall:
        clerk, approver = hall.person("clerk"), hall.person("approver")
        names = [brought(clerk, data) for data in (PDF, JPEG, PNG)]
        assert len(set(names)) == 3 and all(len(n) == 32 for n in names)
        matter = number(hall.matter("denial", "clerk", "draft", **DRAFT, attachments=names))
        for name, data, kind, way in zip(names, (PDF, JPEG, PNG), ("application/pdf", "image/jpeg", "image/png"),
                                         ("attachment", "inline", "inline")):
            status, shown, headers = show(approver, f"/matters/{matter}/files/{name}")
            assert (status, shown, headers["Content-Type"]) == (200, data, kind)
            assert headers["Content-Disposition"].startswith(way) and "sandbox" in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
        hall.matter("escalation", transition="register", summary="写下安全记录")
        kept = [r for r in hall.admin().get("/audit?log=security").body["security"] if r["kind"] == "file"]
        assert len(kept) == 3 and kept[0]["who"] == "shenpi" and f"matter {matter} file" in kept[0]["what"]
        assert show(hall.person("helper"), f"/matters/{matter}/files/{names[0]}")[0] == 200    # clerks read denials
        assert show(hall.nobody(), f"/matters/{matter}/files/{names[0]}")[0] == 401
        for path in (f"/matters/{matter}/files/{'0' * 32}", f"/matters/{matter}/files/x", f"/matters/999/files/{names[0]}"):
            assert show(approver, path)[0] == 404
        # One that was there may be named again beside a new one; the one left out is still in the timeline's reach.
        more = brought(clerk, PDF + b"2")
        hall.take("clerk", matter, "submit_later", attachments=[names[0], more])
        assert show(approver, f"/matters/{matter}/files/{more}")[1] == PDF + b"2"
        assert show(approver, f"/matters/{matter}/files/{names[2]}")[1] == PNG
        nowhere(hall, b"TIANQIAO", b"%PDF-1.7\nT")
        hall.kill()
        hall.start()
        assert show(hall.person("approver"), f"/matters/{matter}/files/{names[1]}")[1] == JPEG
        hall.stop()
        nowhere(hall, b"TIANQIAO")


def test_what_is_no_file_of_a_known_kind_is_refused():
    with MatterHall() as hall:
        clerk = hall.person("clerk")
        for data, status, code in ((b"<svg onload=alert(1)>", 422, "BAD_VALUE"), (b"", 422, "FIELD_MISSING"), (b"%PDF-", 422, "BAD_VALUE"),
                                   (b"GIF89a" + b"x" * 99, 422, "BAD_VALUE"), (b"PK\3\4" * 99, 422, "BAD_VALUE")):
            answer = bring(clerk, data)
            assert (answer[0], answer[1]["error"]["code"]) == (status, code), data[:9]
        assert bring(Person(hall), PDF)[0] == 401
        answer = hall.client("kiosk").request("POST", "/files", {})
        assert answer.code == "WRONG_ROLE"
        # Only what was brought can be named, and only by its name.
        for name in ("0" * 32, "../../etc/passwd", "x", ""):
            said = clerk.post("/flows/denial/matters", {"transition": "draft", "fields": {**DRAFT, "attachments": [name]}})
            assert said.code == "FIELD_BAD" and said.body["error"]["details"]["field"] == "attachments"


def test_a_large_file_is_taken_and_one_too_large_is_not():
    with MatterHall() as hall:
        clerk = hall.person("clerk")
        large = b"%PDF-1.7\n" + os.urandom((4 << 20) - 9)
        name = brought(clerk, large)
        matter = number(hall.matter("denial", "clerk", "draft", **DRAFT, attachments=[name]))
        status, shown, _ = show(clerk, f"/matters/{matter}/files/{name}")
        assert status == 200 and shown == large
        assert bring(clerk, large + b"x")[0] == 413
        # No other path takes so much, also not on a connection that has just brought a file.
        host, port = clerk.address.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in clerk.cookies.items()), "X-CSRF-Token": clerk.csrf}
        connection.request("POST", "/api/v1/files", large[:200000], headers)
        answer = connection.getresponse()
        assert answer.status == 201 and answer.read()
        connection.request("POST", "/api/v1/flows/denial/matters", b'{"fields":"' + b"x" * 200000 + b'"}', headers)
        assert connection.getresponse().status == 413
        connection.close()


def test_a_hall_that_takes_larger_bodies_takes_no_larger_files():
    with MatterHall(limits={"enforce": False, "min_free_mib": 0, "body_bytes": 6 << 20}) as hall:
        clerk = hall.person("clerk")
        assert bring(clerk, PDF + b"x" * (4 << 20))[0] == 413
        assert bring(clerk, PDF + b"x" * (3 << 20))[0] == 201


def test_only_a_few_large_requests_are_read_at_once():
    with MatterHall() as hall:
        clerk, large = hall.person("clerk"), PDF + b"x" * 200000
        slow = [Raw(hall.address) for _ in range(12)]
        for raw in slow:
            raw.say("POST /api/v1/files HTTP/1.1\r\nHost: hall\r\nContent-Length: 3000000\r\n\r\n").say(b"x" * 100000)
        status, told = bring(clerk, large)      # no room now
        assert (status, told["error"]["code"]) == (429, "TOO_MANY")
        assert bring(clerk, PDF)[0] == 201      # a small one needs none
        assert hall.client("kiosk").ticket("A").status == 201
        slow.pop().socket.close()
        limit = time.monotonic() + 20
        while bring(clerk, large)[0] != 201:    # as soon as the daemon has seen that one go
            assert time.monotonic() < limit
        for raw in slow:
            raw.socket.close()


def test_the_same_file_under_the_same_key_is_one_and_orphans_go():
    with MatterHall() as hall:
        clerk = hall.person("clerk")
        first, again = bring(clerk, PDF, "key-1")[1], bring(clerk, PDF, "key-1")[1]
        assert first["file"] == again["file"] and (first["type"], first["bytes"]) == ("application/pdf", len(PDF))
        assert brought(clerk, PDF) != first["file"]
        taken = brought(clerk, JPEG)
        matter = number(hall.matter("denial", "clerk", "draft", **DRAFT, attachments=[taken]))
        assert len(rows(hall, "SELECT 1 FROM sealed WHERE expires_at < 9e18")) == 3
        hall.stop()
        starts_at(hall, "2026-11-24").start()
        late = hall.person("clerk").post(f"/matters/{matter}/submit_later", {"fields": {"attachments": [first["file"]]}})
        assert late.code == "FIELD_BAD"
        hall.stop()
        starts_at(hall, "2026-11-26").start()
        hall.matter("escalation", transition="register", summary="写下")
        hall.stop()
        assert not rows(hall, "SELECT 1 FROM sealed WHERE expires_at < 9e18")
        hall.start()
        assert show(hall.person("approver"), f"/matters/{matter}/files/{taken}")[1] == JPEG
        hall.take("clerk", matter, "withdraw")
        hall.stop()
        starts_at(hall, "2028-01-03").start()    # attachments are kept for a year
        assert show(hall.person("approver"), f"/matters/{matter}/files/{taken}")[0] == 404
        hall.stop()
        nowhere(hall, b"TIANQIAO")


def test_files_leave_room_for_tickets_and_go_also_where_the_disk_is_low():
    with MatterHall() as hall:
        clerk = hall.person("clerk")
        assert len({brought(clerk, PDF + bytes([n])) for n in range(5)}) == 5
        hall.stop()
        free = shutil.disk_usage(hall.data).free >> 20
        hall.config["limits"]["min_free_mib"] = free // 2
        hall.start()
        assert bring(hall.person("clerk"), PDF)[1]["error"]["code"] == "DISK_FULL"
        assert hall.client("kiosk").ticket("A").status == 201
        hall.stop()
        hall.config["limits"]["min_free_mib"] = free * 2
        starts_at(hall, "2026-11-25").start()
        assert hall.client("kiosk").ticket("A").code == "DISK_FULL"
        hall.stop()
        assert not rows(hall, "SELECT 1 FROM sealed WHERE expires_at < 9e18")


RECORD = {
    "name": "record", "version": 1, "zh": "结果", "en": "Record", "read": ["desk", "person"], "keep_days": 365,
    "fields": [{"name": "paper", "zh": "文书", "en": "Paper", "type": "file"},
               {"name": "inner", "zh": "内部", "en": "Inner", "type": "file", "read": ["desk"]},
               {"name": "copy", "zh": "副本", "en": "Copy", "type": "matter", "of": "record"}],
    "states": [{"name": "made", "zh": "出件", "en": "Made"}, {"name": "over", "zh": "完", "en": "Over", "end": True}],
    "transitions": [{"name": "make", "zh": "出件", "en": "Make", "to": "made", "roles": ["desk", "matter"], "may": ["paper", "inner"]},
                    {"name": "double", "zh": "复制", "en": "Double", "from": ["made"], "roles": ["desk"], "then": ["open copy make"]},
                    {"name": "close", "zh": "完", "en": "Close", "from": ["made"], "to": "over", "roles": ["desk"]}]}


def test_a_person_sees_the_own_files_by_the_link_and_a_copy_is_its_matters_own(tmp_path):
    os.makedirs(tmp_path / "record")
    (tmp_path / "record" / "flow.json").write_text(json.dumps(RECORD), encoding="utf-8")
    with MatterHall(flows=str(tmp_path)) as hall:
        desk, somebody = hall.person("desk"), hall.nobody()
        paper, inner = brought(desk, PDF), brought(desk, PNG)
        first = hall.matter("record", paper=paper, inner=inner)
        path = f"/matters/by-token/{first['token']}"
        assert field(somebody.get(path).body, "paper") == ["附件 " + paper[:4]] and field(somebody.get(path).body, "inner") is None
        assert show(somebody, f"{path}/files/{paper}")[:2] == (200, PDF)
        assert show(somebody, f"{path}/files/{inner}")[0] == 404
        assert show(somebody, f"/matters/by-token/{number(first)}-{'0' * 32}/files/{paper}")[0] == 404
        second = next(v["value"] for f in hall.take("desk", first, "double")["fields"] if f["field"] == "copy" for v in f["values"])
        hall.take("desk", first, "close")
        hall.stop()
        starts_at(hall, "2028-01-03").start()    # what is over is kept for a year, the copy goes on
        desk = hall.person("desk")
        assert show(desk, f"/matters/{number(first)}/files/{paper}")[0] == 404
        assert show(desk, f"/matters/{second}/files/{paper}")[1] == PDF and show(desk, f"/matters/{second}/files/{inner}")[1] == PNG
        kept = [r["what"] for r in hall.admin().get("/audit?log=security").body["security"] if r["kind"] == "file"]
        assert all(f"matter {second} " in what for what in kept)    # not the person's own look


def test_a_link_that_reads_no_more_shows_no_file(tmp_path):
    """The newest version of the definition no longer lets the person read."""
    def define(**changes):
        (tmp_path / "record" / "flow.json").write_text(json.dumps({**RECORD, **changes}), encoding="utf-8")
    os.makedirs(tmp_path / "record")
    define()
    with MatterHall(flows=str(tmp_path)) as hall:
        somebody, paper = hall.nobody(), brought(hall.person("desk"), PDF)
        first = hall.matter("record", paper=paper)
        path = f"/matters/by-token/{first['token']}"
        assert show(somebody, f"{path}/files/{paper}")[0] == 200
        define(version=2, read=["desk"], migrations=[{"from_version": 1, "states": []}])
        assert not hall.admin().post("/admin/flows/reload").body.get("faults")
        assert hall.admin().post("/flows/record/migrate", {}).status == 200
        assert somebody.get(path).code == "NO_MATTER" and show(somebody, f"{path}/files/{paper}")[0] == 404
        assert bring(somebody, JPEG, link=first["token"])[1]["error"]["code"] == "NO_MATTER"


def promised(hall):
    """The link of a promise that still lacks its paper."""
    clerk, who = hall.person("clerk"), {"id": ID, "name": NAME}
    case = hall.matter("case", "clerk", "receive", item="a1", person=who)
    matter = hall.matter("deficiency", "clerk", "offer", case=number(case), item="a1", person=who, missing=["m1"])
    hall.take("clerk", matter, "check", identity=True, credit="good")
    hall.take("clerk", matter, "promise", deadline="2026-11-24", promise=brought(clerk, PDF))
    return matter["token"]


def test_a_person_brings_the_missing_paper_by_the_link():
    with MatterHall() as hall:
        somebody, link = hall.nobody(), promised(hall)
        path = f"/matters/by-token/{link}"
        first = bring(somebody, JPEG, "once", link)
        assert first[0] == 201 and bring(somebody, JPEG, "once", link) == first
        paper = first[1]["file"]
        assert show(somebody, f"{path}/files/{paper}")[0] == 404    # no matter has it yet
        answer = somebody.post(f"{path}/supplement", {"fields": {"brought": [paper]}})
        assert answer.status == 200 and field(answer.body, "brought") == ["附件 " + paper[:4]], answer.body
        assert show(somebody, f"{path}/files/{paper}")[:2] == (200, JPEG)
        matter = number(answer.body)
        assert show(hall.person("clerk"), f"/matters/{matter}/files/{paper}")[1] == JPEG
        status, body = bring(somebody, JPEG, link=link)     # the step has been taken
        assert (status, body["error"]["code"], body["error"]["details"]["value"]) == (409, "WRONG_STATE", "supplemented")
        nowhere(hall, JPEG[-100:])


def test_a_link_brings_no_more_than_it_may():
    with MatterHall() as hall:
        somebody, link = hall.nobody(), promised(hall)
        assert bring(somebody, b"", link=link)[1]["error"]["code"] == "FIELD_MISSING"
        assert bring(somebody, b"GIF89a..........", link=link)[1]["error"]["code"] == "BAD_VALUE"
        assert bring(somebody, PDF + b"x" * (4 << 20), link=link)[0] == 413
        for other in (link[:-1] + ("0" if link[-1] != "0" else "1"), "0" * 32, "1-", "x"):
            assert bring(somebody, JPEG, link=other)[0] == 404
        assert [bring(somebody, JPEG + bytes([n]), link=link)[0] for n in range(22)] == [201] * 20 + [429] * 2
        assert bring(somebody, JPEG + bytes([7]), "other", link)[0] == 429
        other = promised(hall)
        told = [bring(somebody, JPEG + bytes([n]), "one-key", other) for n in range(22)]    # each is another file
        assert [status for status, _ in told] == [201] * 20 + [429] * 2 and len({body["file"] for _, body in told[:20]}) == 20
        assert bring(somebody, JPEG + bytes([3]), "one-key", other) == told[3]
        assert bring(somebody, JPEG, link=hall.matter("escalation", "desk", "register", summary="没有步骤要附件")["token"])[0] == 409


if __name__ == "__main__":
    assert TODAY
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
