#!/usr/bin/python3
"""Who may ask what: every route, asked by every role. A route that is not in this table fails the test."""
import re
import sys

import pytest

from hall import SMALL_HALL, Hall
from web import Person, password

EVERYBODY = "public kiosk screen clerk desk manager admin auditor"
STAFF = "clerk desk manager admin auditor"
CLERKS = "clerk desk manager admin"
WINDOW_VERBS = "open break resume suspend drain close next repeat start hold unhold finish no-show transfer call"
TABLES = "windows queues groups items classes hours special screens notices duty calendars"
MAY = {
    EVERYBODY: """GET /hall /catalogue /board /stream /slots /openapi.json /me /healthz /readyz
        GET /tickets/by-token/{token} /tickets/by-token/{token}/qr.svg /appointments/by-token/{token} /appointments/by-token/{token}/qr.svg
        POST /tickets/by-token/{token}/cancel /tickets/by-token/{token}/report-back /tickets/by-token/{token}/return
        POST /appointments /appointments/by-token/{token} /appointments/by-token/{token}/cancel
        POST /appointments/by-token/{token}/move /appointments/by-token/{token}/check-in /session /pair
        GET /tickets/by-token/{token}/flows
        POST /files/by-token/{token}
        GET /matters/by-token/{token} /matters/by-token/{token}/qr.svg /matters/by-token/{token}/files/{file}
        POST /matters/by-token/{token}/{transition} /tickets/by-token/{token}/matters/{kind}
        DELETE /session""",
    "kiosk " + CLERKS: "POST /tickets /tickets/{id}/printed /appointments/check-in",
    STAFF: "GET /flows /flows/{kind}/matters /matters /matters/{id} /matters/{id}/files/{file}\n"
           "GET /reports/flows /reports/flows/{kind} /reports/flows/{kind}/matters /reports/pressure\n"
           "POST /flows/{kind}/matters /matters/{id}/unmask /matters/{id}/{transition}\n"
           "GET /tickets /tickets/{id} /tickets/{id}/why /appointments /windows /windows/{n} /alarms /duty /people",
    CLERKS: """GET /tickets/{id}/slip /matters/{id}/slip
        POST /files /tickets/{id}/cancel /tickets/{id}/report-back /tickets/{id}/class /appointments/{id}/move /appointments/{id}/cancel
        POST /devices/{device}/help/answer /alarms/acknowledge /duty/hand-over
        POST """ + " ".join("/windows/{n}/" + verb for verb in WINDOW_VERBS.split()),
    "kiosk screen manager admin": "POST /devices/self/status /devices/self/help",
    "manager admin": """GET /status /series /series/{name} /graphs/{file} /metrics /admin/settings
        GET /admin/hall /admin/policy /admin/booking
        PATCH /admin/hall /admin/policy /admin/booking
        GET /flows/{kind}/migration
        POST /windows/{n}/take-over /admin/flows/reload /flows/{kind}/migrate
        """ + "\n".join(f"{verb} /admin/{table}" for table in TABLES.split() for verb in ("GET", "POST", "PATCH")) + "\n"
    + "\n".join(f"{verb} /admin/{table}/{{key}}" for table in TABLES.split() for verb in ("PATCH", "DELETE")),
    "manager admin auditor": "GET /trace/{day} /reports/fairness /reports/forecast",
    "admin auditor": "GET /audit",
    "admin": """POST /admin/rebuild-rrd /admin/settings /admin/users /admin/devices /admin/devices/{name}/token /admin/clock/accept /admin/backup
        GET /admin/users /admin/devices
        PATCH /admin/users /admin/users/{name} /admin/devices /admin/devices/{name}
        DELETE /admin/users/{name} /admin/devices/{name}""",
}
# Refused for another reason than the role: a person is no device, a backup goes by the Unix socket only, nobody pairs with ""; what the
# windows leave behind is for those who read what could not be done.
ALSO_SAYS_NO = {"GET /reports/pressure", "POST /devices/self/status", "POST /devices/self/help", "POST /admin/backup", "POST /session", "POST /pair"}
PARAMS = {"token": "0" * 32, "n": "99", "key": "nothing", "day": "today", "file": "nothing.png"}
SETTINGS = {**SMALL_HALL, "users": [*SMALL_HALL["users"], {"name": "bancheng", "role": "desk"}, {"name": "shenji", "role": "auditor"}]}
PEOPLE = {"clerk": "chuangkou1", "desk": "bancheng", "manager": "jingli", "admin": "guanli", "auditor": "shenji"}


def table():
    """{(method, path): roles}"""
    found = {}
    for roles, text in MAY.items():
        for line in text.splitlines():
            method, *paths = line.split()
            found.update({f"{method} {path}": set(roles.split()) for path in paths})
    return found


class Device:
    def __init__(self, hall, name):
        self.person, self.person.headers = Person(hall), {"Authorization": "Bearer " + hall.token(name)}
        self.request = self.person.request


@pytest.fixture(scope="module", name="callers")
def fixture_callers():
    with Hall(settings=SETTINGS) as hall:
        callers = {"public": Person(hall), "kiosk": Device(hall, "kiosk"), "screen": Device(hall, "screen")}
        for role, name in PEOPLE.items():
            callers[role] = Person(hall)
            assert callers[role].log_in(name, password(hall, name)).status == 200
        yield callers


def described(callers):
    """What the daemon says it has, without its prefix."""
    paths = callers["public"].request("GET", "/openapi.json").body["paths"]
    return {f"{method.upper()} {path.removeprefix('/api/v1')}": path for path, methods in paths.items() for method in methods}


def test_every_route_has_its_row(callers):
    assert set(described(callers)) == set(table())


@pytest.mark.parametrize("role", EVERYBODY.split())
def test_a_role_may_what_it_may_and_no_more(callers, role):
    for name, path in described(callers).items():
        method, may = name.split()[0], role in table()[name]
        if name in ("DELETE /session", "GET /stream"):    # the one would end the test's session, the other has no end
            continue
        asked = re.sub(r"{(\w+)}", lambda m: PARAMS.get(m[1], "1"), path)
        try:
            answer = callers[role].request(method, asked, None if method == "GET" else {}, api="").status
        except ValueError:    # pictures and texts are no JSON
            answer = 200
        refused = answer == (401 if role == "public" else 403)
        assert refused != may or (may and name in ALSO_SAYS_NO), f"{role}: {name} gives {answer}"


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
