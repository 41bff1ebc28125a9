#!/usr/bin/python3
"""Floods, crowds, slow and half-hearted clients: the hall goes on."""
import os
import resource
import select
import socket
import sqlite3
import struct
import sys
import time

import pytest

from hall import Client, Hall
from web import Raw, STRICT, get, own_address, post

SHORT = {"enforce": False, "min_free_mib": 0, "header_timeout_s": 1, "connections": 40, "streams": 3}


@pytest.fixture
def hall():
    with Hall(limits=SHORT) as h:
        yield h


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def burst(client, path, n):
    return [client.get(path).status for _ in range(n)]


def test_a_flood_from_one_address_is_slowed():
    with Hall(limits=STRICT) as hall:
        public = hall.client()
        statuses = burst(public, "/board", 160)
        assert set(statuses) == {200, 429}
        assert 100 <= statuses.count(200) <= 140
        refused = public.get("/board")
        assert (refused.status, refused.code) == (429, "TOO_MANY")
        with Raw(hall.address) as r:
            assert "Retry-After: 1" in r.say(get("/api/v1/board", "Connection: close")).hear()
        # who has a token is counted for himself, and health is never refused
        assert hall.client("clerk").get("/windows").status == 200
        with Raw(hall.address) as r:
            assert r.say(get("/healthz")).answer().status == 200


def test_a_link_and_a_kiosk_have_limits_of_their_own():
    with Hall(limits=STRICT) as hall:
        kiosk = hall.client("kiosk")
        link = "/tickets/by-token/" + kiosk.ticket().body["token"]
        statuses = burst(hall.client(), link, 40)
        assert 20 <= statuses.count(200) <= 24 and 429 in statuses
        statuses = [kiosk.ticket().status for _ in range(60)]
        assert 29 <= statuses.count(201) <= 32 and 429 in statuses
        # a refused ticket is no ticket
        assert hall.admin().get("/status").body["issued_today"] == 1 + statuses.count(201)


def test_guesses_of_links_and_tokens_are_counted_by_address():
    with Hall(limits=STRICT) as hall:
        public = hall.client()
        statuses = [public.get(f"/tickets/by-token/{n:032x}").status for n in range(160)]
        assert 429 in statuses and statuses.count(404) <= 140


def test_a_flood_of_bad_tokens_is_slowed_and_does_not_fill_the_log():
    with Hall(limits=STRICT) as hall:
        statuses = burst(Client(hall.address, "nobodys"), "/hall", 160)
        assert 429 in statuses and statuses.count(401) <= 140
        end = time.monotonic() + 5      # the rows are written within a second
        rows = []
        while len(rows) < statuses.count(401) and time.monotonic() < end:
            rows = hall.admin().get("/audit?log=security&kind=bad_token&most=500").body["security"]
        assert len(rows) == statuses.count(401)


def test_strangers_cannot_fill_the_disk_with_the_security_log():
    with Hall(limits=STRICT, trusted_proxy=["127.0.0.1"]) as hall:
        for caller in range(8):
            with Raw(hall.address) as r:
                for _ in range(100):
                    refused = get("/api/v1/hall", "Authorization: Bearer nobodys", f"X-Forwarded-For: 203.0.113.{caller}")
                    assert r.say(refused).answer().status == 401
        assert hall.stop() == 0
        with sqlite3.connect(hall.journal) as log:
            rows = dict(log.execute("SELECT kind, count(*) FROM security GROUP BY kind"))
        assert 500 <= rows["bad_token"] < 600
        assert rows.get("flood", 0) == rows["bad_token"] - 500, "each that is kept again tells of those that were not"


def test_half_a_request_is_cut_and_hurts_nobody(hall):
    halves = ["", "G", "GET /api/v1/board HTTP/1.1\r\nHo", get("/api/v1/board")[:-2],
              post("/api/v1/tickets", '{"queue":"A"}', "Authorization: Bearer " + hall.token("kiosk"))[:-3]]
    connections = [Raw(hall.address).say(half) for half in halves]
    before = hall.client().get("/board").body["seq"]
    for half, connection in zip(halves, connections):
        with connection:
            assert connection.hear() == "", half
    assert hall.client().get("/board").body["seq"] == before


def test_a_request_that_drips_has_one_deadline(hall):
    with Raw(hall.address) as r:
        began, text = time.monotonic(), get("/api/v1/board", *[f"X-{n}: y" for n in range(200)]).encode()
        r.socket.settimeout(0.05)
        for i in range(len(text)):
            try:
                r.socket.send(text[i:i + 1])
                if r.socket.recv(1) == b"":
                    break
            except socket.timeout:
                continue
            except OSError:
                break
        assert time.monotonic() - began < 5


def test_a_keep_alive_connection_gives_the_next_request_its_own_deadline(hall):
    with Raw(hall.address) as r:
        assert r.say(get("/api/v1/board")).answer().status == 200
        assert r.say(get("/api/v1/board")).answer().status == 200
        r.say("GET /api/v1/board HTTP/1.1\r\n")
        assert r.hear() == ""


def test_too_long_headers_and_bodies(hall):
    token = "Authorization: Bearer " + hall.token("kiosk")
    with Raw(hall.address) as r:
        assert "HTTP/1.1 400" in r.say(get("/api/v1/board", "X: " + "y" * 20000)).hear()
    with Raw(hall.address) as r:
        answer = r.say(post("/api/v1/tickets", b" " * 300000, token)).answer()
        assert (answer.status, answer.code) == (413, "TOO_LARGE")
    with Raw(hall.address) as r:
        chunks = b"".join(b"1000\r\n" + b"x" * 4096 + b"\r\n" for _ in range(20)) + b"0\r\n\r\n"
        head = f"POST /api/v1/tickets HTTP/1.1\r\nHost: hall\r\nTransfer-Encoding: chunked\r\n{token}\r\n\r\n"
        assert "HTTP/1.1 413" in r.say(head.encode() + chunks).hear()
    for smuggled in ("Content-Length: 3\r\nTransfer-Encoding: chunked", "Content-Length: 3\r\nContent-Length: 4",
                     "Content-Length: -1", "Content-Length: 3x"):
        with Raw(hall.address) as r:
            text = r.say(f"POST /api/v1/tickets HTTP/1.1\r\nHost: hall\r\n{smuggled}\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n").hear()
            assert text.startswith("HTTP/1.1 400") and text.count("HTTP/1.1") == 1, smuggled
    assert hall.client("kiosk").ticket().status == 201


def test_there_are_never_more_connections_than_allowed(hall):
    crowd = [Raw(hall.address) for _ in range(40)]
    for one in crowd:
        one.say(get("/api/v1/hall"))
    served = sum(one.answer().status == 200 for one in crowd)
    assert served == 40
    with Raw(hall.address) as late:
        assert late.say(get("/api/v1/hall")).hear() == ""
    for one in crowd:
        one.socket.close()
    end = time.monotonic() + 5
    while True:
        with Raw(hall.address) as again:
            if again.say(get("/api/v1/hall", "Connection: close")).hear().startswith("HTTP/1.1 200"):
                break
        assert time.monotonic() < end


def test_one_address_cannot_take_all_connections():
    address = own_address()
    if not address:
        pytest.skip("this machine has loopback only")
    limits = {"enforce": False, "min_free_mib": 0, "connections_per_address": 3}
    with Hall(listen="0.0.0.0:0", limits=limits) as hall:
        far = f"{address}:{hall.address.rsplit(':', 1)[1]}"
        crowd = [Raw(far) for _ in range(3)]
        for one in crowd:
            assert one.say(get("/api/v1/hall")).answer().status == 200
        with Raw(far) as late:
            assert late.say(get("/api/v1/hall")).hear() == ""
        near = f"127.0.0.1:{hall.address.rsplit(':', 1)[1]}"
        with Raw(near) as r:
            assert r.say(get("/api/v1/hall")).answer().status == 200
        for one in crowd:
            one.socket.close()


def test_one_caller_behind_a_proxy_cannot_take_all_streams():
    limits = {"enforce": False, "min_free_mib": 0, "connections_per_address": 3}
    with Hall(limits=limits, trusted_proxy=["127.0.0.1"]) as hall:
        def stream(caller):
            one = Raw(hall.address).say(get("/api/v1/stream?topics=call/", "X-Forwarded-For: " + caller))
            return one, one.socket.recv(12)
        crowd = [stream("203.0.113.9") for _ in range(3)]
        assert all(head == b"HTTP/1.1 200" for _, head in crowd)
        assert stream("203.0.113.9")[1] == b"HTTP/1.1 429"
        assert stream("203.0.113.10")[1] == b"HTTP/1.1 200"
        crowd[0][0].socket.close()
        end = time.monotonic() + 5
        while stream("203.0.113.9")[1] != b"HTTP/1.1 200":
            assert time.monotonic() < end, "a stream that has ended counts no more"


def test_a_proxys_connections_are_its_callers():
    address = own_address()
    if not address:
        pytest.skip("this machine has loopback only")
    limits = {"enforce": False, "min_free_mib": 0, "connections_per_address": 3}
    with Hall(listen="0.0.0.0:0", limits=limits, trusted_proxy=[address]) as hall:
        far = f"{address}:{hall.address.rsplit(':', 1)[1]}"
        for one in [Raw(far) for _ in range(10)]:
            assert one.say(get("/api/v1/hall", "X-Forwarded-For: 203.0.113.9")).answer().status == 200


def test_without_descriptors_it_waits_and_does_not_spin(hall):
    pid = hall.process.pid
    kept = hall.client("kiosk")
    assert kept.ticket().status == 201
    used = max(int(name) for name in os.listdir(f"/proc/{pid}/fd"))
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 3, before[1]))
    waiting = [Raw(hall.address, timeout=20) for _ in range(10)]
    for one in waiting:
        one.say(get("/api/v1/hall"))
    end = time.monotonic() + 5
    while "cannot accept" not in hall.log():
        assert time.monotonic() < end
    assert kept.ticket().status == 201      # those who are in are served
    cpu = cpu_seconds(pid)
    select.select([], [], [], 1.5)
    assert cpu_seconds(pid) - cpu < 0.3
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    assert sum(one.answer().status == 200 for one in waiting) == 10
    for one in waiting:
        one.socket.close()


def test_clients_that_reset_leave_nothing_behind(hall):
    token = hall.token("kiosk")
    linger = struct.pack("ii", 1, 0)
    for n in range(100):
        r = Raw(hall.address)
        r.say(post("/api/v1/tickets", '{"queue":"A"}', f"Authorization: Bearer {token}", f"Idempotency-Key: reset-{n}"))
        r.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        r.socket.close()
    kiosk = hall.client("kiosk")
    numbers = {kiosk.post("/tickets", {"queue": "A"}, key=f"reset-{n}").body["number"] for n in range(100)}
    assert len(numbers) == 100      # taken or not before: each key has one ticket now
    end = time.monotonic() + 5
    while hall.admin().get("/status").body["connections"] > 4:
        assert time.monotonic() < end


def test_who_has_said_all_still_hears_the_answer(hall):
    """A client that shuts its sending side behind the request, as simple ones do."""
    for path in ("/api/v1/tickets", "/api/v1/no-such"):
        with Raw(hall.address) as r:
            r.say(post(path, '{"queue":"A"}', "Authorization: Bearer " + hall.token("kiosk"), "Connection: close"))
            r.socket.shutdown(socket.SHUT_WR)
            assert r.hear().startswith("HTTP/1.1 201" if "tickets" in path else "HTTP/1.1 404")


def test_a_pipeline_is_answered_in_order(hall):
    with Raw(hall.address) as r:
        token = "Authorization: Bearer " + hall.token("kiosk")
        r.say(b"".join(post("/api/v1/tickets", '{"queue":"A"}', token) for _ in range(20)) +
              get("/api/v1/hall", "Connection: close").encode())
        text = r.hear()
    assert text.count("HTTP/1.1 201") == 20 and text.count("HTTP/1.1 200") == 1
    numbers = [part.split('"')[0] for part in text.split('"number":"')[1:]]
    assert numbers == sorted(numbers)


def test_who_asks_and_does_not_listen_fills_no_memory(hall):
    """Requests pumped behind each other, no answer read: what comes while one is answered stays with the kernel."""
    def memory():
        with open(f"/proc/{hall.process.pid}/status", encoding="ascii") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("RssAnon"))
    with Raw(hall.address) as r:
        requests, before, sent = get("/api/v1/catalogue").encode() * 1000, memory(), 0
        r.socket.setblocking(False)
        while sent < 64 << 20 and select.select([], [r.socket], [], 1)[1]:
            sent += r.socket.send(requests)
        assert sent < 64 << 20 and memory() - before < 4096, sent
    assert hall.client("kiosk").ticket().status == 201


@pytest.mark.parametrize("line", ["Transfer-Encoding: xchunked", "Transfer-Encoding: gzip, chunked",
                                  "Transfer-Encoding: chunked\r\nContent-Length: 5", "Content-Length : 200"])
def test_a_body_of_unclear_length_is_not_read_as_the_next_request(hall, line):
    with Raw(hall.address) as r:
        r.say(f"DELETE /api/v1/session HTTP/1.1\r\nHost: hall\r\n{line}\r\n\r\n" + get("/api/v1/me", "Connection: close"))
        text = r.hear()
    assert text.startswith(("HTTP/1.1 400", "HTTP/1.1 413")) and text.count("HTTP/1.1") == 1


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
