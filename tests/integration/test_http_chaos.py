#!/usr/bin/python3
"""Clients at random: broken requests, half ones, resets in the midst, streams nobody reads. The hall stays whole."""
import random
import socket
import struct
import sys
import threading
import time

import pytest

from hall import Hall, LONG, journal_tool
from web import get, post

SECONDS, CLIENTS = (60 if LONG else 5), 8
PARTS = ["GET ", "POST ", "PATCH ", "/api/v1/", "tickets", "windows/1/next", "session", "admin/users", "audit", "?", "%41", "%zz",
         " HTTP/1.1\r\n", "Host: h\r\n", "Content-Length: 14\r\n", "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n",
         "Connection: close\r\n", "\r\n", '{"queue":"A"}\n', "5\r\nabcde\r\n0\r\n\r\n", "x" * 50, "\x00\xff", "Last-Event-ID: 1\r\n"]
PATHS = ["/tickets", "/windows/1/next", "/windows/1/open", "/windows/2/break", "/admin/windows", "/admin/devices", "/session"]
BODIES = ['{"queue":"A"}', "{}", '{"outcome":"handled"}', "[", '{"reason":"x"}', '{"name":"x","role":"kiosk"}']


def a_request(dice, tokens):
    kind = dice.random()
    token = "Authorization: Bearer " + dice.choice(tokens)
    if kind < 0.5:
        return post("/api/v1" + dice.choice(PATHS), dice.choice(BODIES), token)
    if kind < 0.7:
        return get("/api/v1/stream?topics=call/,board/,windows/,window/1/", token).encode()
    parts = [dice.choice(PARTS + [token + "\r\n"]) for _ in range(dice.randint(1, 15))]
    return "".join(parts).encode("latin-1")


def a_client(hall, seed, end, tokens):
    dice = random.Random(seed)
    host, port = hall.address.rsplit(":", 1)
    while time.monotonic() < end:
        try:
            with socket.create_connection((host, int(port)), 2) as s:
                s.settimeout(0.05)
                for _ in range(dice.randint(1, 6)):
                    s.sendall(a_request(dice, tokens))
                    if dice.random() < 0.5:
                        s.recv(4096)
                if dice.random() < 0.4:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            continue


def test_clients_at_random_leave_a_whole_hall():
    limits = {"enforce": False, "min_free_mib": 0, "header_timeout_s": 1, "connections": 200}
    with Hall(limits=limits) as hall:
        end, tokens = time.monotonic() + SECONDS, list(hall.credentials["tokens"].values())
        clients = [threading.Thread(target=a_client, args=(hall, seed, end, tokens)) for seed in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        kiosk = hall.client("kiosk")
        assert kiosk.ticket().status == 201
        end = time.monotonic() + 10
        while (status := hall.admin().get("/status").body)["connections"] > 2 or status["streams"]:
            assert time.monotonic() < end, status
        assert hall.stop() == 0, hall.log()
        journal_tool("verify", hall.journal)


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
