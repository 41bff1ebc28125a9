/* The index: a card per screen. */
export default {
  title: "All screens", open: "Open today until {time}", "open.always": "Open", closed: "Closed now", opens: "opens {day} at {time}", waiting: "{n} waiting",
  simulated: "simulated hall time {time}", "read.only": "The hall is read-only for now", lost: "The hall cannot be reached",
  kiosk: "Take a number", "kiosk.text": "At the door: choose, take a number, print a slip", "kiosk.state": "the first time it asks for an 8-digit code",
  screen: "Call screen", "screen.text": "In the hall: who is called, to which window", "screen.state": "{n} being called",
  window: "Window", "window.text": "For clerks: call, serve, finish, by keyboard alone", "window.state": "{n} windows open",
  ticket: "My number", "ticket.text": "On the phone: how many ahead, which window", "ticket.state": "scan the code on the slip",
  book: "Book a time", "book.text": "On the phone: choose a time and come then", "book.state": "item, time, phone number", appointments: "Appointments", "appointments.text": "For staff: a day's appointments; book, move, cancel for others", "appointments.state": "log in as clerk",
  manager: "The hall now", "manager.text": "For managers: now, today and before, what needs attention; a wall mode", "manager.state": "log in as manager",
  desk: "Could not be done", "desk.text": "What a window could not do: registered, routed, answered, revisited, by keyboard alone", "desk.state": "log in at the desk", approver: "Denial filings", "approver.text": "Before a window says no, somebody decides here", "approver.state": "log in as approver",
  leader: "Duty leader", "leader.text": "What waits for a decision, what is overdue, the rota; on a phone too", "leader.state": "log in as duty leader", matters: "Matters", "matters.text": "Promises, notices, help jobs, cases: every kind of matter", "matters.state": "log in as staff",
  admin: "Administration", "admin.text": "Windows, skills, queues, items, people, devices, journal", "admin.state": "log in as administrator, manager or auditor",
  api: "API", "api.text": "The one interface of all pages and other systems", "api.state": "openapi.json", hours: "Today {hours}", 
};
