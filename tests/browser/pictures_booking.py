"""Pictures of everything about appointments, on a hall with office hours; part of pictures.py."""
from album import Album
from booking_hall import PHONE, SATURDAY, BookingHall, moment, slot
from chromium import AWAY, KEYS, Browser, pairing_code, user_of

LICENCES = "yczmls"
MORNING = (("09:30", "normal"), ("09:30", "senior"), ("10:00", "normal"), ("10:30", "disabled"), ("13:00", "normal"), ("15:30", "infant"))


class BookingPictures(Album):
    def on_the_phone(self):
        b = self.browser
        self.open("/book/", "phone").wait_for("[data-queue=A]")
        self.keep("book-what")
        b.fill("#typed", LICENCES).wait_for(".b-kinds")
        self.keep("book-search")
        b.click(".b-kinds .btn").wait_for(slot("09:30"))
        self.keep("book-when")
        b.click(f'[data-day="{SATURDAY}"]').wait_for("#why-not")
        self.keep("book-shut")
        b.click('[data-day="2026-11-24"]').click(slot("10:00", "2026-11-24")).wait_for("#person")
        self.keep("book-who")
        b.fill("#person", PHONE).click("#confirm").wait_for(".b-code img")
        self.keep("book-booked")
        b.click(".p-foot .btn").wait_for(".p-sheet")
        self.keep("book-cancel")
        b.click("#cancel-yes").wait(lambda: not b.all(".b-code"))
        self.keep("book-cancelled")
        b.open("/book/?item=general").click(slot("09:30")).fill("#person", PHONE).click("#confirm").wait_for("#check-in")
        self.keep("book-today")
        link = b.driver.current_url
        b.open("/book/?item=general").click(slot("11:00")).fill("#person", PHONE).click("#confirm").wait_for(".note.stop")
        self.keep("book-refused")
        b.open(link).click("#check-in").wait_for(".plate")
        self.keep("phone-booked")
        b.open(link).wait_for(".b-number")
        self.keep("book-checked-in")

    def at_the_kiosk(self):
        b, code = self.browser, self.hall.book("10:00", person="13900000000")["code"]
        self.open("/kiosk/#pair=" + pairing_code(self.hall, "booked", "kiosk"), "kiosk").click(".k-own").wait_for(".k-digits")
        b.press(*code[:3])
        self.keep("kiosk-booked")
        b.press(*("000" if code[3:] != "000" else "111")).wait_for(".note.stop")
        self.keep("kiosk-booked-none")
        b.press(*code).wait(lambda: b.driver.execute_script("return document.querySelector('img.qr')?.naturalWidth > 0"))
        self.keep("kiosk-booked-ticket")
        b.driver.delete_all_cookies()

    def a_day(self):
        items = [i["item"] for i in self.hall.client().get("/catalogue?q=" + LICENCES).body["items"]]
        for n, (time, cls) in enumerate(MORNING):
            body = {"item": items[n % len(items)], "slot_at": moment(time), "class": cls, "person": f"1370000{n:04}"}
            booked = self.hall.client("clerk").post("/appointments", body).body
            if n == 0:
                self.hall.client("clerk").post("/appointments/check-in", {"code": booked["code"]})

    def for_others(self):
        b = self.browser
        self.hall.move("09:44")
        self.open("/appointments/", "console").log_in(user_of(self.hall, "chuangkou8")).wait_for(".ap-rows")
        self.keep("appointments")
        b.click(".ap-items .btn").click(slot("14:00")).fill("#person", "13600000000")
        self.keep("appointments-new")
        b.click("#book").wait(lambda: b.driver.execute_script("return document.querySelector('.ap-told img')?.naturalWidth > 0"))
        self.keep("appointments-told")
        b.click(".ap-told .btn").click('[data-state="due"] .btn:nth-child(2)').wait_for(".b-slot")
        self.keep("appointments-move")
        b.click(".ap-foot .btn").click('[data-state="due"] .btn:nth-child(3)').wait_for("#reason")
        self.keep("appointments-cancel")
        self.open("/window/", "console").wait_for(".win-choose")
        b.press("8", KEYS.ENTER).wait_for(".win-keys")
        b.press(KEYS.ENTER).wait_for(".plate.called")
        self.keep("console-booked")


def booking(folder, lang):
    with BookingHall() as hall:
        browser = Browser(hall.base)
        try:
            pictures = BookingPictures(hall, browser, folder, lang)
            pictures.on_the_phone()
            pictures.at_the_kiosk()
            pictures.a_day()
            pictures.for_others()
            return [c for c in browser.complaints(AWAY) if "with a status of 4" not in c]    # refusals, on purpose
        finally:
            browser.close()
