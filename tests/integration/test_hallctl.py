#!/usr/bin/python3
"""hallctl against a running daemon: over its socket, over TCP with a login, with files good and bad."""
import csv
import json
import os
import re
import subprocess
import sys

import pytest

from hall import BUILD, SOURCE, Hall, journal_tool

HALLCTL = os.path.join(BUILD, "hallctl")
REFUSED, USAGE, UNREACHABLE, FILE, DAEMON = 1, 2, 3, 4, 5


@pytest.fixture(scope="module", name="hall")
def running_hall():
    with Hall() as hall:
        yield hall


def run(args, code=0, lang="en_US.UTF-8", stdin=None):
    done = subprocess.run([HALLCTL, *args], capture_output=True, text=True, input=stdin, check=False, timeout=60,
                          env={**os.environ, "LANG": lang, "LC_ALL": "", "LC_MESSAGES": ""})
    assert done.returncode == code, f"{args}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def ctl(hall, *args, **how):
    return run(["--socket", os.path.join(hall.config["run_dir"], "http.sock"), *args], **how)


def json_of(hall, *args):
    return json.loads(ctl(hall, "--json", *args).stdout)


def settings(hall):
    return hall.admin().get("/admin/settings").body["settings"]


# ---- looking

def test_status_says_how_the_hall_is(hall):
    text = ctl(hall, "status").stdout
    assert re.search(r"^Hall +Test hall$", text, re.M), text
    assert re.search(r"^Open +yes$", text, re.M), text
    assert json_of(hall, "status")["hall"]["hall"] == "测试大厅"


def test_status_says_what_needs_somebody_and_who_sees_to_it(hall):
    clerk = hall.client("clerk")
    clerk.post("/windows/8/open")
    assert clerk.post("/windows/8/suspend", {"reason": "fuse"}).status == 200
    assert re.search(r"^Attention +Window 8 is suspended: fuse$", ctl(hall, "status").stdout, re.M)
    assert clerk.post("/alarms/acknowledge", {"alarm": "suspended/9"}).code == "NOT_FOUND"
    assert clerk.post("/alarms/acknowledge", {"alarm": "suspended/8"}).body["alarms"][0]["acknowledged_by"] == "clerk"
    assert hall.client("kiosk").post("/alarms/acknowledge", {"alarm": "suspended/8"}).code == "WRONG_ROLE"
    assert re.search(r"^Attention .*fuse  <- clerk$", ctl(hall, "status").stdout, re.M)
    assert json_of(hall, "status")["alarms"][0]["acknowledged_at"]
    clerk.post("/windows/8/resume")
    assert "alarms" not in json_of(hall, "status") or not json_of(hall, "status")["alarms"]
    clerk.post("/windows/8/suspend", {"reason": "again"})      # an alarm that comes again is a new one
    assert "<-" not in ctl(hall, "status").stdout
    clerk.post("/windows/8/resume")
    clerk.post("/windows/8/close")


def test_it_speaks_chinese_where_the_locale_does(hall):
    assert re.search(r"^大厅 +测试大厅$", ctl(hall, "status", lang="zh_CN.UTF-8").stdout, re.M)
    assert re.search(r"^大厅 +测试大厅$", ctl(hall, "--lang", "zh", "status").stdout, re.M)
    refused = ctl(hall, "user", "add", "a b", "--role", "clerk", code=REFUSED, lang="zh_CN.UTF-8")
    assert re.search(r"[一-鿿]", refused.stderr), refused.stderr


def test_tickets_are_listed_and_found(hall):
    kiosk = hall.client("kiosk")
    numbers = [kiosk.ticket("B").body["number"] for _ in range(3)]
    text = ctl(hall, "tickets", "--queue", "B", "--most", "2").stdout
    assert numbers[2] in text and numbers[1] in text and numbers[0] not in text
    after = re.search(r"--after (\d+)", text).group(1)
    assert numbers[0] in ctl(hall, "tickets", "--queue", "B", "--after", after).stdout
    assert json_of(hall, "tickets", "--number", numbers[0])["total"] == 1
    assert "No tickets." in ctl(hall, "tickets", "--state", "expired").stdout
    assert ctl(hall, "tickets", "--state", "nonsense", code=REFUSED).stderr


def test_columns_line_up_where_characters_are_two_cells_wide(hall):
    hall.client("kiosk").ticket("A")
    lines = ctl(hall, "tickets", lang="zh_CN.UTF-8").stdout.splitlines()

    def cells(text):
        return sum(2 if ord(c) > 0x2E80 else 1 for c in text)

    item = re.search(r"事项", lines[0]).start()
    assert all(cells(re.split(r"(?=[甲乙]一$)", line)[0]) == cells(lines[0][:item]) for line in lines[1:3]), lines


def test_windows_show_who_works_there(hall):
    clerk = hall.client("clerk")
    assert clerk.post("/windows/2/open").status == 200
    assert re.search(r"^ +2 +open +\S+ +\d+ +0 +AB +clerk +2 号窗口$", ctl(hall, "windows").stdout, re.M)
    assert len(json_of(hall, "windows")["windows"]) == 8


def test_the_trace_is_the_days_journal(hall):
    clerk = hall.client("clerk")
    clerk.post("/windows/3/open")
    clerk.post("/windows/3/next")
    hall.client("kiosk").ticket("A")
    rows = list(csv.DictReader(ctl(hall, "trace", "today").stdout.splitlines()))
    assert list(rows[0]) == ["t_ms", "seq", "event", "ticket", "window", "item", "class", "arg"]
    seqs = [int(row["seq"]) for row in rows]
    assert seqs == sorted(set(seqs))
    assert {"event": "open", "window": "3", "arg": "all"}.items() <= next(r for r in rows if r["window"] == "3").items()
    calls = [r for r in rows if r["event"] == "call"]
    assert calls and all(r["arg"] == "auto" for r in calls)
    assert ctl(hall, "trace", "2001-01-01", code=REFUSED).stderr
    ctl(hall, "trace", "yesterday", code=USAGE)


# ---- people, machines, the clock, a backup

def test_a_user_is_added_and_can_log_in(hall):
    made = ctl(hall, "user", "add", "xinren", "--role", "clerk", "--display", "许*", "--groups", "helper,desk").stdout
    password = made.split()[-1]
    client = hall.client()
    assert client.post("/session", {"name": "xinren", "password": password}).status == 200
    user = next(u for u in settings(hall)["users"] if u["name"] == "xinren")
    assert user["role"] == "clerk" and user["groups"] == ["helper", "desk"]
    ctl(hall, "user", "add", "ziji", "--role", "manager", "--password-stdin", stdin="correct horse battery\n")
    assert client.post("/session", {"name": "ziji", "password": "correct horse battery"}).status == 200
    ctl(hall, "user", "add", "x", "--role", "emperor", code=USAGE)
    ctl(hall, "user", "add", "x", code=USAGE)
    ctl(hall, "user", "add", "--role", "clerk", code=USAGE)


def test_a_device_is_added_and_its_token_works(hall):
    view = json_of(hall, "device", "add", "kiosk9", "--role", "kiosk", "--place", "东门", "--days", "30")
    rows = run(["--url", hall.base, "--token", view["token"], "tickets"], code=REFUSED)
    assert "WRONG_ROLE" in rows.stderr
    assert "Token" in ctl(hall, "device", "add", "kiosk10", "--role", "kiosk").stdout
    ctl(hall, "device", "add", "kiosk11", "--role", "kiosk", "--days", "many", code=USAGE)


def test_a_backup_is_a_sound_journal(hall):
    file = os.path.join(hall.root, "backup.db")
    assert file in ctl(hall, "backup", file).stdout
    journal_tool("verify", file)
    assert ctl(hall, "backup", "/nowhere/backup.db", code=DAEMON).stderr


def test_the_clock_is_accepted_and_the_reason_recorded(hall):
    ctl(hall, "clock", "accept", "--reason", "校对过")
    assert any(e.get("clock_accepted", {}).get("reason") == "校对过" for e in hall.events())


# ---- imports

def write(hall, name, text):
    path = os.path.join(hall.root, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def test_items_are_imported_in_parts_that_fit_a_request(hall):
    lines = ["item,name,queue,group,kind,promised_days,initials,mean_service_s"]
    lines += [f"x{i},{'事项' * 20}{i},A,a,promised,7,sx,300" for i in range(1500)]
    file = write(hall, "items.csv", "\n".join(lines) + "\n")
    assert "1500" in ctl(hall, "import", "items", file).stdout
    items = {i["item"]: i for i in settings(hall)["items"]}
    assert len(items) == 1502
    assert items["x1499"]["promised"]["n"] == 7 and items["x1499"]["kind"] == "promised"


@pytest.mark.parametrize("row, line, said", [
    ("y1,名,A", 3, "not as many fields"),
    ("y1,名,Q,a", 3, "There is no such queue"),
    ("y1,名,A,nobody", 3, "items.group"),
    ("y 1,名,A,a", 3, "items.item"),
    ("y1,,A,a", 3, "items.name"),
    ('y1,"名,A,a', 3, "a quote is not closed"),
    ("y0,名,A,a", 3, "stands in line 2 already"),
])
def test_a_bad_row_is_said_with_its_line_and_nothing_is_imported(hall, row, line, said):
    file = write(hall, "bad.csv", f"item,name,queue,group\ny0,好,A,a\n{row}\n")
    done = ctl(hall, "import", "items", file, code=FILE)
    assert f"line {line}:" in done.stderr and said in done.stderr, done.stderr
    assert "nothing was imported" in done.stderr
    assert not any(i["item"].startswith("y") for i in settings(hall)["items"])


def test_every_fault_of_a_file_is_said(hall):
    file = write(hall, "bad.csv", "item,name,queue,group,mean_service_s,kind\ny0,好,A,a,long,\ny1,好,A,a,,soon\n")
    said = ctl(hall, "import", "items", file, code=FILE).stderr
    assert "line 2: mean_service_s" in said and "line 3: kind" in said
    assert "unknown column colour" in ctl(hall, "import", "items", write(hall, "c.csv", "item,colour\n"), code=FILE).stderr
    assert "the file is empty" in ctl(hall, "import", "items", write(hall, "e.csv", ""), code=FILE).stderr
    assert ctl(hall, "import", "items", "/nowhere.csv", code=FILE).stderr


def test_the_demo_hall_is_imported_whole():
    demo = os.path.join(SOURCE, "packaging/demo/hall.json")
    with open(demo, encoding="utf-8") as f:
        expected = json.load(f)
    with Hall() as hall:
        done = ctl(hall, "import", "hall", demo)
        assert "users and devices were left out" in done.stderr
        found = settings(hall)
        assert found["hall"]["name"] == expected["hall"]["name"]
        for table in ("queues", "items", "groups", "windows"):
            key = table[:-1]
            assert {r[key] for r in expected[table]} <= {r[key] for r in found[table]}
        queue = next(q for q in found["queues"] if q["queue"] == "B")
        assert queue["default_item"] == next(q for q in expected["queues"] if q["queue"] == "B")["default_item"]
        assert not any(u["name"] == "shenji" for u in found["users"])


def test_booking_screens_notices_and_the_rota_are_imported_too():
    rows = {"booking": {"days_ahead": 5}, "screens": [{"name": "east", "public_key": "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", "place": "东门"}],
            "notices": [{"notice": "lift", "text": "电梯检修"}], "duty": [{"date": "2031-05-06", "leader": "guanli"}],
            "special": [{"date": "2031-05-01", "reason": "劳动节"}]}
    with Hall() as hall:
        assert not ctl(hall, "import", "hall", write(hall, "more.json", json.dumps(rows))).stderr
        found = settings(hall)
        assert found["booking"]["days_ahead"] == 5
        assert found["screens"][0]["place"] == "东门" and found["notices"][0]["text"] == "电梯检修"
        assert found["duty"][0]["leader"] == "guanli" and found["special"][0]["reason"] == "劳动节"


def test_a_bad_hall_file_is_said_with_its_place(hall):
    file = write(hall, "hall1.json", '{"windows":[{"window":1,"name":"a","colour":"red"}]}')
    assert "windows[0].colour" in ctl(hall, "import", "hall", file, code=FILE).stderr
    file = write(hall, "hall2.json", '{"windows":[{"window":77,"name":"a","groups":["nobody"]}]}')
    assert "windows.groups" in ctl(hall, "import", "hall", file, code=FILE).stderr
    assert not any(w["window"] == 77 for w in settings(hall)["windows"])


def test_calendars_are_imported_but_for_a_year_not_published(hall, tmp_path):
    days = [{"name": "元旦", "date": "2026-01-01", "isOffDay": True}, {"name": "元旦", "date": "2026-01-04", "isOffDay": False}]
    (tmp_path / "2026.json").write_text(json.dumps({"year": 2026, "papers": ["https://x"], "days": days}))
    (tmp_path / "2027.json").write_text(json.dumps({"year": 2027, "papers": [], "days": []}))
    (tmp_path / "README").write_text("not a year")
    said = ctl(hall, "import", "calendar", str(tmp_path)).stdout
    assert "2026: 1 days off, 1 weekend days worked" in said and "2027: not published yet" in said
    calendar = next(c for c in settings(hall)["calendars"] if c["year"] == 2026)
    assert calendar["off"] == ["2026-01-01"] and calendar["work"] == ["2026-01-04"]
    (tmp_path / "2025.json").write_text("{")
    assert "2025.json" in ctl(hall, "import", "calendar", str(tmp_path), code=FILE).stderr
    ctl(hall, "import", "calendar", str(tmp_path / "nothing"), code=FILE)


def test_a_date_is_not_off_and_worked_at_once(hall, tmp_path):
    days = [{"name": "元旦", "date": "2031-01-01", "isOffDay": True}, {"name": "元旦", "date": "2031-01-01", "isOffDay": False}]
    (tmp_path / "2031.json").write_text(json.dumps({"year": 2031, "papers": [], "days": days}), encoding="utf-8")
    said = ctl(hall, "import", "calendar", str(tmp_path), code=FILE).stderr
    assert "2031-01-01" in said
    assert all(c["year"] != 2031 for c in settings(hall)["calendars"])


# ---- the line to the daemon

def test_a_login_file_logs_in_as_its_admin(hall):
    said = run(["--credentials", hall.credentials_file, "--json", "windows"]).stdout
    assert json.loads(said)["windows"]
    run(["--credentials", hall.credentials_file, "user", "add", "dou", "--role", "clerk"])
    run(["--credentials", hall.credentials_file, "--user", "chuangkou1", "user", "add", "e", "--role", "clerk"],
        code=REFUSED)
    run(["--credentials", hall.credentials_file, "--user", "nobody", "status"], code=FILE)
    run(["--credentials", "/nowhere.json", "status"], code=FILE)


def test_no_daemon_and_wrong_words_have_their_own_exit_codes(hall):
    assert "Cannot reach halld" in run(["--socket", "/nowhere.sock", "status"], code=UNREACHABLE).stderr
    run(["--url", "http://127.0.0.1:9/", "status"], code=UNREACHABLE)
    assert "No such command: nonsense" in ctl(hall, "nonsense", code=USAGE).stderr
    ctl(hall, code=USAGE)
    ctl(hall, "backup", code=USAGE)
    ctl(hall, "status", "--nonsense", code=USAGE)
    assert "import items FILE.csv" in run(["--help"]).stdout
    assert run(["--version"]).stdout.startswith("hallctl ")


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
