"""Pictures of the pages of matters, after a week in which a desk has worked and a clock has run out; part of pictures.py."""
from album import Album
from chromium import KEYS, Browser, user_of
from matter_hall import MatterDemo, filing

WEEK_BEFORE, NOW = "2026-11-13T10:14:00+08:00", "2026-11-23T10:32:00+08:00"
# Just before half of the time, the yellow card and the end; what is due on the morning of NOW comes while nothing runs.
MOMENTS = ("2026-11-18T09:36:59+08:00", "2026-11-19T08:59:59+08:00", "2026-11-20T17:29:59+08:00")
OLD = (("家里的抵押解不掉，银行和登记处各让找对方", "natural_resources", "cross_department", "511A0000800001"),)
NEW = (("社保卡在外省激活不了", "social_security", "system"), ("高龄津贴停发，说人已不在", "civil_affairs", "system"),
       ("食品备案地址改不了", "market", "policy"), ("企业迁入，两边都不收", "commerce", "cross_department"), ("维修资金分户账查不到", "housing", "legacy"))
PERSON = {"id": "510101199001011234", "name": "张三"}


class MatterPictures(Album):
    def __init__(self, *args):
        super().__init__(*args)
        self.late, self.marks = "", 0

    def enter(self, path, name, size="manager"):
        b = self.browser
        b.driver.delete_all_cookies()
        self.open(path, size)
        b.log_in(user_of(self.hall, name)).wait_for(".m-head nav a")
        return b

    def register(self, summary, department="", cause="", **fields):
        matter = self.hall.opened("bancheng", "escalation", "register", summary=summary, person=PERSON, phone="13812342047", **fields)
        if cause:
            self.hall.take("bancheng", matter, "triage", cause=cause)
        if department:
            self.hall.take("bancheng", matter, "route", department=department, told="已经联系承办部门，有回音就给您打电话。")
        return matter

    def wait_for_a_mark(self):
        """Each start brings the matter's next one, a moment later."""
        def marks():
            return [line for line in self.hall.matter("bancheng", self.late)["timeline"] if line["kind"] == "mark"]
        self.browser.until(lambda: len(marks()) > self.marks, "no mark came")
        self.marks = len(marks())

    def a_week(self):
        hall = self.hall
        hall.options = ["--clock-start", WEEK_BEFORE, "--clock-rate", "1"]
        hall.start()
        ticket = hall.client("kiosk").ticket("B").body["id"]
        self.late = self.register(OLD[0][0], OLD[0][1], OLD[0][2], item=OLD[0][3], ticket=ticket)
        for moment in (*MOMENTS, NOW):
            hall.stop()
            hall.options = ["--clock-start", moment, "--clock-rate", "1"]
            hall.known = {}
            hall.start()
            self.wait_for_a_mark()
        for summary, department, cause in NEW:
            self.register(summary, department, cause)
        ticket = hall.client("kiosk").ticket("F").body["id"]
        self.register("三次来都说缺一张证明，每次说的都不一样", ticket=ticket)
        ticket, clerk = hall.client("kiosk").ticket("A").body["id"], hall.person("chuangkou7")
        for verb in ("open", "next", "start"):
            clerk.request("POST", f"/windows/7/{verb}", {})
        filing(hall, facts="租赁合同过期半年，本人拿不出新合同。")
        return filing(hall, ticket=ticket)

    def at_the_desk(self):
        b = self.enter(f"/desk/#inbox/{self.late}", "bancheng")
        b.wait_for(".d-line .is-stop")
        self.keep("desk")
        b.press("1").wait_for(".d-do")
        self.keep("desk-step")
        b.press(KEYS.ESCAPE).wait(lambda: not b.all(".d-do"))
        b.press("n").wait_for(".d-pick")
        b.press("1").wait_for(".d-open")
        self.keep("desk-new")
        b.press(KEYS.ESCAPE).wait(lambda: not b.all(".d-open"))
        b.press("?").wait_for(".d-keys")
        self.keep("desk-keys")
        b.press(KEYS.ESCAPE).size("tv")
        self.keep("desk-large")
        b.size("manager")
        self.paper()

    def paper(self):
        b = self.browser
        b.js("window.print = () => { window.printed = 1; }")
        b.press("p").until(lambda: b.js("return window.printed"))
        b.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        b.size("a4")
        self.keep("sheet")
        b.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

    def at_the_approvers(self, waiting):
        b = self.enter(f"/approver/#waiting/{waiting}", "shenpi")
        b.wait_for(".d-line li")
        self.keep("approver")
        b.press("3").wait_for(".d-do")
        self.keep("approver-step")

    def at_the_leaders(self):
        b = self.enter(f"/leader/#mine/{self.late}", "juzhang")
        b.wait_for(".d-line li")
        self.keep("leader")
        self.open("/leader/#duty", "manager").wait_for(".l-rota tr")
        self.keep("leader-duty")
        self.open("/leader/", "phone").wait_for(".d-rows > a")
        self.keep("leader-phone-list")
        self.open(f"/leader/#mine/{self.late}", "phone").wait_for(".d-line li")
        self.keep("leader-phone")
        self.open("/leader/#duty", "phone").wait_for(".l-rota tr")
        self.keep("leader-phone-duty")

    def everywhere(self):
        b = self.browser
        b.driver.delete_all_cookies()
        self.open("/matters/", "manager").log_in(user_of(self.hall, "bancheng")).wait_for(".d-kinds a")
        self.keep("matters")
        self.open("/desk/#causes", "manager").wait_for("#u-causes li")
        self.keep("desk-causes")
        self.enter("/manager/#causes", "jingli").wait_for("#u-causes li")
        b.click('[data-cause="cross_department"]').click("#u-causes .is-on .u-n").wait_for("#u-behind tbody tr")
        self.keep("manager-causes")


def matters(folder, lang):
    """Its complaints."""
    hall = MatterDemo()
    browser = Browser("http://127.0.0.1")
    try:
        pictures = MatterPictures(hall, browser, folder, lang)
        waiting = pictures.a_week()
        browser.fresh(hall.base)
        pictures.at_the_desk()
        pictures.at_the_approvers(waiting)
        pictures.at_the_leaders()
        pictures.everywhere()
        return browser.complaints()
    finally:
        browser.close()
        hall.__exit__()
