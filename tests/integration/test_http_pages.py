#!/usr/bin/python3
"""The pages' files: what is served, with which headers, and what never is."""
import os
import sys

import pytest

from hall import Hall
from web import Raw, get

FILES = {"index.html": "<!doctype html>首页", "kiosk/index.html": "<!doctype html>取号", "kiosk/kiosk.js": "export {};",
         "matter/frame.html": "<!doctype html>办件", "desk/page.js": "export {};",
         "t/index.html": "<!doctype html>排队号", "t/ticket.js": "export {};", "style.css": "a{}", "sound/ding.mp3": "x",
         "notes.md": "not for browsers", ".hidden.js": "no", "deep/a/b/c.svg": "<svg/>"}


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    for name, text in FILES.items():
        path = folder / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "secret.js").write_text("secret")
    os.symlink(folder / "secret.js", folder / "web" / "link.js")
    with Hall(web_dir=str(folder / "web") + "/") as h:
        yield h


def fetch(hall, path, *headers, method="GET"):
    with Raw(hall.address) as r:
        text = r.say(get(path, "Connection: close", *headers).replace("GET", method, 1)).hear()
    head, _, body = text.partition("\r\n\r\n")
    lines = head.split("\r\n")
    return int(lines[0].split()[1]), {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}, body


@pytest.mark.parametrize("path,file,kind", [
    ("/", "index.html", "text/html; charset=utf-8"), ("/index.html", "index.html", "text/html; charset=utf-8"),
    ("/kiosk/", "kiosk/index.html", "text/html; charset=utf-8"),
    ("/kiosk/kiosk.js", "kiosk/kiosk.js", "text/javascript; charset=utf-8"),
    ("/desk/", "matter/frame.html", "text/html; charset=utf-8"), ("/leader/", "matter/frame.html", "text/html; charset=utf-8"),
    ("/desk/page.js", "desk/page.js", "text/javascript; charset=utf-8"),
    ("/t/k3x9", "t/index.html", "text/html; charset=utf-8"), ("/t/ticket.js", "t/ticket.js", "text/javascript; charset=utf-8"),
    ("/style.css?v=1", "style.css", "text/css; charset=utf-8"), ("/sound/ding.mp3", "sound/ding.mp3", "audio/mpeg"),
    ("/deep/a/b/c.svg", "deep/a/b/c.svg", "image/svg+xml"), ("/k%69osk/", "kiosk/index.html", "text/html; charset=utf-8")])
def test_a_file_is_served_as_what_it_is(hall, path, file, kind):
    status, headers, body = fetch(hall, path)
    assert (status, headers["content-type"], body) == (200, kind, FILES[file])
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


def test_a_file_that_is_kept_is_not_sent_again(hall):
    status, headers, _ = fetch(hall, "/style.css")
    again, headers_again, body = fetch(hall, "/style.css", "If-None-Match: " + headers["etag"])
    assert (status, again, body) == (200, 304, "") and headers_again["etag"] == headers["etag"]
    assert fetch(hall, "/style.css", 'If-None-Match: "other"')[0] == 200


def test_a_folder_without_its_slash_leads_to_it(hall):
    for folder in ("/kiosk", "/desk"):
        status, headers, _ = fetch(hall, folder)
        assert status == 308 and headers["location"] == folder + "/"
    assert fetch(hall, "/deep")[0] == 404


@pytest.mark.parametrize("path", [
    "/../secret.js", "/%2e%2e/secret.js", "/kiosk/../../secret.js", "/..%2fsecret.js", "//etc/passwd", "/link.js", "/notes.md",
    "/.hidden.js", "/kiosk/kiosk.js/", "/matter/", "/desk/nothing", "/desk/page.js/", "/t/a/b", "/%00", "/kiosk/%00index.html", "/%ff", "/Kiosk/", "/" + "a" * 3000, "/\\secret.js"])
def test_what_is_not_a_page_is_not_there(hall, path):
    status, headers, body = fetch(hall, path)
    assert status in (400, 404) and "secret" not in body.replace(path, "")
    assert headers["content-type"].startswith("application/json")


def test_pages_are_only_read(hall):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        status, headers, _ = fetch(hall, "/kiosk/", "Content-Length: 0", method=method)
        assert status == 405 and headers["allow"] == "GET, HEAD"
    status, headers, body = fetch(hall, "/kiosk/", method="HEAD")
    assert status == 200 and body == "" and int(headers["content-length"]) == len(FILES["kiosk/index.html"].encode())


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
