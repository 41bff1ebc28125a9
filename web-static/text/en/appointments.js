/* Staff: a day's appointments. */
export default {
  title: "Appointments", "to.window": "To my window", "day.before": "The day before", "day.after": "The day after", "to.today": "To today",
  counts: "{n} in all: {came} came, {open} still to come, {missed} did not come.", none: "No appointments on this day yet.", "cancelled.n": "{n} cancelled",
  "is.held": "being booked", "is.booked": "booked", "is.due": "due soon", "is.waiting": "past its time", "is.checked_in": "checked in", "is.late": "came late", "is.no_show": "did not come", "is.cancelled": "cancelled",
  "check.in": "Check in", checked: "Checked in: the number is {number}.", move: "Move", cancel: "Cancel", "cancel.yes": "Cancel it", back: "Back", reason: "Reason (recorded)", "reason.usual": "Cancelled by the person on the phone",
  new: "Book for somebody", item: "What for", "find.for": "Name or pinyin initials", "none.found": "Nothing found; try other words.", "walk.in": "No appointment needed", when: "Which day, what time", left: "{n} left", full: "full", "no.day": "Nothing can be booked in these days.",
  "day.SLOT_FULL": "full", "day.SLOT_CLOSED": "not open", "day.CALENDAR_PROVISIONAL": "not known", person: "Phone or ID number", "person.why": "Only to know the person again; it is not stored.", "person.none": "Please give a phone or ID number.", "slot.none": "Please choose a time.", class: "Class", book: "Book",
  "move.title": "Another time for code {code}", "move.yes": "Move it there", booked: "Booked", code: "Code", "qr.alt": "QR code of this appointment", tell: "Tell the person the time and the code. At the window they can scan this with their phone, and check in with it at the kiosk.", told: "Told",
};
