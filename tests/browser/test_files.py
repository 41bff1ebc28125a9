"""A filing with its attachments in a browser: the approver opens them, and whoever looked is kept."""
import os
import struct
import sys
import zlib

import pytest
from chromium import KEYS, user_of
from matter_hall import MatterDemo

from test_sealed import brought


def picture(width, height):
    """A grey page."""
    return png(width, height, b"\xcc" * width * height)


def noise(width, height):
    """Nothing of it can be packed."""
    return png(width, height, os.urandom(3 * width * height))


def png(width, height, dots):
    """Of one byte, three or four for each."""
    each = len(dots) // width // height

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + dots[y * width * each:(y + 1) * width * each] for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[each], 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


@pytest.fixture(name="hall")
def fixture_hall():
    with MatterDemo() as hall:
        yield hall


def security(hall):
    return [r for r in hall.admin().get("/audit?log=security").body["security"] if r["kind"] == "file"]


def test_an_approver_opens_the_attachments_of_a_filing(hall, browser):
    clerk = hall.person("chuangkou7")
    names = [brought(clerk, picture(320, 200)), brought(clerk, b"%PDF-1.7\n" + b"x" * 200)]
    matter = hall.opened("chuangkou7", "denial", "draft", item="511A0000800001", facts="不符合条件。", ground="办法第七条。", proposed="不予受理。",
                         alternatives="补登记录后再来。", attachments=names)
    hall.take("chuangkou7", matter, "submit_later")
    browser.open("/approver/", "manager")
    browser.log_in(user_of(hall, "shenpi"))
    browser.wait_text("不符合条件", ".d-in")
    browser.press(KEYS.ARROW_DOWN)
    browser.wait_text(f"附件 {names[0][:4]}", "[data-field=attachments]").wait_text(f"附件 {names[1][:4]}", "[data-field=attachments]")
    browser.open(f"/api/v1/matters/{matter}/files/{names[0]}")
    browser.until(lambda: browser.js("return document.images[0]?.naturalWidth") == 320, "the picture does not stand alone in its page")
    browser.until(lambda: [(r["who"], r["what"]) for r in security(hall)] == [("shenpi", f"matter {matter} file {names[0]}")], "the look is not kept")


def test_a_clerk_adds_a_file_to_those_that_are_there(hall, browser, tmp_path):
    clerk = hall.person("chuangkou7")
    first = [brought(clerk, picture(32, 20)), brought(clerk, picture(33, 20))]
    matter = hall.opened("chuangkou7", "denial", "draft", item="511A0000800001", facts="不符合条件。", ground="办法第七条。", proposed="不予受理。",
                         alternatives="补登记录后再来。", attachments=first)
    (tmp_path / "sheet.png").write_bytes(picture(34, 20))
    browser.open("/matters/?flow=denial", "manager")
    browser.log_in(user_of(hall, "chuangkou7"))
    browser.wait_text("不符合条件", ".d-in")
    browser.press(KEYS.ARROW_DOWN)
    browser.wait_for(".d-steps [data-step=submit_later]")
    browser.press(browser.text(".d-steps [data-step=submit_later] kbd")).wait_for("[data-doing=submit_later] #f-attachments")
    assert len(browser.all("[data-field=attachments] .d-chips li")) == 2
    browser.click("[data-field=attachments] .d-chips button")
    browser.hand("#f-attachments", tmp_path / "sheet.png")
    browser.chord(KEYS.CONTROL, KEYS.ENTER)
    browser.until(lambda: browser.js("return document.querySelector('#state')?.dataset.state") == "pending", "the step was not taken")
    there = [v["value"] for f in hall.matter("chuangkou7", matter)["fields"] if f["field"] == "attachments" for v in f["values"]]
    assert len(there) == 2 and there[0] == first[1] and there[1] not in first


if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", __file__]))
