"""Pictures of the console with flows and of a person's own matter on a phone; part of pictures.py."""
from album import Album
from chromium import KEYS, Browser, user_of
from flow_hall import FlowHall

FILING = {"facts": "来办的人没有授权委托书", "ground": "行政许可法第二十九条", "proposed": "不予受理", "alternatives": "请本人来，或者补委托书"}
OVERTURNED = {"opinion": "委托书可以后补，不能不收", "direction": "deficiency", "guidance": "容缺受理，星期五前补交委托书"}


class WindowPictures(Album):
    def confirm(self):
        return self.browser.chord(KEYS.CONTROL, KEYS.ENTER)

    def a_filing(self):
        b = self.browser
        b.press("8").wait_for("#f-facts")
        for field, text in FILING.items():
            b.fill(f"#f-{field}", text)
        self.keep("console-filing")
        self.confirm().wait_for("#rows .on")
        b.press(KEYS.ENTER).wait_for(".win-matter [data-state=submitted]")
        self.keep("console-waits")
        b.press(KEYS.ENTER).wait_for(".win-panel")
        self.keep("console-held")
        b.press(KEYS.ESCAPE)
        (card,) = self.hall.matters(flow="denial")
        self.hall.person("shenpi").step(card["matter"], "overturn", **OVERTURNED)
        b.wait_for(".win-matter [data-state=overturned]")
        self.keep("console-overturned")

    def a_promise(self):
        b = self.browser
        b.press("5").wait_for("#f-person")
        b.fill("#f-person-name", "张三").fill("#f-person", "511602199001011234")
        self.confirm().wait_for("#rows li")
        b.press(KEYS.ESCAPE).press("7").wait_for(".d-ticks")
        b.click(".d-ticks input[value=authorisation]")
        self.keep("console-promise")

    def at_the_window(self):
        b = self.browser
        for _ in range(3):
            self.hall.ticket()
        self.hall.client("clerk").post("/windows/14/open")
        b.open(f"/window/?lang={self.lang}", "console").log_in(user_of(self.hall, "chuangkou2")).wait_for(".win-choose")
        b.press("2", KEYS.ENTER).wait_for(".win-keys")
        b.press(KEYS.ENTER).wait_for(".plate.called")
        b.press(KEYS.ENTER).wait_for(".plate.serving")
        self.a_filing()
        self.a_promise()

    def on_the_phone(self):
        b, clerk, ticket = self.browser, self.hall.client("clerk"), self.hall.ticket("collect")
        for step, body in (("open", {}), ("next", {}), ("start", {}), ("finish", {"outcome": "advice"})):
            clerk.post(f"/windows/13/{step}", body)
        b.open(f"/m/new?ticket={ticket['token']}&lang={self.lang}", "phone").wait_for(".m-offer")
        self.keep("phone-new")
        b.click(".m-offer").fill("#f-summary", "家里的抵押解不掉，银行和登记处各让找对方，已经跑了三次。").click(".p-foot .btn.main").wait_for(".m-story")
        self.keep("phone-matter")
        (card,) = self.hall.matters(flow="escalation")
        desk = self.hall.person("bancheng")
        desk.step(card["matter"], "triage", cause="cross_department")
        desk.step(card["matter"], "solve", answer="银行已同意补开结清证明。请带身份证，今天下午任何时候到 14 号窗口。")
        b.driver.refresh()
        b.wait_for("[data-state=solved]")
        self.keep("phone-solved")
        b.open(f"/m/{self.hall.promised()[1]}?lang={self.lang}", "phone").click(".p-foot .btn").wait_for(".m-pick")
        self.keep("phone-papers")


def window_matters(folder, lang):
    """What the pages complained about."""
    with FlowHall() as hall:
        browser = Browser(hall.base)
        try:
            pictures = WindowPictures(hall, browser, folder, lang)
            pictures.at_the_window()
            pictures.on_the_phone()
            return browser.complaints()
        finally:
            browser.close()
