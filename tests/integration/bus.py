"""
What the tests of the display bus share: the messages, made by protoc now; a screen that keeps what it heard; the
programs of docs/screens.md, taken from the page as they stand there.
"""
import atexit
import glob
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import zmq

import hall

FOLDER = tempfile.mkdtemp(prefix="halld-bus-")
atexit.register(shutil.rmtree, FOLDER, True)
PROTO = os.path.join(hall.SOURCE, "proto")
subprocess.run(["protoc", f"-I{PROTO}", f"--python_out={FOLDER}", *sorted(glob.glob(PROTO + "/*.proto"))], check=True)
sys.path.insert(0, FOLDER)

import bus_pb2  # noqa: E402  (made just now)
import view_pb2  # noqa: E402

VIEWS = {"call/": view_pb2.CallView, "board/": view_pb2.BoardView, "hall/": view_pb2.HallView,
         "window/": view_pb2.WindowView, "queue/": view_pb2.QueueView, "hb/": bus_pb2.BusHeartbeat,
         "snap/": bus_pb2.BusSnapshot}
PATIENCE_S = 10


class Message:
    def __init__(self, frames):
        assert len(frames) == 3, frames
        self.topic, self.header = frames[0].decode(), bus_pb2.BusHeader.FromString(frames[1])
        self.view = VIEWS[self.topic.split("/")[0] + "/"].FromString(frames[2])
        self.frames, self.at = frames, time.monotonic()


class Screen:
    """A subscriber. keys: (server, public, secret); rcvhwm: how many messages it takes without being read; events: what
    of its socket is watched, from before it connects."""

    def __init__(self, address, *topics, keys=None, context=None, rcvhwm=None, rcvbuf=None, events=None):
        self.context = context or zmq.Context.instance()
        self.socket = self.context.socket(zmq.SUB)
        self.socket.linger = 0
        self.snap = f"snap/{uuid.uuid4()}/"
        if rcvhwm:
            self.socket.rcvhwm = rcvhwm
        if rcvbuf:
            self.socket.rcvbuf = rcvbuf
        if keys:
            self.socket.curve_serverkey, self.socket.curve_publickey, self.socket.curve_secretkey = keys
        for topic in topics:
            self.socket.subscribe(topic)
        self.monitor = self.socket.get_monitor_socket(events) if events else None
        self.socket.connect(address)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self):
        self.socket.unsubscribe(self.snap)
        self.socket.subscribe(self.snap)

    def hear(self, timeout=PATIENCE_S):
        """The next message; None: silence."""
        return Message(self.socket.recv_multipart()) if self.socket.poll(timeout * 1000) else None

    def until(self, wanted, timeout=PATIENCE_S):
        """All messages up to the first that is wanted, a topic or a predicate."""
        fits = wanted if callable(wanted) else lambda m: m.topic == wanted
        heard, end = [], time.monotonic() + timeout
        while True:
            message = self.hear(max(0, end - time.monotonic()))
            assert message, f"not heard in {timeout} s after {len(heard)} messages, {[m.topic for m in heard[-20:]]}"
            heard.append(message)
            if fits(message):
                return heard

    def snapshot(self, timeout=PATIENCE_S):
        """Asks until it comes: into a full queue it did not fit."""
        end = time.monotonic() + timeout
        self.ask()
        while time.monotonic() < end:
            message = self.hear(2)
            if message and message.topic == self.snap:
                return message
            if not message or message.topic == "hb/":
                self.ask()
        raise AssertionError(f"no snapshot in {timeout} s")

    def all(self, quiet_s=0.3):
        """Everything until nothing but heartbeats comes for a while."""
        heard, end = [], time.monotonic() + quiet_s
        while time.monotonic() < end:
            message = self.hear(max(0, end - time.monotonic()))
            if message:
                heard.append(message)
                end = end if message.topic == "hb/" else time.monotonic() + quiet_s
        return heard


class BusHall(hall.Hall):
    """A hall whose bus has a port of its own, the same after a restart."""

    def __init__(self, zmq_address="tcp://127.0.0.1:*", **config):
        super().__init__(zmq=zmq_address, **config)

    def start(self, *options, **how):
        super().start(*options, **how)
        self.config["zmq"] = self.bus
        return self

    @property
    def bus(self):
        return self.credentials["zmq"]

    def open_windows(self, *windows):
        clerk = self.client("clerk")
        for n in windows:
            assert clerk.post(f"/windows/{n}/open").status == 200

    def call(self, window=1):
        """A new ticket, called to the window at once; its number."""
        assert self.client("kiosk").ticket().status == 201
        answer = self.client("clerk").post(f"/windows/{window}/next", {"outcome": "handled"})
        if answer.status == 409:        # nobody was there
            answer = self.client("clerk").post(f"/windows/{window}/next", {})
        assert answer.status == 200, answer.body
        return answer.body["ticket"]["number"]


def program(language):
    """The page's program in that language."""
    with open(os.path.join(hall.SOURCE, "docs", "screens.md"), encoding="utf-8") as f:
        return re.search(rf"```{language}\n(.*?)```", f.read(), re.S).group(1)


def python_screen():
    """Its command, without arguments. Made as the page says."""
    path = os.path.join(FOLDER, "screen.py")
    with open(path, "w", encoding="utf-8") as f:
        f.write(program("python"))
    return [sys.executable, path]


def c_panel():
    path = os.path.join(FOLDER, "panel")
    if not os.path.exists(path):
        with open(path + ".c", "w", encoding="utf-8") as f:
            f.write(program("c"))
        subprocess.run(["protoc-c", "-I", PROTO, f"--c_out={FOLDER}", *sorted(glob.glob(PROTO + "/*.proto"))], check=True)
        subprocess.run("cc -Wall -Wextra -Werror -o panel panel.c *.pb-c.c $(pkg-config --cflags --libs libzmq libprotobuf-c)",
                       cwd=FOLDER, shell=True, check=True)
    return [path]


class Program:
    """A program whose lines are read as they come."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines, self.seen = queue.Queue(), []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def until(self, line, timeout=PATIENCE_S):
        """The lines up to this one."""
        end = time.monotonic() + timeout
        heard = []
        while not heard or heard[-1] != line:
            try:
                heard.append(self.lines.get(timeout=max(0, end - time.monotonic())))
            except queue.Empty:
                raise AssertionError(f"no {line!r} in {timeout} s after {heard} (before: {self.seen})") from None
        self.seen += heard
        return heard
