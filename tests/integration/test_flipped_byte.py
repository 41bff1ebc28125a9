#!/usr/bin/python3
"""A byte that changed on the disk is found, told with its event, and never served."""
import os
import sqlite3
import sys

import pytest

from hall import Hall, journal_tool

STORAGE = 75
BAD = 1


def flip(journal, seq):
    """One bit of one event's stored bytes."""
    db = sqlite3.connect(journal)
    data = bytearray(db.execute("SELECT data FROM event WHERE seq = ?", (seq,)).fetchone()[0])
    data[len(data) // 2] ^= 0x10
    db.execute("UPDATE event SET data = ? WHERE seq = ?", (bytes(data), seq))
    db.commit()
    db.close()


@pytest.fixture(name="hall")
def hall_with_tickets():
    with Hall() as hall:
        kiosk = hall.client("kiosk")
        for _ in range(30):
            assert kiosk.ticket().status == 201
        yield hall


def remove_snapshots(hall):
    for name in os.listdir(os.path.join(hall.data, "snapshot")):
        os.remove(os.path.join(hall.data, "snapshot", name))


@pytest.mark.parametrize("seq", [1, 2, 17, 33])
def test_a_start_refuses_a_journal_with_a_flipped_byte(hall, seq):
    hall.stop()
    remove_snapshots(hall)
    flip(hall.journal, seq)
    journal_tool("verify", hall.journal, code=BAD)
    assert hall.refuses_to_start() in (STORAGE, 78)
    assert f"event {seq}" in hall.log()


def test_a_flipped_byte_behind_the_snapshot_is_never_served(hall):
    """The start needs it no more; whoever asks for it is told that it is damaged."""
    key = "5f1c7a52-0000-4000-8000-000000000001"
    first = hall.client("kiosk").ticket(key=key)
    hall.client("kiosk").ticket()
    hall.stop()
    flip(hall.journal, int(first.body["id"]))
    hall.start()
    again = hall.client("kiosk").ticket(key=key)
    assert again.status == 503
    assert journal_tool("verify", hall.journal, code=BAD) is not None


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
