#!/usr/bin/python3
"""A new hall: generated logins, shown once and kept privately; what systemd is told; what the ready line says."""
import os
import socket
import stat
import sys
import urllib.request

import pytest

from hall import SMALL_HALL, Client, Hall

FIRST_LOGINS = 3, 3     # users and devices of the small hall


def log_in(hall, name, password):
    return Client(hall.address).post("/session", {"name": name, "password": password})


def test_every_generated_login_works_and_is_private():
    with Hall() as hall:
        mode = stat.S_IMODE(os.stat(hall.credentials_file).st_mode)
        assert mode == 0o600
        logins = hall.credentials
        assert logins["base_url"] == hall.base
        assert (len(logins["users"]), len(logins["tokens"])) == FIRST_LOGINS
        for user in logins["users"]:
            assert log_in(hall, user["name"], user["password"]).status == 200
            assert user["password"] not in hall.log()
        assert log_in(hall, "guanli", "guanli").status == 401
        for device, token in logins["tokens"].items():
            assert Client(hall.address, token).get("/me").body["name"] == device
            assert token not in hall.log()


def test_no_two_halls_have_the_same_logins():
    secrets = []
    for _ in range(2):
        with Hall() as hall:
            secrets += [u["password"] for u in hall.credentials["users"]] + list(hall.credentials["tokens"].values())
    assert len(set(secrets)) == 2 * sum(FIRST_LOGINS)


def test_a_second_start_keeps_the_logins_and_says_where_it_listens():
    with Hall() as hall:
        before = hall.credentials
        hall.stop()
        hall.start()
        after = hall.credentials
        assert after["base_url"] == hall.base
        assert (after["users"], after["tokens"]) == (before["users"], before["tokens"])
        user = after["users"][0]
        assert log_in(hall, user["name"], user["password"]).status == 200


def test_without_users_there_is_one_administrator():
    settings = {k: v for k, v in SMALL_HALL.items() if k not in ("users", "devices")}
    with Hall(settings=settings) as hall:
        (admin,) = hall.credentials["users"]
        assert (admin["name"], admin["role"]) == ("admin", "admin")
        assert log_in(hall, "admin", admin["password"]).status == 200


def test_without_a_file_for_them_the_logins_are_printed_once():
    with Hall(credentials="") as hall:
        assert "guanli" in hall.log()
        hall.stop()
        os.truncate(hall.log_file, 0)
        hall.start()
        assert "guanli" not in hall.log()


def test_the_hall_file_is_read_once():
    with Hall() as hall:
        hall.stop()
        os.remove(hall.settings_file)
        hall.start()
        assert hall.client("kiosk").ticket().status == 201


class Systemd:
    """The other end of sd_notify."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(10)

    def wait_for(self, word):
        while True:
            text = self.socket.recv(4096).decode()
            if word in text.splitlines():
                return text


def test_systemd_is_told_ready_alive_and_stopping():
    hall = Hall()
    try:
        systemd = Systemd(hall.root)
        hall.start(env={"NOTIFY_SOCKET": systemd.path, "WATCHDOG_USEC": "200000"})
        assert hall.base in systemd.wait_for("READY=1")
        for _ in range(3):
            systemd.wait_for("WATCHDOG=1")
        assert hall.stop() == 0
        systemd.wait_for("STOPPING=1")
    finally:
        hall.__exit__()


def test_the_addresses_of_the_pages_that_are_there_are_told(tmp_path):
    os.makedirs(tmp_path / "kiosk")
    (tmp_path / "kiosk" / "index.html").write_text("<!doctype html><title>x</title>", encoding="utf-8")
    with Hall(web_dir=str(tmp_path)) as hall:
        assert f"{hall.base}/kiosk/" in hall.log()
        assert f"{hall.base}/manager/" not in hall.log()
        with urllib.request.urlopen(f"{hall.base}/kiosk/") as page:
            assert page.status == 200


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
