#!/usr/bin/python3
"""Backups taken while the hall works, and restores after which no printed number is given again."""
import os
import shutil
import sqlite3
import sys
import time

import pytest

from hall import SMALL_HALL, Hall, Load, journal_tool
from web import Person, password

CONFIG = 78


def backup(hall):
    """A backup as hallctl makes one; its path."""
    path = os.path.join(hall.root, "backup.db")
    assert hall.admin().post("/admin/backup", {"file": path}).status == 200
    return path


def log_in_is_on_disk(hall):
    end = time.monotonic() + 5      # written within a second
    while True:
        with sqlite3.connect(f"file:{hall.journal}?mode=ro", uri=True) as journal:
            if journal.execute("SELECT count(*) FROM session").fetchone()[0]:
                return
        assert time.monotonic() < end


def lose_the_disk(hall):
    hall.kill()
    shutil.rmtree(hall.data)


def numbers(hall, n, queue="A"):
    kiosk = hall.client("kiosk")
    return [kiosk.ticket(queue).body["number"] for _ in range(n)]


def test_a_backup_taken_under_load_is_a_sound_journal():
    with Hall() as hall:
        with Load(hall):
            path = backup(hall)
        journal_tool("verify", path)
        assert journal_tool("dump", path)


def test_a_backup_replaces_only_a_backup():
    with Hall() as hall:
        notes, folder = os.path.join(hall.root, "notes"), os.path.join(hall.root, "folder")
        with open(notes, "w", encoding="utf-8") as f:
            f.write("not a journal")
        os.mkdir(folder)
        os.symlink(hall.journal, os.path.join(hall.root, "link"))
        inode = os.stat(hall.journal).st_ino
        for file in (hall.journal, os.path.join(hall.root, "link"), os.path.join(hall.data, "person.key"), notes, folder):
            assert hall.admin().post("/admin/backup", {"file": file}).code == "BAD_VALUE", file
        assert os.stat(hall.journal).st_ino == inode, "the daemon would write on into a file without a name"
        with open(notes, encoding="utf-8") as f:
            assert f.read() == "not a journal"
        assert backup(hall) == backup(hall), "an older backup gives way"


def test_a_restore_gives_no_printed_number_again():
    with Hall() as hall:
        printed = numbers(hall, 3) + numbers(hall, 2, "B")
        path = backup(hall)
        printed += numbers(hall, 60) + numbers(hall, 90, "B")
        epoch = hall.client().get("/board").body["epoch"]
        lose_the_disk(hall)
        hall.start("--restore", path)
        assert hall.client().get("/board").body["epoch"] != epoch
        again = numbers(hall, 150) + numbers(hall, 150, "B")
        assert not set(printed) & set(again)
        assert again[0] == "A200"
        hall.kill()
        hall.start()
        assert not set(printed + again) & set(numbers(hall, 10))


@pytest.mark.parametrize("name", ["data", "hall[1]", "the-wall"])
def test_the_old_journal_moved_aside_is_read_for_its_numbers(name):
    with Hall() as hall:
        hall.stop()
        hall.data = hall.config["data_dir"] = os.path.join(hall.root, name)
        hall.journal = os.path.join(hall.data, "journal.db")
        hall.start()
        path = backup(hall)
        printed = numbers(hall, 420)
        hall.kill()
        for end in ("", "-wal"):
            if os.path.exists(hall.journal + end):
                os.rename(hall.journal + end, hall.journal + ".before-1" + end)
        hall.start("--restore", path)
        assert not set(printed) & set(numbers(hall, 10))


def test_a_restore_never_replaces_a_journal_with_events():
    with Hall() as hall:
        path = backup(hall)
        printed = numbers(hall, 1)
        hall.kill()
        assert hall.refuses_to_start("--restore", path) == CONFIG
        hall.start()
        assert printed == ["A001"] and numbers(hall, 1) == ["A002"]


def test_a_damaged_backup_is_refused():
    with Hall() as hall:
        numbers(hall, 20)
        path = backup(hall)
        with sqlite3.connect(path) as db:
            db.execute("UPDATE event SET data = x'00' || substr(data, 2) WHERE seq = 12")
        db.close()
        lose_the_disk(hall)
        assert hall.refuses_to_start("--restore", path) in (CONFIG, 75)
        assert "12" in hall.log()


@pytest.mark.parametrize("damage", [
    "DROP TABLE secret",
    "DROP INDEX sealed_day",
    "DROP TABLE security; CREATE TABLE security(id INTEGER PRIMARY KEY, at INTEGER)",
    "ALTER TABLE session RENAME COLUMN csrf TO other",
    "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'day_key'",
])
def test_a_backup_with_a_table_missing_is_refused_before_anything_is_put_in_place(damage):
    with Hall() as hall:
        printed = numbers(hall, 20)
        path, kept = backup(hall), hall.journal + ".before-1"
        broken = os.path.join(hall.root, "broken.db")
        shutil.copy(path, broken)
        with sqlite3.connect(broken) as db:
            db.executescript(damage)
        db.close()
        hall.stop()
        os.rename(hall.journal, kept)
        with open(kept, "rb") as f:
            before = f.read()
        assert hall.refuses_to_start("--restore", broken) in (CONFIG, 75)
        left = [name for name in os.listdir(hall.data) if name == "restored" or name.startswith("journal.db")]
        assert left == ["journal.db.before-1"], "no broken journal stands where the next start would read one"
        with open(kept, "rb") as f:
            assert f.read() == before
        hall.start("--restore", path)
        assert not set(printed) & set(numbers(hall, 5))


def test_the_operators_last_number_counts():
    with Hall() as hall:
        path = backup(hall)
        lose_the_disk(hall)
        hall.start("--restore", path, "--restore-last", "777")
        assert numbers(hall, 1) == ["A778"]


BOOKABLE = {**SMALL_HALL, "queues": [{**q, "planned_windows": 2} for q in SMALL_HALL["queues"]],
            "calendars": [{"year": year, "off": ["2026-10-01"], "source": "test"} for year in range(2025, 2040)]}
WARNING = "person.key was missing and is made anew"


def book(hall, person="13800001234", n=0):
    """Somebody books the n-th time that is free tomorrow."""
    public = hall.client()
    answer = public.get("/slots?item=a1").body
    slots = [s for s in answer["slots"] if s["slot_at"].startswith(answer["days"][1]["date"])]
    held = public.post("/appointments", {"item": "a1", "slot_at": slots[n]["slot_at"]}).body
    return public.post(f"/appointments/by-token/{held['token']}", {"person": person})


def test_a_restore_lets_nobody_in_who_had_logged_out():
    with Hall() as hall:
        person = Person(hall)
        assert person.log_in("jingli", password(hall, "jingli")).status == 200
        kept = dict(person.cookies)
        log_in_is_on_disk(hall)
        path = backup(hall)
        assert person.request("DELETE", "/session").status == 204
        lose_the_disk(hall)
        hall.start("--restore", path)
        back = Person(hall)
        back.cookies = kept
        assert back.request("GET", "/me").body["role"] == "public"


@pytest.mark.parametrize("keeps_the_key", [True, False])
def test_whoever_booked_is_known_again_by_the_key_kept_beside_the_backup(keeps_the_key):
    with Hall(settings=BOOKABLE) as hall:
        booked = book(hall)
        assert booked.body["state"] == "booked" and WARNING not in hall.log()
        path, key, copy = backup(hall), os.path.join(hall.data, "person.key"), os.path.join(hall.root, "copy.key")
        with open(key, "rb") as secret, open(path, "rb") as file:
            assert secret.read() not in file.read(), "who finds a backup could try all numbers"
        shutil.copy(key, copy)
        lose_the_disk(hall)
        if keeps_the_key:
            os.makedirs(hall.data, 0o700)
            shutil.copy(copy, key)
        hall.start("--restore", path)
        assert (WARNING in hall.log()) is not keeps_the_key
        again = book(hall, n=4)
        assert (again.code if keeps_the_key else again.body["state"]) == ("ALREADY_BOOKED" if keeps_the_key else "booked")
        assert hall.client().get(f"/appointments/by-token/{booked.body['token']}").body["state"] == "booked"


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
