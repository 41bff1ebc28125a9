#!/usr/bin/python3
"""SIGTERM: what was handed in is committed and answered, a snapshot is written, and the process ends in time."""
import glob
import os
import signal
import socket
import sys
import time

import pytest

from hall import Hall, Load, journal_tool, preload

STOPS_WITHIN_S = 5.0


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_under_load_loses_nothing_and_is_quick(sign):
    with Hall() as hall:
        with Load(hall) as load:
            time.sleep(0.3)
            began = time.monotonic()
            assert hall.stop(sign) == 0
            took = time.monotonic() - began
        assert took < STOPS_WITHIN_S
        assert not load.faults, load.faults[:3]
        journal_tool("verify", hall.journal)
        tickets = {e["seq"]: e["ticket_issued"]["number"] for e in hall.events() if "ticket_issued" in e}
        assert load.tickets
        assert all(tickets[seq] == number for _, seq, number in load.tickets)
        assert glob.glob(os.path.join(hall.data, "snapshot", "*.snap"))


def test_a_stop_waits_for_no_peer():
    """A stream that is not read and a request half sent are ended."""
    with Hall() as hall:
        host, port = hall.address.split(":")
        half = socket.create_connection((host, int(port)))
        half.sendall(b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Le")
        stream = socket.create_connection((host, int(port)))
        stream.sendall(b"GET /api/v1/stream?topics=board/ HTTP/1.1\r\nHost: x\r\n\r\n")
        assert stream.recv(100)
        began = time.monotonic()
        assert hall.stop() == 0
        assert time.monotonic() - began < STOPS_WITHIN_S
        half.close()
        stream.close()


def test_a_disk_that_hangs_does_not_keep_the_process():
    """It ends by the deadline's signal; what it had said is on the disk."""
    hall = Hall()
    control = os.path.join(hall.root, "control")
    try:
        hall.start(preload=[preload("slowsync.so")], env={"SLOWSYNC_FILE": control})
        first = hall.client("kiosk").ticket()
        with open(control, "w", encoding="ascii") as f:
            f.write("60000")
        waiting = hall.client("kiosk")
        waiting.http.request("POST", "/api/v1/tickets", '{"queue":"A"}',
                             {**waiting.headers, "Content-Type": "application/json"})
        assert hall.client("screen").get("/board").status == 200    # reads go on; the ticket is with the disk by now
        began = time.monotonic()
        assert hall.stop() == -signal.SIGALRM
        assert time.monotonic() - began < STOPS_WITHIN_S + 1
        os.remove(control)
        hall.start()
        assert hall.client("clerk").get(f"/tickets/{first.body['id']}").status == 200
        journal_tool("verify", hall.journal)
    finally:
        hall.__exit__()


def test_a_start_after_a_stop_goes_on_where_it_was():
    with Hall() as hall:
        number = hall.client("kiosk").ticket().body["number"]
        hall.stop()
        hall.start()
        assert number == "A001"
        assert hall.client("kiosk").ticket().body["number"] == "A002"


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
