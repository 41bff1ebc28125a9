#!/usr/bin/python3
"""
What quickstart does besides building and running: the demo hall's config file, its hall clock, and the welcome with
the addresses of every screen and the logins.

  welcome.py config HOME RUN PORT TOP       writes HOME/halld.json
  welcome.py clock HOME SPEED RUN_ID        prints where a simulated hall's clock starts
  welcome.py greet HOME RUN PORT FILE       prints the welcome, writes FILE (mode 0600)
"""
import datetime
import http.client
import json
import os
import socket
import sys
import time

HALL_ZONE = datetime.timezone(datetime.timedelta(hours=8))
DAY_BEGINS = 8              # o'clock, in a simulated hall
LOGINS = "first-logins.json"    # in HOME, written by the daemon's first start


def write_private(path, value):
    with open(path + ".new", "w", encoding="utf-8", opener=lambda p, f: os.open(p, f, 0o600)) as f:
        json.dump(value, f, ensure_ascii=False, indent=1)
        f.write("\n")
    os.chmod(path + ".new", 0o600)
    os.replace(path + ".new", path)


def read_json(path):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def config(home, run, port, top):
    write_private(os.path.join(home, "halld.json"), {
        "hall_id": "demo", "zone": "Asia/Shanghai", "data_dir": os.path.join(home, "data"), "run_dir": run,
        "web_dir": os.path.join(top, "web-static"), "listen": f"127.0.0.1:{port}",
        "public_url": f"http://127.0.0.1:{port}",
        "import_hall": os.path.join(top, "packaging", "demo", "hall.json"),
        "limits": {"enforce": False}, "clock": {"accept_at_start": True},
        "credentials": os.path.join(home, LOGINS), "zmq": "tcp://127.0.0.1:5561"})


def clock(home, speed, run_id):
    """A simulated hall begins at 8 o'clock today, or the morning after the last day it has seen; when the daemon is
    started again within one run it goes on where the clock would be."""
    path, now = os.path.join(home, "clock.json"), time.time()
    last = read_json(path)
    if last.get("run") == run_id:
        start = datetime.datetime.fromisoformat(last["start"]) + datetime.timedelta(seconds=(now - last["at"]) * float(speed))
    else:
        seen = read_json(os.path.join(home, "player.json")).get("date", "")
        today = datetime.datetime.now(HALL_ZONE).date()
        day = datetime.date.fromisoformat(seen) + datetime.timedelta(days=1) if seen else today
        start = datetime.datetime.combine(day, datetime.time(DAY_BEGINS), HALL_ZONE)
        write_private(path, {"run": run_id, "at": now, "start": start.isoformat()})
    print(start.isoformat(timespec="milliseconds"))


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)
