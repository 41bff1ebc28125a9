#!/usr/bin/python3
"""
Screens as they hang in a hall: the programs of docs/screens.md through restarts of the daemon and cuts of the network,
and who may listen.
"""
import contextlib
import json
import os
import stat
import subprocess
import time

import pytest
import zmq
from zmq.utils.monitor import recv_monitor_message

import bus
import hall
from bus import BusHall, Program, Screen

SILENT_S = 15       # the programs say "no connection" after 6


def test_the_programs_are_short():
    for language in ("python", "c"):
        assert len(bus.program(language).splitlines()) < 60


def test_the_programs_follow_the_hall_through_restarts_and_never_show_a_call_that_is_over():
    with BusHall() as h:
        h.open_windows(1, 2)
        first = h.call(1)
        with Program(*bus.python_screen(), h.bus) as screen, Program(*bus.c_panel(), "1", h.bus) as panel:
            screen.until(f"board {first}@1")
            panel.until(f"window 1 {first}")
            second = h.call(1)
            screen.until(f"call {second}@1")
            screen.until(f"board {second}@1")
            panel.until(f"window 1 {second}")
            h.kill()
            h.start()                                           # quickly: nobody was silent for 6 s
            assert screen.until(f"board {second}@1") == [f"board {second}@1"]
            panel.until(f"window 1 {second}")
            third = h.call(1)
            screen.until(f"call {third}@1")
            panel.until(f"window 1 {third}")
            assert h.stop() == 0
            screen.until("no connection", SILENT_S)
            panel.until("no connection", SILENT_S)
            h.start()
            screen.until(f"board {third}@1")
            panel.until(f"window 1 {third}")


def test_a_restored_hall_has_another_epoch_and_every_screen_begins_anew():
    with BusHall() as h:
        h.open_windows(1)
        h.call(1)
        backup = os.path.join(h.root, "backup.db")
        assert h.admin().post("/admin/backup", {"file": backup}).status == 200
        number = h.call(1)
        with Screen(h.bus, "call/", "hb/") as screen, Program(*bus.python_screen(), h.bus) as program:
            before = screen.snapshot().header
            program.until(f"board {number}@1")
            h.stop()
            h.data = h.config["data_dir"] = os.path.join(h.root, "restored")
            h.start("--restore", backup)
            after = screen.until(screen.snap)[-1].header
            assert after.epoch != before.epoch and after.seq < before.seq + 5
            program.until("board A001@1")
            number = h.call(1)
            assert int(number[1:]) >= 200       # beyond what may have been printed
            program.until(f"call {number}@1")


# ---- who may listen

def hallctl(h, *args, code=0):
    done = subprocess.run([os.path.join(hall.BUILD, "hallctl"), "--socket", os.path.join(h.config["run_dir"], "http.sock"),
                           "--lang", "en", *args], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


def add_screen(h, name):
    """As an administrator does: (server's key, public, secret)."""
    made = json.loads(hallctl(h, "screen", "add", name, "--place", "东厅", "--json"))
    assert made["address"] == h.bus and made["name"] == name
    return tuple(made[k].encode() for k in ("server_key", "public_key", "secret_key"))


@pytest.fixture
def guarded(tmp_path):
    with BusHall(zmq_curve={"secret_key_file": str(tmp_path / "zmq.key")}) as h:
        assert stat.S_IMODE(os.stat(tmp_path / "zmq.key").st_mode) == 0o600
        h.open_windows(1)
        yield h


@contextlib.contextmanager
def refused(address, keys):
    """A screen that must be told no."""
    events = (zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL |
              zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_DISCONNECTED)
    with Screen(address, "", keys=keys, events=events) as screen:
        assert screen.monitor.poll(bus.PATIENCE_S * 1000)
        assert recv_monitor_message(screen.monitor)["event"] != zmq.EVENT_HANDSHAKE_SUCCEEDED
        assert screen.hear(0.3) is None
        yield screen
        screen.socket.disable_monitor()


def test_only_a_listed_key_is_let_in(guarded):
    keys = add_screen(guarded, "tv1")
    number = guarded.call(1)
    with Screen(guarded.bus, "", keys=keys) as screen:
        assert screen.snapshot().view.board.calls[0].number == number
    stranger = zmq.curve_keypair()
    with refused(guarded.bus, (keys[0], *stranger)):
        pass
    with refused(guarded.bus, (zmq.curve_keypair()[0], *keys[1:])):     # another server than it believes
        pass
    with refused(guarded.bus, None):
        pass
    assert "not listed was refused" in guarded.log()


def test_the_programs_know_keys(guarded):
    keys = [k.decode() for k in add_screen(guarded, "tv1")]
    number = guarded.call(1)
    with Program(*bus.python_screen(), guarded.bus, *keys) as screen, Program(*bus.c_panel(), "1", guarded.bus, *keys) as panel:
        screen.until(f"board {number}@1")
        panel.until(f"window 1 {number}")


def test_a_key_that_is_added_later_lets_a_waiting_screen_in(guarded):
    pair = zmq.curve_keypair()
    server = guarded.admin().get("/status").body["zmq_public_key"]
    with Program(*bus.python_screen(), guarded.bus, server, *[k.decode() for k in pair]) as screen:
        screen.until("no connection", SILENT_S)
        hallctl(guarded, "screen", "add", "tv1", "--public-key", pair[0].decode())
        screen.until("board", SILENT_S)


def test_after_a_revocation_all_others_are_back_within_a_second_and_the_revoked_is_refused(guarded):
    keys = {name: add_screen(guarded, name) for name in ("tv1", "tv2", "tv3")}
    assert [line.split()[0] for line in hallctl(guarded, "screen", "list").splitlines()[1:]] == ["tv1", "tv2", "tv3"]
    with contextlib.ExitStack() as stack:
        screens = {name: stack.enter_context(Screen(guarded.bus, "call/", keys=k)) for name, k in keys.items()}
        others = [stack.enter_context(Screen(guarded.bus, "call/", keys=keys["tv1"])) for _ in range(20)]
        for screen in [*screens.values(), *others]:
            screen.snapshot()
        began = time.monotonic()
        hallctl(guarded, "screen", "revoke", "tv2")
        for screen in [screens["tv1"], screens["tv3"], *others]:
            assert screen.until(screen.snap)[-1].at - began < 1     # it stayed subscribed: the snapshot comes by itself
        number = guarded.call(1)
        for screen in [screens["tv1"], screens["tv3"], *others]:
            assert screen.until("call/")[-1].view.number == number
        assert screens["tv2"].hear(0.5) is None
    with refused(guarded.bus, keys["tv2"]):
        pass
    assert "tv2" not in hallctl(guarded, "screen", "list")
    assert "NOT_FOUND" in hallctl(guarded, "screen", "revoke", "tv2", code=1)


def test_a_key_file_that_others_may_read_or_that_is_none_fails_the_start(tmp_path):
    path = tmp_path / "zmq.key"
    for text, mode, word in (("~" * 40 + "\n", 0o600, "Z85"), ("short\n", 0o600, "Z85"), ("", 0o644, "chmod 600")):
        path.write_text(text)
        path.chmod(mode)
        h = BusHall(zmq_curve={"secret_key_file": str(path)})
        try:
            assert h.refuses_to_start() == 78
            assert word in h.log()
        finally:
            h.__exit__()


# ---- a network that is cut

def ip(*args):
    return subprocess.run(["ip", *args], capture_output=True, text=True, check=False).returncode == 0


@contextlib.contextmanager
def network():
    """Another machine, as a network namespace at the end of a wire: its name and the wire here; None: not permitted."""
    name = f"halld{os.getpid()}"
    wire, far = f"h{os.getpid()}", f"f{os.getpid()}"
    made = os.geteuid() == 0 and ip("netns", "add", name)
    try:
        made = made and ip("link", "add", wire, "type", "veth", "peer", "name", far, "netns", name) and \
            ip("addr", "add", "10.213.77.1/24", "dev", wire) and ip("link", "set", wire, "up") and \
            ip("-n", name, "addr", "add", "10.213.77.2/24", "dev", far) and ip("-n", name, "link", "set", far, "up")
        yield (name, wire) if made else None
    finally:
        ip("link", "del", wire)
        ip("netns", "del", name)


def test_a_screen_survives_a_cut_network_and_shows_nothing_that_is_over(tmp_path):
    with network() as net:
        if not net:
            pytest.skip("network namespaces are not permitted here")
        name, wire = net
        with BusHall("tcp://10.213.77.1:*", zmq_curve={"secret_key_file": str(tmp_path / "zmq.key")}) as h:
            h.open_windows(1)
            keys = [k.decode() for k in add_screen(h, "tv1")]
            before = h.call(1)
            away = ["ip", "netns", "exec", name]
            with Program(*away, *bus.python_screen(), h.bus, *keys) as screen, \
                    Program(*away, *bus.c_panel(), "1", h.bus, *keys) as panel:
                screen.until(f"board {before}@1")
                panel.until(f"window 1 {before}")
                assert ip("link", "set", wire, "down")
                missed, last = h.call(1), h.call(1)
                screen.until("no connection", SILENT_S)
                panel.until("no connection", SILENT_S)
                assert ip("link", "set", wire, "up")
                heard = screen.until(f"board {last}@1", 30) + panel.until(f"window 1 {last}", 30)
                assert not [line for line in heard if missed in line or before in line]
                number = h.call(1)
                screen.until(f"call {number}@1")
                panel.until(f"window 1 {number}")


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__, "-q"]))
