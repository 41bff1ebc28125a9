"""What the tests of HTTP share beyond hall.py: raw sockets, people who log in, streams of events, certificates."""
import http.client
import json
import os
import socket
import ssl
import subprocess

from hall import Answer, SMALL_HALL

STRICT = {"enforce": True, "min_free_mib": 0}


def own_address():
    """An address of this machine that is not loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))
            found = s.getsockname()[0]
        except OSError:
            return None
    return None if found.startswith("127.") else found


class Raw:
    """A connection that says exactly what it is told."""

    def __init__(self, address, timeout=15, source=None):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout, source and (source, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def say(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)
        return self

    def hear(self):
        """Everything until the end."""
        data = b""
        try:
            while piece := self.socket.recv(65536):
                data += piece
        except ConnectionResetError:
            pass
        return data.decode("utf-8", "replace")

    def answer(self):
        """One answer, the connection stays."""
        reading = http.client.HTTPResponse(self.socket)
        reading.begin()
        data = reading.read()
        return Answer(reading.status, json.loads(data) if data.strip() else {})


def get(path, *headers):
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: hall", *headers, "", ""])


def post(path, body, *headers):
    data = body.encode() if isinstance(body, str) else body
    head = "\r\n".join([f"POST {path} HTTP/1.1", "Host: hall", f"Content-Length: {len(data)}", *headers, "", ""])
    return head.encode() + data


class Person:
    """A browser: keeps its cookies, knows its CSRF secret."""

    def __init__(self, hall, address=None, headers=None, context=None):
        self.address, self.cookies, self.csrf = address or hall.address, {}, None
        self.headers, self.context = headers or {}, context
        self.set_cookie = ""

    def request(self, method, path, body=None, csrf=True, api="/api/v1", **headers):
        host, port = self.address.rsplit(":", 1)
        if self.context:
            connection = http.client.HTTPSConnection(host, int(port), timeout=15, context=self.context)
        else:
            connection = http.client.HTTPConnection(host, int(port), timeout=15)
        send = {**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.cookies:
            send["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if csrf and self.csrf:
            send["X-CSRF-Token"] = self.csrf
        connection.request(method, api + path, json.dumps(body) if body is not None else None, send)
        reading = connection.getresponse()
        data = reading.read()
        for name, value in reading.getheaders():
            if name.lower() == "set-cookie":
                self.set_cookie = value
                key, rest = value.split(";")[0].split("=", 1)
                self.cookies[key] = rest
        answer = Answer(reading.status, json.loads(data) if data.strip() else {})
        answer.headers = {k.lower(): v for k, v in reading.getheaders()}
        connection.close()
        return answer

    def log_in(self, name, password, **headers):
        answer = self.request("POST", "/session", {"name": name, "password": password}, **headers)
        self.csrf = answer.body.get("csrf", self.csrf)
        return answer


def password(hall, name):
    return next(u["password"] for u in hall.credentials["users"] if u["name"] == name)


def at_once(hall, requests):
    """The administrator's, each a method, a path and a body on a connection of its own, all sent before one is answered."""
    asked = []
    for method, path, body in requests:
        one, text = socket.socket(socket.AF_UNIX), json.dumps(body)
        one.connect(os.path.join(hall.config["run_dir"], "http.sock"))
        asked.append((one, f"{method} /api/v1{path} HTTP/1.1\r\nHost: hall\r\nContent-Length: {len(text)}\r\n\r\n{text}"))
    for one, text in asked:
        one.sendall(text.encode())
    for one, _ in asked:
        assert one.recv(12) == b"HTTP/1.1 200"
        one.close()


class Stream:
    """Events as a browser sees them."""

    def __init__(self, hall, topics, token=None, last=None, timeout=10, headers=None):
        host, port = hall.address.rsplit(":", 1)
        self.connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
        headers = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        if last:
            headers["Last-Event-ID"] = last
        self.connection.request("GET", "/api/v1/stream?topics=" + topics, headers=headers)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.body = {} if self.status == 200 else json.loads(self.answer.read())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    @property
    def code(self):
        return self.body.get("error", {}).get("code", "")

    def next(self, kind=None):
        """The next event (name, id, data), of a kind if it is named."""
        while True:
            event = {}
            while line := self.answer.readline().decode().rstrip("\n"):
                key, _, value = line.partition(": ")
                event[key] = value
            if "event" in event and kind in (None, event["event"]):
                return event["event"], event["id"], json.loads(event["data"])


def certificate(folder):
    """A certificate for 127.0.0.1 and a context that trusts it alone."""
    cert, key = f"{folder}/cert.pem", f"{folder}/key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                    "2", "-subj", "/CN=hall", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    return cert, key, ssl.create_default_context(cafile=cert)


def hall_with(**rows):
    return {**SMALL_HALL, **rows}
