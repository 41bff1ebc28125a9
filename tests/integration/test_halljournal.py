#!/usr/bin/python3
"""halljournal on real journals, sound and damaged. The chain is computed again here, by another BLAKE2b."""
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

BUILD = os.path.abspath(os.environ.get("top_builddir", "build"))
PROGRAM = os.path.join(BUILD, "halljournal")
MAKER = os.path.join(BUILD, "tests/integration/journal_maker")
BAD, USAGE, UNREADABLE = 1, 2, 3


def run(*args, code=0, **environment):
    done = subprocess.run([PROGRAM, *map(str, args)], capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})
    assert done.returncode == code, (args, done.returncode, done.stdout, done.stderr)
    return done.stderr if code else done.stdout


def rows(path):
    with sqlite3.connect(path) as db:
        return db.execute("SELECT seq, data, chain FROM event ORDER BY seq").fetchall()


def change(path, sql, *values):
    db = sqlite3.connect(path)
    db.execute(sql, values)
    db.commit()
    db.close()


def fields(text):
    return dict(line.split(" ", 1) for line in text.splitlines())


@pytest.fixture(scope="module", name="made")
def fixture_made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "data"
    subprocess.run([MAKER, str(folder)], check=True)
    return folder / "journal.db"


@pytest.fixture(name="journal")
def fixture_journal(made, tmp_path):
    return shutil.copy(made, tmp_path / "journal.db")


def test_the_chain_is_blake2b_over_the_head_before_and_the_stored_bytes(journal):
    head = bytes(32)
    for seq, data, chain in rows(journal):
        head = hashlib.blake2b(head + data, digest_size=32).digest()
        assert chain == head, seq
    said = fields(run("verify", journal))
    assert said["head"] == head.hex() and said["events"] == str(len(rows(journal)))


def test_dump_prints_one_line_an_event_in_the_halls_time(journal):
    lines = run("dump", journal, TZ="Asia/Shanghai").splitlines()
    assert len(lines) == len(rows(journal))
    assert [line.split()[0] for line in lines] == [str(n + 1) for n in range(len(lines))]
    assert " ticket_issued number=A001 " in "\n".join(lines)
    assert "2026-11-23T10:00:01.000+08:00" in lines[3]
    without = {name: value for name, value in os.environ.items() if name != "TZ"}
    plain = subprocess.run([PROGRAM, "dump", journal], capture_output=True, text=True, check=True, env=without)
    assert plain.stdout.splitlines() == lines


def test_dump_keeps_to_its_range_and_day(journal):
    assert [line.split()[0] for line in run("dump", "--from", 4, "--to", 5, journal).splitlines()] == ["4", "5"]
    assert run("dump", "--from", 10000, journal) == ""
    assert run("dump", "--day", "2026-11-23", journal)
    assert run("dump", "--day", "2026-11-24", journal) == ""


def test_dump_as_json_has_every_field(journal):
    events = [json.loads(line) for line in run("dump", "--json", journal).splitlines()]
    assert [event["seq"] for event in events] == [str(n + 1) for n in range(len(events))]
    issued = [event["ticket_issued"]["number"] for event in events if "ticket_issued" in event]
    assert issued == ["A001", "A002", "A003", "B001", "B002"]


def test_verify_finds_any_head_that_the_journal_ever_had(journal):
    assert "event 3" in run("verify", "--head", rows(journal)[2][2].hex().upper(), journal)
    assert "cut off" in run("verify", "--head", "00" * 32, journal, code=BAD)


def test_a_journal_whose_end_was_cut_off_is_found_by_its_head(journal):
    head = rows(journal)[-1][2].hex()
    change(journal, "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)")
    run("verify", journal)
    run("verify", "--head", head, journal, code=BAD)


def test_a_flipped_byte_is_found_at_its_event_and_never_served(journal):
    before = rows(journal)
    with open(journal, "r+b") as file:
        file.seek(file.read().index(b"A002") + 3)
        file.write(b"3")
    seq = next(old[0] for old, new in zip(before, rows(journal)) if old != new)
    for command in ("verify", "dump", "replay"):
        assert f"event {seq}:" in run(command, journal, code=BAD)
    dumped = subprocess.run([PROGRAM, "dump", journal], capture_output=True, text=True, check=False).stdout
    assert len(dumped.splitlines()) == seq - 1


def test_a_missing_event_is_found(journal):
    change(journal, "DELETE FROM event WHERE seq = 4")
    assert "event 4: it is missing" in run("verify", journal, code=BAD)


def test_replay_tells_the_hall_and_comes_to_the_same_state_each_time(journal):
    said = fields(run("replay", "--check", 1, journal))
    assert said["seq"] == str(len(rows(journal)))
    assert (said["day"], said["tickets"], said["windows"]) == ("2026-11-23", "5", "2")
    assert fields(run("replay", journal)) == said
    assert fields(run("replay", "--to", len(rows(journal)), journal)) == said
    assert fields(run("replay", "--to", 8, journal))["state"] != said["state"]


def test_an_event_of_a_kind_from_the_future_is_refused_by_replay(journal):
    seq, _, head = rows(journal)[-1]
    data = bytes([0x08, seq + 1]) + bytes([0x92, 0x4B, 0x00])  # field 1 = seq; field 1202, an empty message
    change(journal, "INSERT INTO event VALUES(?, ?, ?)", seq + 1, data,
           hashlib.blake2b(head + data, digest_size=32).digest())
    run("verify", journal)
    assert f"event {seq + 1} is of a kind" in run("replay", journal, code=BAD)


def test_it_reads_beside_a_running_writer_and_what_it_has_just_committed(journal):
    db = sqlite3.connect(journal)
    db.execute("PRAGMA wal_autocheckpoint=0")
    seq, _, head = rows(journal)[-1]
    data = rows(journal)[-1][1]
    data = data[:1] + bytes([seq + 1]) + data[2:]
    db.execute("INSERT INTO event VALUES(?, ?, ?)",
               (seq + 1, data, hashlib.blake2b(head + data, digest_size=32).digest()))
    db.commit()
    assert os.path.getsize(str(journal) + "-wal") > 0
    assert fields(run("verify", journal))["events"] == str(seq + 1)
    db.close()


def test_it_leaves_no_traces(journal):
    before = sorted(os.listdir(os.path.dirname(journal)))
    stat = os.stat(journal)
    for command in ("dump", "verify", "replay"):
        run(command, journal)
    assert sorted(os.listdir(os.path.dirname(journal))) == before
    assert os.stat(journal).st_mtime_ns == stat.st_mtime_ns


def test_what_is_no_journal_cannot_be_read(tmp_path):
    other = tmp_path / "other.db"
    change(other, "CREATE TABLE t(a)")
    text = tmp_path / "text"
    text.write_text("not a database\n" * 100)
    for path in (other, text, tmp_path / "missing", tmp_path):
        run("verify", path, code=UNREADABLE)


@pytest.mark.parametrize("args", [[], ["dumb", "x"], ["dump"], ["dump", "x", "y"], ["verify", "--json", "x"],
                                  ["dump", "--day", "2026-13-01", "x"], ["dump", "--from", "0", "x"],
                                  ["verify", "--head", "12", "x"], ["replay", "--check", "-1", "x"],
                                  ["dump", "--nothing", "x"]])
def test_a_wrong_command_line_is_told(args):
    assert run(*args, code=USAGE)


def test_help_names_every_option():
    text = run("--help")
    assert all(f"--{name}" in text for name in ("check", "day", "from", "head", "json", "to", "help", "version"))
    assert run("--version").startswith("halljournal ")


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
