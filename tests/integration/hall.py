"""
What the tests of the running daemon share: a hall of its own in a temporary folder, started on a free port, killed
or stopped at will, and clients that ask it over HTTP.
"""
import contextlib
import http.client
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from pathlib import Path

SOURCE = os.path.abspath(os.environ.get("top_srcdir") or os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(os.environ.get("top_builddir") or os.path.join(SOURCE, "build"))
HALLD, HALLJOURNAL = os.path.join(BUILD, "halld"), os.path.join(BUILD, "halljournal")
LONG = bool(os.environ.get("HALLD_LONG"))
STARTS_WITHIN_S = 30    # under a loaded machine; the promised times are tests of their own

SMALL_HALL = {
    "hall": {"name": "测试大厅", "name_en": "Test hall"},
    "groups": [{"group": "a", "name": "甲"}, {"group": "b", "name": "乙"}],
    "queues": [{"queue": "A", "name": "综合", "default_item": "a1"}, {"queue": "B", "name": "不动产", "default_item": "b1"}],
    "items": [{"item": "a1", "name": "甲一", "queue": "A", "group": "a"},
              {"item": "b1", "name": "乙一", "queue": "B", "group": "b"}],
    "classes": [{"class": "normal", "name": "普通"},
                {"class": "senior", "name": "老年", "head_start_s": 1200, "kiosk": True}],
    "windows": [{"window": n, "name": f"{n} 号窗口", "all": True} for n in range(1, 9)],
    "hours": [{"weekday": day, "open": ["00:00-24:00"]} for day in range(1, 8)],
    "users": [{"name": "guanli", "role": "admin"}, {"name": "jingli", "role": "manager"},
              {"name": "chuangkou1", "role": "clerk"}],
    "devices": [{"name": "kiosk", "role": "kiosk"}, {"name": "screen", "role": "screen"},
                {"name": "clerk", "role": "clerk"}],
}


class Answer:
    def __init__(self, status, body):
        self.status, self.body = status, body

    @property
    def code(self):
        return self.body.get("error", {}).get("code", "") if isinstance(self.body, dict) else ""


class Client:
    """One kept-alive connection; token: a device's. Raises OSError or HTTPException when the daemon is gone."""

    def __init__(self, address, token=None, timeout=10):
        host, port = address.rsplit(":", 1)
        self.http = http.client.HTTPConnection(host, int(port), timeout=timeout)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def request(self, method, path, body=None, key=None):
        headers = dict(self.headers)
        if key:
            headers["Idempotency-Key"] = key
        text = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            text = json.dumps(body)
        if not self.http.sock:
            self.http.connect()
            self.http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.http.request(method, "/api/v1" + path, text, headers)
        answer = self.http.getresponse()
        data = answer.read()
        return Answer(answer.status, json.loads(data) if data.strip() else {})

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body=None, key=None):
        return self.request("POST", path, {} if body is None else body, key or str(uuid.uuid4()))

    def ticket(self, queue="A", key=None):
        return self.post("/tickets", {"queue": queue, "channel": "kiosk"}, key)

    def close(self):
        self.http.close()


def cpu_s(pid):
    """What a process has used of the processors: what it takes on a machine that does nothing else."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Hall:
    """A halld with its own folder. `with Hall() as h` starts it and removes everything at the end."""

    def __init__(self, folder=None, settings=None, options=(), **config):
        self.options = list(options)    # for every start
        self.root = tempfile.mkdtemp(prefix="halld-test-")
        self.dir = folder or self.root
        self.data = os.path.join(self.dir, "data")
        self.journal = os.path.join(self.data, "journal.db")
        self.config_file = os.path.join(self.root, "halld.json")
        self.credentials_file = os.path.join(self.root, "credentials.json")
        self.log_file = os.path.join(self.root, "log")
        self.settings_file = os.path.join(self.root, "hall.json")
        write_json(self.settings_file, settings or SMALL_HALL)
        self.config = {
            "hall_id": "test", "zone": "Asia/Shanghai", "data_dir": self.data, "run_dir": os.path.join(self.root, "run"),
            "web_dir": os.path.join(SOURCE, "web-static"), "listen": "127.0.0.1:0", "import_hall": self.settings_file,
            "limits": {"enforce": False, "min_free_mib": 0}, "clock": {"accept_at_start": False},
            "credentials": self.credentials_file, "zmq": f"ipc://{self.root}/bus", **config}
        self.process, self.base, self.ready_s = None, None, None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def launch(self, *options, preload=(), env=None):
        """Starts the process without waiting for it; returns the reading end of its ready pipe."""
        write_json(self.config_file, self.config)
        ready, child = os.pipe()
        environment = {**os.environ, **(env or {})}
        if preload:
            environment["LD_PRELOAD"] = ":".join(preload)
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen([HALLD, "--config", self.config_file, "--ready-fd", str(child), *self.options, *options],
                                            pass_fds=[child], stdout=log, stderr=log, env=environment)
        os.close(child)
        return ready

    def start(self, *options, **how):
        began = time.monotonic()
        with os.fdopen(self.launch(*options, **how)) as ready:
            line = read_line(ready, STARTS_WITHIN_S)
        self.ready_s = time.monotonic() - began
        self.ready_cpu_s = cpu_s(self.process.pid)
        assert line.startswith("ready "), f"exit {self.process.poll()}\n{self.log()}"
        self.base = line.split()[1]
        return self

    def refuses_to_start(self, *options, **how):
        """Starts it where it must not come up: its exit code."""
        with os.fdopen(self.launch(*options, **how)) as ready:
            line = read_line(ready, STARTS_WITHIN_S)
        assert not line, self.log()
        return self.wait()

    def log(self):
        with open(self.log_file, encoding="utf-8", errors="replace") as f:
            return f.read()

    @property
    def address(self):
        return self.base.split("//")[1].rstrip("/")

    @property
    def credentials(self):
        with open(self.credentials_file, encoding="utf-8") as f:
            return json.load(f)

    def token(self, device):
        return self.credentials["tokens"][device]

    def client(self, device=None, **how):
        return Client(self.address, self.token(device) if device else None, **how)

    def client_of(self, token):
        """A device that was added later."""
        return Client(self.address, token)

    def admin(self):
        """Over the unix socket: the machine's own user, as hallctl."""
        return UnixClient(os.path.join(self.config["run_dir"], "http.sock"))

    def wait(self, timeout=30):
        code = self.process.wait(timeout)
        self.process = None
        return code

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.process = None

    def stop(self, sign=signal.SIGTERM, timeout=10):
        self.process.send_signal(sign)
        return self.wait(timeout)

    def events(self, *options):
        """The journal as JSON objects, by halljournal."""
        text = journal_tool("dump", "--json", *options, self.journal)
        return [json.loads(line) for line in text.splitlines()]


class UnixClient(Client):
    def __init__(self, path, timeout=10):
        super().__init__("localhost:1", timeout=timeout)
        self.http.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.http.sock.settimeout(timeout)
        self.http.sock.connect(path)


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False)


def read_line(stream, timeout):
    """A line of a pipe, "" at its end; the daemon that says nothing in time fails the test."""
    lines = []
    reader = threading.Thread(target=lambda: lines.append(stream.readline()), daemon=True)
    reader.start()
    reader.join(timeout)
    assert lines, "the daemon neither became ready nor ended"
    return lines[0]


def journal_tool(command, *args, code=0):
    done = subprocess.run([HALLJOURNAL, command, *args], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def preload(name):
    """A library of tests/lib, built by `make preloads`."""
    path = os.path.join(BUILD, "tests/lib", name)
    assert os.path.exists(path), f"{path}: make preloads"
    return path


@contextlib.contextmanager
def tmpfs(mib):
    """A small disk of its own; None where only root may mount."""
    if os.geteuid() != 0:
        yield None
        return
    folder = tempfile.mkdtemp(prefix="halld-disk-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=0700", "tmpfs", folder], check=False)
    try:
        yield folder if mounted.returncode == 0 else None
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", folder], check=True)
        os.rmdir(folder)


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Load:
    """Threads that take tickets and serve them as fast as they are answered, and remember what was acknowledged."""

    def __init__(self, hall, takers=3, windows=2):
        self.hall, self.over = hall, threading.Event()
        self.tickets, self.unsure, self.faults = [], [], []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.take, daemon=True) for _ in range(takers)]
        self.threads += [threading.Thread(target=self.serve, args=(n + 1,), daemon=True) for n in range(windows)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(30)

    def take(self):
        client = self.hall.client("kiosk")
        while not self.over.is_set():
            key = str(uuid.uuid4())
            try:
                answer = client.ticket(key=key)
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.unsure.append(key)
                return
            with self.lock:
                if answer.status == 201:
                    self.tickets.append((key, answer.body["id"], answer.body["number"]))
                elif answer.status not in (503, 507):
                    self.faults.append((answer.status, answer.body))

    def serve(self, n):
        client = self.hall.client("clerk")
        with contextlib.suppress(OSError, http.client.HTTPException):
            client.post(f"/windows/{n}/open")
            while not self.over.is_set():
                answer = client.post(f"/windows/{n}/next", {"outcome": "handled"})
                if answer.code == "OUTCOME_NEEDED" or answer.status == 409:
                    client.post(f"/windows/{n}/next", {})
