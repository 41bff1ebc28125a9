#!/usr/bin/python3
"""Who comes in, who does not, and what is written down of it."""
import json
import os
import socket
import sys
import time

import pytest

from hall import Hall
from web import Person, Raw, STRICT, at_once, certificate, hall_with, own_address, password, post


@pytest.fixture(scope="module")
def hall():
    with Hall() as h:
        yield h


def security(hall, kind, fits=lambda row: True):
    """The security log's rows of a kind that fit; they are written within a second."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        rows = [row for row in hall.admin().get(f"/audit?log=security&kind={kind}").body["security"] if fits(row)]
        if rows:
            return rows
    return []


def test_a_person_logs_in_works_and_logs_out(hall):
    person = Person(hall)
    answer = person.log_in("chuangkou1", password(hall, "chuangkou1"))
    assert answer.status == 200 and answer.body["role"] == "clerk" and answer.body["kind"] == "user"
    for attribute in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert attribute in person.set_cookie
    assert "Secure" not in person.set_cookie
    assert person.request("POST", "/windows/3/open", {}).status == 200
    me = person.request("GET", "/me").body
    assert me["name"] == "chuangkou1" and me["window"] == 3 and me["csrf"] == person.csrf
    assert person.request("DELETE", "/session").status == 204
    assert person.request("GET", "/me").body["role"] == "public"
    assert person.request("POST", "/windows/3/close", {}).code == "NO_SESSION"
    assert security(hall, "login", lambda row: row["who"] == "chuangkou1")


def test_a_change_without_the_sessions_secret_is_refused(hall):
    person = Person(hall)
    person.log_in("chuangkou1", password(hall, "chuangkou1"))
    assert person.request("POST", "/windows/4/open", {}, csrf=False).code == "BAD_CSRF"
    assert person.request("POST", "/windows/4/open", {}, csrf=False, X_CSRF_Token="guess").code == "BAD_CSRF"
    assert person.request("POST", "/windows/4/open", {}, Origin="https://evil.example").code == "BAD_CSRF"
    assert person.request("DELETE", "/session", csrf=False).code == "BAD_CSRF"
    assert person.request("GET", "/windows/4", csrf=False).body["window"]["state"] == "closed"
    assert person.request("GET", "/me", csrf=False).body["name"] == "chuangkou1"
    assert security(hall, "csrf", lambda row: row["who"] == "chuangkou1" and "/windows/4/open" in row["what"])


def test_another_page_cannot_log_its_visitor_in(hall):
    wanted = {"name": "jingli", "password": password(hall, "jingli")}
    visitor = Person(hall)
    assert visitor.request("POST", "/session", wanted, Origin="https://evil.example").code == "BAD_CSRF"
    assert not visitor.cookies
    assert visitor.request("POST", "/pair", {"code": "12345678"}, Origin="null").code == "BAD_CSRF"
    assert visitor.request("POST", "/session", wanted, Origin=f"http://{hall.address}").status == 200


def test_a_wrong_password_and_an_unknown_name_are_alike(hall):
    wrong = Person(hall).log_in("jingli", "not the password")
    unknown = Person(hall).log_in("nobody", "not the password")
    assert (wrong.status, wrong.code) == (401, "BAD_LOGIN")
    assert wrong.body == unknown.body
    assert Person(hall).log_in("", "x").code == "FIELD_MISSING"
    assert Person(hall).log_in("jingli", "x" * 300).code == "TOO_LONG"
    assert security(hall, "bad_login", lambda row: row["who"] == "jingli")
    assert security(hall, "bad_login", lambda row: row["who"] == "nobody")


def test_after_five_failures_the_door_is_locked():
    with Hall() as hall:
        for _ in range(5):
            assert Person(hall).log_in("jingli", "wrong password").code == "BAD_LOGIN"
        locked = Person(hall).log_in("jingli", password(hall, "jingli"))
        assert (locked.status, locked.code) == (429, "LOCKED_OUT")
        assert int(locked.headers["retry-after"]) >= 1
        # by address as well: another name from the same place
        assert Person(hall).log_in("guanli", password(hall, "guanli")).code == "LOCKED_OUT"
        assert security(hall, "locked_out")
        end = time.monotonic() + 10
        while (answer := Person(hall).log_in("jingli", password(hall, "jingli"))).status != 200:
            assert answer.code == "LOCKED_OUT" and time.monotonic() < end
        assert Person(hall).log_in("guanli", password(hall, "guanli")).status == 200


def test_guesses_at_once_are_no_more_than_one_after_the_other():
    with Hall() as hall:
        people = [Raw(hall.address) for _ in range(20)]
        for n, person in enumerate(people):
            person.say(post("/api/v1/session", json.dumps({"name": "jingli", "password": f"guess {n}"}), "Connection: close"))
        answers = [person.hear() for person in people]
        assert sum("BAD_LOGIN" in text for text in answers) <= 8
        assert sum("LOCKED_OUT" in text for text in answers) >= 12


def test_a_session_outlives_a_restart_and_ends_with_its_time():
    with Hall(limits={"enforce": False, "min_free_mib": 0, "session_idle_s": 3}) as hall:
        person = Person(hall)
        person.log_in("jingli", password(hall, "jingli"))
        hall.stop()
        hall.start()
        person.address = hall.address
        assert person.request("GET", "/me").body["name"] == "jingli"
        hall.kill()
        hall.start()
        person.address = hall.address
        began = time.monotonic()
        while person.request("GET", "/me").body["role"] == "manager" and time.monotonic() < began + 1:
            pass    # asking keeps it
        end = time.monotonic() + 20
        state = person.request("GET", "/me").body["expires_at"]
        assert state
        while Person(hall).request("GET", "/hall").body["at"] <= state:
            assert time.monotonic() < end
        assert person.request("GET", "/me").body["role"] == "public"


def test_a_token_ends_when_it_expires_and_when_it_is_replaced(hall):
    admin = hall.admin()
    made = admin.post("/admin/devices", {"name": "k9", "role": "kiosk", "place": "门口", "days": 1}).body
    bearer = Person(hall, headers={"Authorization": "Bearer " + made["token"]})
    assert bearer.request("GET", "/me").body["name"] == "k9" and made["expires_at"]
    moved = admin.request("PATCH", "/admin/devices/k9", {"place": "里面"}).body
    assert (moved["place"], moved["expires_at"]) == ("里面", made["expires_at"]) and "token" not in moved
    assert admin.request("PATCH", "/admin/devices", {"name": "k9", "place": "门口"}).body["place"] == "门口"
    assert admin.request("PATCH", "/admin/devices", {"place": "门口"}).code == "FIELD_MISSING"
    assert bearer.request("GET", "/me").body["name"] == "k9"
    again = admin.post("/admin/devices/k9/token", {}).body
    assert again["token"] != made["token"]
    assert bearer.request("GET", "/me").code == "NO_SESSION"
    bearer.headers["Authorization"] = "Bearer " + again["token"]
    assert bearer.request("GET", "/me").body["name"] == "k9"
    assert admin.request("DELETE", "/admin/devices/k9").status == 200
    assert bearer.request("GET", "/me").status == 401
    assert bearer.request("POST", "/tickets", {"queue": "A"}).status == 401
    assert security(hall, "bad_token")


def test_an_expired_token_is_told_so():
    # A simulated hall's day passes in a second and a half.
    hall = Hall(options=["--clock-start", "2026-03-10T08:00:00+08:00", "--clock-rate", "60000"])
    with hall:
        made = hall.admin().post("/admin/devices", {"name": "k9", "role": "kiosk", "days": 1}).body
        bearer = Person(hall, headers={"Authorization": "Bearer " + made["token"]})
        end = time.monotonic() + 20
        while bearer.request("GET", "/me").status == 200:
            assert time.monotonic() < end
        answer = bearer.request("POST", "/tickets", {"queue": "A"})
        assert (answer.status, answer.code) == (401, "TOKEN_EXPIRED")
        assert security(hall, "token_expired")[0]["who"] == "k9"


def test_a_page_is_paired_by_its_code_once(hall):
    made = hall.admin().post("/admin/devices", {"name": "k8", "role": "kiosk", "place": "大厅"}).body
    page = Person(hall)
    assert page.request("POST", "/pair", {"code": "00000000" if made["code"] != "00000000" else "1" * 8}).code == "BAD_LOGIN"
    answer = page.request("POST", "/pair", {"code": made["code"]})
    assert answer.status == 200 and answer.body["name"] == "k8"
    assert page.request("GET", "/me").body["role"] == "kiosk"
    assert page.request("POST", "/tickets", {"queue": "A"}).status == 201
    assert page.request("POST", "/tickets", {"queue": "A"}, Origin="https://evil.example").code == "BAD_CSRF"
    assert Person(hall).request("POST", "/pair", {"code": made["code"]}).code == "BAD_LOGIN"
    assert security(hall, "bad_pairing") and security(hall, "paired", lambda row: row["who"] == "k8")


def test_strangers_lock_nobody_out_where_he_has_been_let_in():
    with Hall(trusted_proxy=["127.0.0.1"]) as hall:
        def person(address):
            return Person(hall, headers={"X-Forwarded-For": address, "X-Forwarded-Proto": "https"})
        secret = password(hall, "jingli")
        assert person("203.0.113.1").log_in("jingli", secret).status == 200
        guesses = [person(f"198.51.{n}.7").log_in("jingli", "wrong password").code for n in range(8)]
        assert guesses == ["BAD_LOGIN"] * 5 + ["LOCKED_OUT"] * 3, "from however many addresses"
        assert person("203.0.113.1").log_in("jingli", secret).status == 200
        guesses = [person("203.0.113.1").log_in("jingli", "wrong password").code for _ in range(6)]
        assert guesses[-1] == "LOCKED_OUT", "guesses count there as well"


def test_codes_cannot_be_guessed():
    with Hall() as hall:
        hall.admin().post("/admin/devices", {"name": "k8", "role": "kiosk"})
        codes = [Person(hall).request("POST", "/pair", {"code": f"{n:08}"}).code for n in range(8)]
        assert codes[:5] == ["BAD_LOGIN"] * 5 and codes[5:] == ["LOCKED_OUT"] * 3


def test_users_are_made_changed_and_removed(hall):
    admin = hall.admin()
    made = admin.post("/admin/users", {"name": "xin", "role": "clerk", "display": "小新"}).body
    person = Person(hall)
    assert person.log_in("xin", made["password"]).status == 200
    assert admin.post("/admin/users", {"name": "y", "role": "clerk", "password": "short"}).code == "BAD_VALUE"
    assert admin.post("/admin/users", {"name": "y", "role": "kiosk"}).status == 422
    changed = admin.request("PATCH", "/admin/users/xin", {"role": "manager"}).body
    assert changed["display"] == "小新" and "password" not in changed
    assert person.request("GET", "/me").body["role"] == "manager"
    assert admin.request("PATCH", "/admin/users", {"name": "xin", "password": "a new password"}).status == 200
    assert person.request("GET", "/me").body["role"] == "public"    # every session ends with the old password
    assert person.log_in("xin", made["password"]).code == "BAD_LOGIN"
    assert person.log_in("xin", "a new password").status == 200
    assert admin.request("PATCH", "/admin/users/xin", {"disabled": True}).body["disabled"] is True
    assert person.request("GET", "/me").body["role"] == "public"
    assert person.log_in("xin", "a new password").code == "BAD_LOGIN"
    assert admin.request("DELETE", "/admin/users/xin").status == 204
    assert "xin" not in [u["name"] for u in admin.get("/admin/users").body["users"]]
    assert admin.request("PATCH", "/admin/users/xin", {"role": "clerk"}).code == "NOT_FOUND"


@pytest.mark.parametrize("path,fields", [
    ("/admin/windows/20", ("name", "name_en")),
    ("/admin/policy", ("miss_after_s", "report_back_within_s")),
    ("/admin/users/er", ("display", "certified_until")),
    ("/admin/devices/jiqi", ("role", "place")),
])
def test_two_who_change_one_row_at_once_both_change_it(hall, path, fields):
    admin, table = hall.admin(), path.split("/")[2]
    assert admin.post("/admin/windows", {"window": 20, "name": "新", "all": True}).status == 200
    assert admin.post("/admin/users", {"name": "er", "role": "clerk"}).status == 200
    assert admin.post("/admin/devices", {"name": "jiqi", "role": "kiosk"}).status == 200
    for n in range(30):
        values = {"name": f"新{n}", "name_en": f"New {n}", "miss_after_s": 60 + n, "report_back_within_s": 600 + n,
                  "display": f"二{n}", "certified_until": f"2027-05-{n + 1:02}", "place": f"门口{n}",
                  "role": ("kiosk", "screen")[n % 2]}
        at_once(hall, [("PATCH", path, {field: values[field]}) for field in fields])
        body = admin.get("/admin/" + table).body
        rows = body.get("settings", body)[table]
        [row] = [rows] if table == "policy" else [r for r in rows if r.get("window") == 20 or r.get("name") in ("er", "jiqi")]
        assert {field: row[field] for field in fields} == {field: values[field] for field in fields}, n


def test_a_new_password_brings_back_nothing_that_was_changed_meanwhile(hall):
    admin = hall.admin()
    assert admin.post("/admin/users", {"name": "jiu", "role": "clerk", "certified_until": "2027-05-01"}).status == 200
    head = "PATCH /api/v1/admin/users/jiu HTTP/1.1\r\nHost: hall\r\nContent-Length:"
    socket_path = os.path.join(hall.config["run_dir"], "http.sock")
    waiting = []
    for n in range(8):      # hashed one after the other
        one = socket.socket(socket.AF_UNIX)
        one.connect(socket_path)
        body = json.dumps({"password": f"a new password {n}"})
        one.sendall(f"{head} {len(body)}\r\n\r\n{body}".encode())
        waiting.append(one)
    assert admin.request("PATCH", "/admin/users/jiu", {"disabled": True}).body["disabled"] is True
    for one in waiting:
        assert one.recv(12) == b"HTTP/1.1 200"
        one.close()
    [user] = [u for u in admin.get("/admin/users").body["users"] if u["name"] == "jiu"]
    assert user["disabled"] is True and user["certified_until"] == "2027-05-01"
    assert admin.request("DELETE", "/admin/users/jiu").status == 204


def test_only_an_administrator_makes_users(hall):
    manager = Person(hall)
    manager.log_in("jingli", password(hall, "jingli"))
    assert manager.request("GET", "/admin/windows").status == 200
    for method, path in (("GET", "/admin/users"), ("POST", "/admin/users"), ("POST", "/admin/devices"), ("GET", "/audit"),
                         ("POST", "/admin/settings")):
        assert manager.request(method, path, {} if method == "POST" else None).code == "WRONG_ROLE", path
    assert security(hall, "forbidden", lambda row: row["who"] == "jingli")


def test_a_neighbour_is_recorded_by_name(hall):
    hall.admin().request("PATCH", "/admin/hall", {"notice": "x"})
    actor = [e for e in hall.events() if "settings_changed" in e][-1]["actor"]
    assert actor["kind"] == "peer" and actor["id"]


def test_beyond_loopback_a_login_needs_encryption():
    with Hall(trusted_proxy=["127.0.0.1"]) as hall:
        secret = password(hall, "jingli")
        far = {"X-Forwarded-For": "203.0.113.9"}
        plain = Person(hall, headers=far)
        assert (plain.log_in("jingli", secret).code, plain.request("POST", "/pair", {"code": "1" * 8}).code) == (
            "NEEDS_TLS", "NEEDS_TLS")
        encrypted = Person(hall, headers={**far, "X-Forwarded-Proto": "https"})
        assert encrypted.log_in("jingli", secret).status == 200
        assert "; Secure" in encrypted.set_cookie
        row = security(hall, "needs_tls")[0]
        assert row["address"] == "203.0.113.9"
        # what the caller itself writes before the proxy's word is not believed
        liar = Person(hall, headers={"X-Forwarded-For": "127.0.0.1, 203.0.113.9"})
        assert liar.log_in("jingli", secret).code == "NEEDS_TLS"
        body = '{"name":"jingli","password":"x"}'
        with Raw(hall.address) as r:    # nor in a line of its own
            r.say(post("/api/v1/session", body, "X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: 203.0.113.9"))
            assert r.answer().code == "NEEDS_TLS"


def test_the_log_of_what_was_refused_holds_nobodys_link():
    with Hall() as hall:
        link = hall.client("kiosk").ticket().body["token"]
        bad = {"Authorization": "Bearer nobodys"}
        assert Person(hall, headers=bad).request("POST", f"/tickets/by-token/{link}/cancel", {}).status == 401
        row = security(hall, "bad_token")[0]
        assert row["what"] == "POST /api/v1/tickets/by-token/{token}/cancel"


def test_without_a_trusted_proxy_nobody_is_believed():
    address = own_address()
    if not address:
        pytest.skip("this machine has loopback only")
    with Hall(listen="0.0.0.0:0") as hall:
        port = hall.address.rsplit(":", 1)[1]
        secret = password(hall, "jingli")
        far = Person(hall, address=f"{address}:{port}", headers={"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"})
        assert far.log_in("jingli", secret).code == "NEEDS_TLS"
        assert Person(hall, address=f"127.0.0.1:{port}").log_in("jingli", secret).status == 200


def test_tls_serves_logins_and_streams(tmp_path):
    cert, key, context = certificate(tmp_path)
    with Hall(tls={"certificate": cert, "key": key}) as hall:
        assert hall.base.startswith("https://")
        person = Person(hall, context=context)
        assert person.log_in("jingli", password(hall, "jingli")).status == 200
        assert "; Secure" in person.set_cookie
        assert person.request("GET", "/me").body["name"] == "jingli"
        began = time.monotonic()
        for _ in range(20):
            assert person.request("GET", "/board").status == 200
        assert time.monotonic() - began < 5
        assert hall.admin().get("/status").status == 200    # the unix socket stays plain


def test_a_wrong_certificate_stops_the_start(tmp_path):
    hall = Hall(tls={"certificate": str(tmp_path / "none.pem"), "key": str(tmp_path / "none.pem")})
    try:
        assert hall.refuses_to_start() == 78
        assert "none.pem" in hall.log()
    finally:
        hall.__exit__()


def test_the_first_start_makes_an_administrator_where_the_file_has_none():
    with Hall(settings=hall_with(users=[], devices=[])) as hall:
        made = [u for u in hall.credentials["users"] if u["role"] == "admin"]
        assert len(made) == 1 and len(made[0]["password"]) >= 16
        assert Person(hall).log_in(made[0]["name"], made[0]["password"]).status == 200


def test_limits_are_kept_for_people_too():
    with Hall(limits=STRICT) as hall:
        person = Person(hall)
        person.log_in("jingli", password(hall, "jingli"))
        codes = [person.request("GET", "/me").status for _ in range(150)]
        assert codes.count(200) >= 100


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
