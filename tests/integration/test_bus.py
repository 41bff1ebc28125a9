#!/usr/bin/python3
"""The display bus of the running daemon: what screens hear, what they miss, and what they never hear."""
import os
import random
import socket
import statistics
import sys
import threading
import time

import pytest
import zmq

import hall
from bus import BusHall, Screen


@pytest.fixture(scope="module")
def running():
    with BusHall() as h:
        h.open_windows(1, 2, 3)
        yield h


# ---- what is heard

def test_a_call_is_heard_with_its_window_board_and_queue(running):
    with Screen(running.bus, "") as screen:
        first = screen.snapshot()
        assert first.view.hall.open and first.view.board.hall == "测试大厅"
        assert {t.topic for t in first.view.topics} >= {"call/", "board/", "hall/", "window/1/", "window/8/", "queue/A/"}
        number = running.call(1)
        heard = screen.until(lambda m: m.topic == "board/" and any(c.number == number for c in m.view.calls))
        calls = [m for m in heard if m.topic == "call/"]
        assert [(m.view.number, m.view.window, m.view.repeat) for m in calls] == [(number, 1, 1)]
        assert calls[0].header.seq > first.header.seq and calls[0].header.epoch == first.header.epoch
        windows = [m.view for m in heard if m.topic == "window/1/"]
        assert windows[-1].number == number
        assert not [m for m in heard if m.topic in ("window/2/", "hall/")]


def test_a_late_joiner_has_the_hall_within_100_ms(running):
    number = running.call(2)
    times = []
    for _ in range(7):
        began = time.monotonic()
        with Screen(running.bus, "call/", "board/") as screen:
            snapshot = screen.snapshot()
            times.append(time.monotonic() - began)
            assert number in [c.number for c in snapshot.view.board.calls]
    assert statistics.median(times) < 0.1, times


def test_a_snapshot_goes_to_who_asked_alone_and_once_a_second(running):
    with Screen(running.bus, "call/") as one, Screen(running.bus, "call/") as other:
        first = one.snapshot()
        assert not [m for m in other.all() if m.topic.startswith("snap/")]
        began = time.monotonic()
        for _ in range(20):
            one.ask()
        again = one.until(one.snap)[-1]
        assert again.header.seq >= first.header.seq
        assert time.monotonic() - began > 0.5
        assert not [m for m in one.all() if m.topic == one.snap]


def test_what_is_no_uuid_is_not_answered(running):
    with Screen(running.bus, "snap/", "snap/x/", "snap/01234567-89ab-cdef-0123-456789abcdeg/") as screen:
        assert screen.hear(0.5) is None


def chains_hold(messages, have):
    """Does every message follow the one before on its topic? have: topic -> seq, brought up to date."""
    for m in messages:
        if m.header.prev_seq > have.get(m.topic, 0) or m.header.seq < have.get(m.topic, 0):
            return False
        have[m.topic] = m.header.seq
    return True


def test_every_message_names_the_one_before_and_heartbeats_name_the_last(running):
    with Screen(running.bus, "call/", "board/", "window/", "queue/", "hall/", "hb/") as screen:
        snapshot = screen.snapshot()
        have = {t.topic: t.seq for t in snapshot.view.topics}
        for i in range(30):
            number = running.call(1 + i % 3)
        heard = screen.until(lambda m: m.topic == "call/" and m.view.number == number) + screen.until("hb/")
        exact = dict(have)
        for m in heard:
            if m.topic != "hb/":
                assert m.header.prev_seq == exact[m.topic], m.topic
                exact[m.topic] = m.header.seq
        assert {t.topic: t.seq for t in heard[-1].view.topics} == exact
        assert len([m for m in heard if m.topic == "call/"]) == 30


def test_heartbeats_come_every_two_seconds(running):
    with Screen(running.bus, "hb/") as screen:
        at = [screen.until("hb/")[-1].at for _ in range(2)]
    assert 1.5 < at[1] - at[0] < 3


# ---- what is missed

def calls(h, n):
    """n calls, quickly: three clerks at their windows."""
    def work(window):
        kiosk, clerk = h.client("kiosk"), h.client("clerk")
        for _ in range(n // 3):
            assert kiosk.ticket().status == 201
            answer = clerk.post(f"/windows/{window}/next", {"outcome": "handled"})
            if answer.status == 409:
                assert clerk.post(f"/windows/{window}/next", {}).status == 200
    threads = [threading.Thread(target=work, args=(w,)) for w in (1, 2, 3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def test_a_screen_that_does_not_read_knows_that_it_missed_something_and_is_whole_again(running):
    # A receive buffer smaller than loopback's segments would drip: the kernel then sends by its timer, not by need.
    with Screen(running.bus, "", rcvhwm=1, rcvbuf=131072) as slow:
        have = {t.topic: t.seq for t in slow.snapshot().view.topics}
        calls(running, 6000)
        heard = slow.until(lambda m: not chains_hold([m], have))
        assert len(heard) < 20000
        number = running.call(1)
        snapshot = slow.snapshot()
        assert number in [c.number for c in snapshot.view.board.calls]
        have = {t.topic: t.seq for t in snapshot.view.topics}
        number = running.call(2)
        after = slow.until(lambda m: m.topic == "call/" and m.view.number == number)
        assert chains_hold([m for m in after if m.topic != "hb/"], have)


def test_fifty_screens_that_do_not_read_slow_nobody(running):
    context = zmq.Context(io_threads=1)
    stopped = [Screen(running.bus, "", context=context, rcvhwm=1, rcvbuf=4096) for _ in range(50)]
    reading = [Screen(running.bus, "call/", context=context) for _ in range(50)]
    try:
        have = [{t.topic: t.seq for t in s.snapshot(30).view.topics} for s in reading]
        for s in stopped:
            s.snapshot(30)
        waits = []
        for i in range(300):
            began, number = time.monotonic(), running.call(1 + i % 3)
            waits.append(time.monotonic() - began)
        for s, chain in zip(reading, have):
            heard = s.until(lambda m: m.topic == "call/" and m.view.number == number, 30)
            assert chains_hold([m for m in heard if m.topic == "call/"], chain)
            assert len([m for m in heard if m.topic == "call/"]) == 300
        assert statistics.median(waits) < 0.1, statistics.median(waits)
    finally:
        for s in stopped + reading:
            s.socket.close()
        context.term()


def greeting(mechanism=b"NULL"):
    return b"\xff" + bytes(8) + b"\x7f\x03\x00" + mechanism.ljust(20, b"\0") + bytes(32)


def test_garbage_on_the_socket_is_cut_and_nobody_notices(running):
    random.seed(7)
    host, port = running.bus.removeprefix("tcp://").split(":")
    with Screen(running.bus, "call/") as screen:
        screen.snapshot()
        garbage = [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", random.randbytes(100000), b"\xff" * 64, greeting(),
                   greeting() + b"\x06\xff" + random.randbytes(2000), greeting() + b"\x02" + b"\xff" * 8,
                   greeting(b"CURVE") + random.randbytes(500), greeting(b"X" * 20), b""]
        for data in garbage * 3:
            with socket.create_connection((host, int(port)), 5) as line:
                try:
                    line.sendall(data)
                except OSError:
                    pass
        dealer = zmq.Context.instance().socket(zmq.XSUB)
        dealer.linger = 0
        dealer.connect(running.bus)
        for i in range(5000):
            dealer.send(b"\x01" + random.randbytes(random.randrange(40)) if i % 2 else random.randbytes(random.randrange(40)))
        number = running.call(3)
        screen.until(lambda m: m.topic == "call/" and m.view.number == number)
        dealer.close()
    assert running.client().get("/hall").status == 200


# ---- what is never heard

def test_numbers_only_ever_reach_the_bus():
    settings = {**hall.SMALL_HALL, "items": [
        {"item": "GEHEIM-1", "name": "不该出现的事项", "queue": "A", "group": "a"},
        {"item": "b1", "name": "乙一", "queue": "B", "group": "b"}],
        "queues": [{"queue": "A", "name": "综合", "default_item": "GEHEIM-1"},
                   {"queue": "B", "name": "不动产", "default_item": "b1"}]}
    with BusHall(settings=settings) as h, Screen(h.bus, "") as screen:
        screen.snapshot()
        h.open_windows(1, 2)
        kiosk, clerk = h.client("kiosk"), h.client("clerk")
        tickets = [kiosk.post("/tickets", {"queue": "A", "class": "senior", "channel": "kiosk"}).body for _ in range(4)]
        clerk.post("/windows/1/next")
        clerk.post("/windows/1/start")
        clerk.post("/windows/1/hold")
        assert clerk.post("/windows/1/call", {"ticket": tickets[2]["id"], "reason": "认识的人"}).status == 200
        assert clerk.post(f"/tickets/{tickets[3]['id']}/cancel", {"reason": "家里有事"}).status == 200
        assert clerk.post("/windows/2/break", {"reason": "身体不适", "planned_s": 60}).status == 200
        screen.until(lambda m: m.topic == "window/2/" and m.view.state == 4)
        heard = screen.all()
        everything = b"".join(b"".join(m.frames) for m in heard) + b"".join(screen.snapshot().frames)
        for word in ["senior", "GEHEIM-1", "不该出现的事项", "认识的人", "家里有事", "身体不适", "guanli",
                     *[t["token"] for t in tickets], *[bytes.fromhex(t["token"]) for t in tickets]]:
            assert (word.encode() if isinstance(word, str) else word) not in everything, word


# ---- starting

def test_a_taken_address_and_one_beyond_the_machine_without_keys_fail_the_start(running):
    for address, word in ((running.bus, "taken"), ("tcp://0.0.0.0:5561", "zmq_curve"), ("udp://127.0.0.1:5561", "tcp://")):
        h = BusHall(address)
        try:
            assert h.refuses_to_start() == 78
            assert word in h.log()
        finally:
            h.__exit__()


def test_a_second_demo_hall_takes_another_port():
    sys.path.insert(0, os.path.join(hall.SOURCE, "packaging", "demo"))
    import welcome
    with socket.socket() as other:
        try:
            other.bind(("127.0.0.1", welcome.BUS_PORT))
            other.listen()
        except OSError:
            pass        # another program has it, which is the case to be tried
        port = int(welcome.bus_address().rsplit(":", 1)[1])
    assert port not in (0, welcome.BUS_PORT)


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__, "-q"]))
