#!/usr/bin/python3
"""./quickstart as a newcomer uses it: the demo hall, a second run that keeps it, a recorded day that lives."""
import json
import os
import signal
import socket
import stat
import subprocess
import threading
import time
import urllib.request

import pytest

TOP = os.path.abspath(os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__), "..", "..")))
BUILD_LIMIT_S, LIVING_LIMIT_S, STOP_LIMIT_S = 400, 60, 15


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Quickstart:
    """One run, from the start to the moment when it has greeted."""

    def __init__(self, folder, *options):
        self.port, self.folder, self.lines = free_port(), str(folder), []
        self.greeted = threading.Event()
        self.process = subprocess.Popen(
            [os.path.join(TOP, "quickstart"), "--port", str(self.port), "--dir", self.folder, *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            if "Ctrl-C" in line:
                self.greeted.set()
        self.greeted.set()

    def __enter__(self):
        assert self.greeted.wait(BUILD_LIMIT_S) and self.process.poll() is None, "".join(self.lines)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(STOP_LIMIT_S)
        self.reader.join(STOP_LIMIT_S)
        assert not self.left_behind()
        return code

    def left_behind(self):
        """Programs of this run that are still there: their command lines name its folder."""
        return [line for line in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout.splitlines()
                if self.folder + "/" in line]

    def credentials(self):
        with open(os.path.join(self.folder, "demo-credentials.json"), encoding="utf-8") as f:
            return json.load(f)

    def ask(self, path, body=None, token=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}",
                                         json.dumps(body).encode() if body else None)
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


def test_the_demo_hall_runs_and_a_second_run_keeps_it(folder):
    with Quickstart(folder) as first:
        hall, logins = first.ask("/hall"), first.credentials()
        assert hall["open"] and not hall.get("simulated")
        assert set(logins) == {"base_url", "zmq", "tokens", "users"}
        assert logins["base_url"] == f"http://127.0.0.1:{first.port}"
        host, port = logins["zmq"].removeprefix("tcp://").rsplit(":", 1)
        socket.create_connection((host, int(port)), 5).close()
        assert {"kiosk", "screen", "clerk"} <= set(logins["tokens"])
        assert {"clerk", "desk", "manager", "admin", "auditor"} <= {u["role"] for u in logins["users"]}
        mode = os.stat(os.path.join(first.folder, "demo-credentials.json")).st_mode
        assert stat.S_IMODE(mode) == 0o600
        assert len(first.ask("/catalogue")["items"]) >= 400
        text = "".join(first.lines)
        for page in ("/kiosk/#pair=", "/screen/", "/window/", "/admin/"):
            assert f"http://127.0.0.1:{first.port}{page}" in text
        assert all(u["password"] in text for u in logins["users"])
        ticket = first.ask("/tickets", {"queue": "A", "channel": "kiosk"}, logins["tokens"]["kiosk"])
        assert first.stop() == 0
    with Quickstart(folder) as second:
        again = second.credentials()
        assert (again["tokens"], again["users"]) == (logins["tokens"], logins["users"])
        assert again["base_url"] == f"http://127.0.0.1:{second.port}"
        assert second.ask(f"/tickets/by-token/{ticket['token']}")["number"] == ticket["number"]
        assert second.stop(signal.SIGINT) == 0


def test_a_recorded_day_is_alive_within_a_minute(folder):
    with Quickstart(folder, "--simulate", "60") as run:
        hall, until = run.ask("/hall"), time.monotonic() + LIVING_LIMIT_S
        assert hall["simulated"] and hall["at"][11:13] == "08"
        board = {}
        while time.monotonic() < until:
            board = run.ask("/board")
            if board.get("calls") and sum(w.get("state") == "busy" for w in board["windows"]) >= 4:
                break
            time.sleep(0.2)
        assert board.get("calls") and sum(w.get("state") == "busy" for w in board["windows"]) >= 4, "".join(run.lines)
        assert run.stop() == 0
    text = "".join(run.lines)
    assert "Traceback" not in text and "refused:" not in text, text


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__, "-q"]))
