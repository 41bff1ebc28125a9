"""A daemon that dies under all pages at once, and a cable that is pulled: they come back by themselves, and no call that is
over is ever shown again."""
import contextlib
import select
import socket
import threading

import pytest

from chromium import pairing_code

# Whatever the page has shown since; a screen that shows a call for a blink has shown it.
WATCH = """
window.shown = []; new MutationObserver(() => { const text = document.querySelector('main').textContent;
  for (const n of text.match(/[A-F]\\d{3}/g) || []) if (!window.shown.includes(n)) window.shown.push(n); })
  .observe(document, {childList: true, subtree: true, characterData: true});
"""


class Wire:
    """A cable between browser and hall: cut, it swallows everything and closes nothing."""

    def __init__(self, to):
        host, port = to.rsplit(":", 1)
        self.to, self.whole, self.over = (host, int(port)), threading.Event(), threading.Event()
        self.whole.set()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over.set()
        self.door.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.door.accept()
                threading.Thread(target=self.carry, args=(near,), daemon=True).start()

    def carry(self, near):
        with near, contextlib.suppress(OSError):
            self.whole.wait()
            with socket.create_connection(self.to) as far:
                while not self.over.is_set():
                    self.whole.wait()
                    for ready in select.select([near, far], [], [], 0.2)[0]:
                        data = ready.recv(65536)
                        if not data:
                            return
                        self.whole.wait()
                        (far if ready is near else near).sendall(data)


def called(hall, window):
    ticket = hall.client("kiosk").ticket().body
    clerk = hall.client("clerk")
    clerk.post(f"/windows/{window}/open")
    assert clerk.post(f"/windows/{window}/next").body["ticket"]["number"] == ticket["number"]
    return ticket


@pytest.mark.loses_its_hall
def test_every_page_comes_back_when_the_daemon_has_died(hall, browser, clerk):
    ticket = called(hall, 1)
    waiting = hall.client("kiosk").ticket("B").body
    pages = {"tv": browser.driver.current_window_handle}
    browser.open("/screen/", "tv").wait_text(ticket["number"], ".tv-now")
    pages["phone"] = browser.tab("/t/" + waiting["token"], "phone")
    browser.wait_text("B001")
    pages["index"] = browser.tab("/", "index")
    browser.wait_text("取号")
    pages["console"] = clerk(2)
    pages["kiosk"] = browser.tab("/kiosk/#pair=" + pairing_code(hall, "k", "kiosk"), "kiosk")
    browser.wait_for(".k-line")
    hall.config["listen"] = hall.address
    hall.kill()
    gone = {"tv": "起断线", "phone": "手机连不上大厅", "index": "连不上大厅", "console": "断线", "kiosk": "取号机连不上大厅"}
    for page, text in gone.items():
        browser.to(pages[page]).wait_text(text)
    hall.start()
    hall.client("clerk").post("/windows/1/finish", {"outcome": "handled"})
    back = {"tv": "不动产　等 1 人", "phone": "B001", "index": "取号", "console": "已连接", "kiosk": "您来办什么？"}
    for page, text in back.items():
        browser.to(pages[page]).wait_text(text)
        browser.wait(lambda page=page: gone[page] not in browser.text(), page)
    hall.client("clerk").post("/windows/3/open")
    number = hall.client("clerk").post("/windows/3/next").body["ticket"]["number"]
    browser.to(pages["tv"]).wait_text(number, ".tv-now")


@pytest.mark.loses_its_hall
def test_a_pulled_cable_ends_the_calls_and_a_mended_one_shows_only_new_ones(hall, browser):
    with Wire(hall.address) as wire:
        first = called(hall, 1)["number"]
        browser.fresh(wire.base)
        browser.open("/screen/", "tv").wait_text(first, ".tv-now")
        wire.whole.clear()
        browser.wait_text("起断线", "h2")
        assert first not in browser.text()
        hall.client("clerk").post("/windows/1/finish", {"outcome": "handled"})
        browser.js(WATCH)
        second = called(hall, 2)["number"]
        wire.whole.set()
        browser.wait_text(second, ".tv-now")
        assert browser.js("return window.shown") == [second]


@pytest.mark.loses_its_hall
def test_a_number_taken_over_a_broken_line_is_one_number(hall, browser):
    """The answer is lost: the kiosk asks again under the same key."""
    with Wire(hall.address) as wire:
        browser.fresh(wire.base)
        browser.open("/kiosk/#pair=" + pairing_code(hall, "k", "kiosk"), "kiosk").wait_for(".k-line")
        browser.click("[data-queue=A]").wait_for("[data-class=normal]")
        wire.whole.clear()
        browser.click("[data-class=normal]").wait_text("正在取号…")
        wire.whole.set()
        browser.wait_text("A001", ".slip")
        assert hall.admin().get("/status").body["issued_today"] == 1
