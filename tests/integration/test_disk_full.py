#!/usr/bin/python3
"""A disk that fills up: 507, reads go on, nothing acknowledged is lost, writes resume when there is room."""
import os
import sys
import time

import pytest

from hall import Hall, journal_tool, preload, tmpfs

RESUMES_WITHIN_S = 10


def fill_until_refused(client, most=200000):
    """Tickets until the disk has no room; the last answer."""
    tickets = []
    for _ in range(most):
        answer = client.ticket()
        if answer.status != 201:
            return tickets, answer
        tickets.append((answer.body["id"], answer.body["number"]))
    raise AssertionError("the disk never filled up")


def ticket_when_there_is_room(client):
    end = time.monotonic() + RESUMES_WITHIN_S
    while time.monotonic() < end:
        answer = client.ticket()
        if answer.status == 201:
            return answer
        assert answer.status == 507, answer.body
    raise AssertionError("writes did not resume")


def check_lost_nothing(hall, tickets):
    hall.stop()
    journal_tool("verify", hall.journal)
    there = {e["seq"]: e["ticket_issued"]["number"] for e in hall.events() if "ticket_issued" in e}
    assert all(there.get(seq) == number for seq, number in tickets)
    assert len(set(there.values())) == len(there)


def test_a_full_disk_refuses_writes_serves_reads_and_recovers():
    with tmpfs(8) as disk:
        if not disk:
            pytest.skip("only root may mount a small disk")
        ballast = os.path.join(disk, "ballast")
        with open(ballast, "wb") as f:
            f.write(b"\0" * (5 << 20))
        with Hall(folder=disk) as hall:
            client = hall.client("kiosk")
            tickets, refused = fill_until_refused(client)
            assert (refused.status, refused.code) == (507, "DISK_FULL")
            board = hall.client("screen").get("/board")
            assert board.status == 200 and sum(q["waiting"] for q in board.body["queues"]) == len(tickets)
            assert hall.client("clerk").get(f"/tickets/{tickets[-1][0]}").status == 200
            os.remove(ballast)
            answer = ticket_when_there_is_room(client)
            tickets.append((answer.body["id"], answer.body["number"]))
            check_lost_nothing(hall, tickets)


def test_a_kill_while_the_disk_is_full_loses_nothing():
    with tmpfs(8) as disk:
        if not disk:
            pytest.skip("only root may mount a small disk")
        ballast = os.path.join(disk, "ballast")
        with open(ballast, "wb") as f:
            f.write(b"\0" * (5 << 20))
        with Hall(folder=disk) as hall:
            tickets, _ = fill_until_refused(hall.client("kiosk"))
            hall.kill()
            os.remove(ballast)
            hall.start()
            answer = hall.client("kiosk").ticket()
            tickets.append((answer.body["id"], answer.body["number"]))
            check_lost_nothing(hall, tickets)


def test_enospc_under_sqlite_is_507_and_passes():
    """The same without root: the writes are made to fail."""
    hall = Hall()
    control = os.path.join(hall.root, "control")
    env = {"FAILSYNC_DIR": hall.data, "FAILSYNC_CONTROL": control}
    try:
        hall.start(preload=[preload("failsync.so")], env=env)
        client = hall.client("kiosk")
        first = client.ticket()
        with open(control, "w", encoding="ascii") as f:
            f.write("write ENOSPC")
        assert client.ticket().status == 507
        assert hall.client("screen").get("/board").status == 200
        assert client.get("/hall").body["read_only"]
        os.remove(control)
        again = ticket_when_there_is_room(client)
        assert (first.body["number"], again.body["number"]) == ("A001", "A002")
        check_lost_nothing(hall, [(first.body["id"], "A001"), (again.body["id"], "A002")])
    finally:
        hall.__exit__()


def test_a_failing_sync_ends_the_process_with_75_and_a_start_goes_on_from_disk():
    hall = Hall()
    control = os.path.join(hall.root, "control")
    env = {"FAILSYNC_DIR": hall.data, "FAILSYNC_CONTROL": control}
    try:
        hall.start(preload=[preload("failsync.so")], env=env)
        client = hall.client("kiosk")
        first = client.ticket()
        with open(control, "w", encoding="ascii") as f:
            f.write("sync EIO")
        answer = client.ticket()
        assert (answer.status, answer.code) == (503, "STORE_FAILED")
        assert hall.wait() == 75
        os.remove(control)
        hall.start()
        assert hall.client("clerk").get(f"/tickets/{first.body['id']}").status == 200
        assert hall.client("kiosk").ticket().status == 201
        check_lost_nothing(hall, [(first.body["id"], "A001")])
    finally:
        hall.__exit__()


def test_little_space_left_is_507_before_anything_is_decided():
    with Hall(limits={"enforce": False, "min_free_mib": 1 << 30}) as hall:
        last = hall.client().get("/board").body["seq"]
        answer = hall.client("kiosk").ticket()
        assert (answer.status, answer.code) == (507, "DISK_FULL")
        assert hall.client().get("/board").body["seq"] == last


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
