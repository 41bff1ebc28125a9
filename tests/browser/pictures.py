#!/usr/bin/python3
"""
Pictures of the pages on a real hall, for people to look at:  tests/browser/pictures.py FOLDER [zh-CN|en]

A small day is played through the API, so that every screen has something to show.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from album import Album    # noqa: E402
from chromium import KEYS, Browser, demo_hall, pairing_code, user_of    # noqa: E402
from pictures_booking import booking    # noqa: E402
from pictures_matters import matters    # noqa: E402
from pictures_window import window_matters    # noqa: E402

HOUSEHOLD = "511F09014005"
MORNING = "AABCDAABCCADEAABCF"


class Pictures(Album):
    def __init__(self, hall, *args):
        super().__init__(hall, *args)
        self.kiosk, self.clerk = hall.client("kiosk"), hall.client("clerk")

    def a_morning(self):
        self.hall.admin().request("PATCH", "/admin/policy", {"miss_after_s": 0})
        for queue in MORNING:
            self.kiosk.ticket(queue)
        for window in (1, 2, 3, 4, 5, 7, 9, 10, 13, 14):
            self.clerk.post(f"/windows/{window}/open")
            self.clerk.post(f"/windows/{window}/next")
        for window in (1, 2, 4):
            self.clerk.post(f"/windows/{window}/start")
        self.hall.admin().post("/admin/notices", {"notice": "water", "text": "今天下午 2 点到 4 点停水", "text_en": "No water this afternoon from 2 to 4"})
        self.clerk.post("/windows/6/open")
        self.clerk.post("/windows/6/break", {"reason": "用餐", "planned_s": 1800})

    def at_the_kiosk(self):
        b = self.browser
        self.open("/kiosk/#pair=" + pairing_code(self.hall, "page", "kiosk"), "kiosk").wait_for(".k-line")
        b.wait_for("[data-queue=A] .t")
        self.keep("kiosk-home")
        b.click("[data-queue=C]").wait_for(".k-who")
        self.keep("kiosk-who")
        b.click("[data-class=normal]").wait(lambda: b.driver.execute_script("return document.querySelector('img.qr')?.naturalWidth > 0"))
        self.keep("kiosk-ticket")
        link = "/t/" + b.driver.execute_script("return document.querySelector('img.qr').src").split("/by-token/")[1].split("/")[0]
        b.click(".k-done").click(".k-find").press(*"yczmls").wait_for(".kinds")
        self.keep("kiosk-search")
        self.open("/kiosk/", "kiosk").wait_for(".k-help")
        b.driver.execute_script("window.print = () => { throw new Error('no printer'); }")
        b.click("[data-queue=D]").click("[data-class=normal]").click(".k-print").wait_for(".slip .note")
        b.wait(lambda: b.driver.execute_script("return document.querySelector('img.qr')?.naturalWidth > 0"))
        self.keep("kiosk-no-slip")
        b.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        b.size("slip")
        self.keep("slip")
        b.size("kiosk").driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        b.click(".k-help").wait_for("#help .btn.main")
        self.keep("kiosk-help")
        self.clerk.post("/devices/page/help/answer")
        self.open("/kiosk/", "kiosk").wait_for(".k-line")
        b.click(".k-foot .btn:nth-child(1)").wait_for(".large")
        b.click(".k-foot .btn:nth-child(2)").wait_for("main.contrast")
        self.keep("kiosk-large")
        return link

    def on_the_tv(self):
        self.open("/screen/", "tv").wait_for(".tv-now .plate")
        self.keep("tv")
        self.browser.size("tv-portrait")
        self.keep("tv-portrait")

    def on_the_phone(self, link):
        b = self.browser
        self.open(link, "phone").wait_for(".ahead")
        self.keep("phone-waiting")
        number = self.kiosk.get("/tickets/by-token/" + link[3:]).body["number"]
        ticket = self.hall.admin().get("/tickets?number=" + number).body["tickets"][0]["id"]
        self.clerk.post("/windows/9/finish", {"outcome": "handled"})
        self.clerk.post("/windows/9/call", {"ticket": ticket, "reason": "行动不便"})
        b.wait_for(".is-called")
        self.keep("phone-called")
        self.clerk.post("/windows/9/no-show")
        b.wait_for(".plate.missed")
        self.keep("phone-missed")
        b.click(".btn.main").wait_for(".ahead")

    def at_the_window(self):
        b = self.browser
        self.kiosk.post("/tickets", {"item": HOUSEHOLD, "channel": "kiosk", "class": "senior"})
        b.open(f"/window/?lang={self.lang}", "console").log_in(user_of(self.hall, "chuangkou8")).wait_for(".win-choose")
        self.keep("console-choose")
        b.press("8", KEYS.ENTER).wait_for(".win-idle")
        self.keep("console-idle")
        b.press(KEYS.ENTER).wait_for(".plate.called")
        self.keep("console-called")
        b.press(KEYS.ENTER).wait_for(".plate.serving")
        b.wait(lambda: b.all(".win-usual"), "the usual time")
        self.keep("console-serving")
        for key, name in ((KEYS.ENTER, "finish"), ("4", "transfer"), ("6", "missing"), ("0", "pause"), ("?", "keys")):
            b.press(key).wait_for(".win-panel")
            self.keep("console-" + name)
            b.press(KEYS.ESCAPE).wait(lambda: not b.all(".win-panel"))

    def at_the_managers(self):
        b = self.browser
        self.clerk.post("/windows/11/open")
        self.clerk.post("/windows/11/suspend", {"reason": "打印机卡纸"})
        b.driver.delete_all_cookies()
        b.open(f"/manager/?lang={self.lang}", "manager").log_in(user_of(self.hall, "jingli")).wait_for("#c-wait canvas")
        self.keep("manager")
        b.size("tablet").wait_for("#c-wait canvas")
        self.keep("manager-tablet")
        b.size("manager").click('a[href="#past"]').wait_for("#heat rect.cursor")
        self.keep("manager-past")
        self.open("/manager/#wall", "wall").wait_for(".wall #c-wait canvas")
        self.keep("manager-wall")

    def in_the_office(self):
        b = self.browser
        b.driver.delete_all_cookies()
        b.open(f"/admin/?lang={self.lang}", "admin").log_in(user_of(self.hall, "guanli")).wait_for(".a-grid")
        self.keep("admin-windows")
        for tab in ("items", "notices", "policy", "users", "devices", "log"):
            b.click(f'a[href="#{tab}"]').wait(lambda: b.all(".a-list tbody tr, .a-form"))
            self.keep("admin-" + tab)
        self.open("/", "index").wait_for(".i-head h1")
        self.keep("index")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    folder, lang = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "zh-CN"
    os.makedirs(folder, exist_ok=True)
    with demo_hall() as hall:
        browser = Browser(hall.base)
        try:
            pictures = Pictures(hall, browser, folder, lang)
            pictures.a_morning()
            link = pictures.at_the_kiosk()
            pictures.on_the_tv()
            pictures.at_the_window()
            pictures.on_the_phone(link)
            pictures.at_the_managers()
            pictures.in_the_office()
            for complaint in browser.complaints():
                print("complaint:", complaint)
        finally:
            browser.close()
    for complaint in booking(folder, lang) + matters(folder, lang) + window_matters(folder, lang):
        print("complaint:", complaint)


main()
