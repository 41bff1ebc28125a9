#!/usr/bin/python3
"""The unit's sandbox: a halld under the very system calls that systemd would allow it starts, works, and stops."""
import ctypes
import os
import re
import shutil
import stat
import subprocess
import sys

import pytest

import hall as hall_module
from hall import HALLD, SOURCE
from test_clock import DAY_MS, ShiftedHall
from web import Person, password

UNIT = os.path.join(SOURCE, "packaging/systemd/halld.service.in")
KILL, ALLOW, ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
EPERM, EAFNOSUPPORT = 1, 97
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17}


class Compare(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def unit_lines(key):
    with open(UNIT, encoding="utf-8") as f:
        return re.findall(rf"^{key}=(.*)$", f.read(), re.M)


def expand(word):
    """The calls of a set of systemd's; a call stands for itself."""
    if not word.startswith("@"):
        return {word}
    text = subprocess.run(["systemd-analyze", "syscall-filter", word], check=True, capture_output=True, text=True).stdout
    words = [line.strip() for line in text.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return set().union(*map(expand, words))


def allowed_calls():
    calls = set()
    for line in unit_lines("SystemCallFilter"):
        words = set().union(*map(expand, line.lstrip("~").split()))
        calls = calls - words if line.startswith("~") else calls | words
    return calls


def sandbox():
    """From here on the process has what the unit leaves; anything else ends it, as the unit says."""
    lib = ctypes.CDLL("libseccomp.so.2")
    lib.seccomp_init.restype = ctypes.c_void_p
    lib.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p]
    lib.seccomp_load.argtypes = [ctypes.c_void_p]
    denied = ERRNO | EPERM if unit_lines("SystemCallErrorNumber") else KILL
    filters = lib.seccomp_init(denied)
    calls = allowed_calls() | ({"fchown"} if os.geteuid() == 0 else set())  # SQLite's, and only for root
    if "yes" in unit_lines("ProtectClock"):
        calls -= expand("@clock")
    for call in calls - {"socket"}:
        number = lib.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:
            lib.seccomp_rule_add_array(filters, ALLOW, number, 0, None)
    families = set(unit_lines("RestrictAddressFamilies")[0].split())
    for name, family in FAMILIES.items():
        action = ALLOW if name in families else ERRNO | EAFNOSUPPORT
        rule = Compare(0, 4, family, 0)    # 4: equal
        lib.seccomp_rule_add_array(filters, action, lib.seccomp_syscall_resolve_name(b"socket"), 1, ctypes.byref(rule))
    assert lib.seccomp_load(filters) == 0


def has_tools():
    try:
        ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return False
    return shutil.which("systemd-analyze") is not None


@pytest.fixture
def sandboxed(tmp_path, monkeypatch):
    if not has_tools():
        pytest.skip("needs libseccomp2 and systemd-analyze")
    program = tmp_path / "halld"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {os.path.abspath(__file__)} --sandboxed {HALLD} "$@"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(hall_module, "HALLD", str(program))


@pytest.mark.usefixtures("sandboxed")
def test_the_unit_leaves_halld_what_it_needs():
    with ShiftedHall(zmq="tcp://127.0.0.1:*") as hall:
        kiosk, clerk = hall.client("kiosk"), hall.client("clerk")
        assert kiosk.ticket().status == 201
        assert clerk.post("/windows/1/open").status == 200 and clerk.post("/windows/1/next").status == 200
        assert Person(hall).log_in("jingli", password(hall, "jingli")).status == 200
        assert hall.admin().post("/admin/backup", {"file": os.path.join(hall.root, "backup.db")}).status == 200
        assert hall.admin().post("/admin/rebuild-rrd").status == 200
        graph = hall.admin()
        graph.http.request("GET", "/api/v1/graphs/waiting.png")
        assert graph.http.getresponse().status == 200
        assert hall.stop() == 0, hall.log()


@pytest.mark.usefixtures("sandboxed")
def test_a_hall_that_was_off_for_longer_than_a_week_starts():
    """Whether the machine's clock is right is then asked of the kernel."""
    assert {"adjtimex", "clock_adjtime"} <= allowed_calls() and not unit_lines("ProtectClock")
    with ShiftedHall() as hall:
        assert hall.client("kiosk").ticket().status == 201
        assert hall.stop() == 0
        hall.shift(10 * DAY_MS)
        hall.start()
        assert hall.client().get("/board").status == 200
        assert hall.stop() == 0, hall.log()


def test_the_unit_lets_halld_see_who_asks():
    """In a user namespace of its own SO_PEERCRED names every user of the machine but root "nobody"."""
    assert "yes" not in unit_lines("PrivateUsers")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--sandboxed"]:
        os.environ["ASAN_OPTIONS"] = "detect_leaks=0"    # which is done by ptrace
        sandbox()
        os.execv(sys.argv[2], sys.argv[2:])
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
