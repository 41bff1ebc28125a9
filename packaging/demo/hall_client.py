"""
A small client of the hall's HTTP API for programs that play: one kept-alive connection an actor, an idempotency key a
command, patience with a daemon that restarts. Standard library only.
"""
import http.client
import json
import socket
import time
import urllib.parse
import uuid

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
TRY_AGAIN = {429, 502, 503, 507}


class Refused(Exception):
    """The hall said no: status, the error's code, its text."""

    def __init__(self, status, code, message):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


class Stopped(Exception):
    """Somebody asked the program to end."""


class Connection:
    """Requests as one actor: a device token, or a person who logs in. `stopped` is asked while it waits."""

    def __init__(self, base_url, stopped, token=None, login=None):
        self.url = urllib.parse.urlsplit(base_url)
        self.stopped, self.token, self.login = stopped, token, login
        self.http, self.cookie, self.csrf = None, None, None

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body=None):
        return self.request("POST", path, body or {}, str(uuid.uuid4()))

    def request(self, method, path, body=None, key=None):
        """The answer's JSON. A lost answer is asked for again with the same key, so nothing happens twice."""
        pause = FIRST_PAUSE_S
        while not self.stopped():
            try:
                if self.login and not self.cookie and path != "/session":
                    self.log_in()
                status, answer = self.once(method, path, body, key)
            except (OSError, http.client.HTTPException):
                self.close()
                status, answer = 503, {}
            if status < 300:
                return answer
            if status == 401 and self.login and self.cookie:
                self.cookie = None
            elif status not in TRY_AGAIN:
                error = answer.get("error", {})
                raise Refused(status, error.get("code", ""), error.get("message", ""))
            time.sleep(pause)
            pause = min(LONGEST_PAUSE_S, pause * 2)
        raise Stopped()

    def log_in(self):
        status, answer = self.once("POST", "/session", dict(zip(("name", "password"), self.login)), None)
        if status >= 300:
            error = answer.get("error", {})
            if status in TRY_AGAIN:
                raise OSError(f"login: {status}")
            raise Refused(status, error.get("code", ""), error.get("message", ""))
        self.csrf = answer.get("csrf")

    def once(self, method, path, body, key):
        if not self.http:
            self.http = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=10)
            self.http.connect()
            self.http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers = {"Accept-Language": "zh-CN"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.cookie:
            headers.update({"Cookie": self.cookie, "X-CSRF-Token": self.csrf or ""})
        text = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        self.http.request(method, "/api/v1" + path, text, headers)
        answer = self.http.getresponse()
        data = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and path == "/session":
                self.cookie = value.split(";")[0]
        return answer.status, json.loads(data) if data.strip() else {}

    def close(self):
        if self.http:
            self.http.close()
        self.http = None
