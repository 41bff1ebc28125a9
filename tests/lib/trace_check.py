#!/usr/bin/python3
"""
Re-checks every call of a day's trace (hallctl trace, hallsim --trace) against the assignment policy, from the trace
alone: who stood where, who had to be called next, at which window, and that nobody was called who should not have
been. Knows nothing of the daemon's code.

    trace_check.py FILE [CLASS=SECONDS ...]
"""
import csv
import sys

HEAD_START_S = {"normal": 0, "senior": 1200, "infant": 1200, "disabled": 1800, "service": 1800}
BEHIND = 3


class Broken(Exception):
    """A call that the policy does not make, or one that it makes and is missing."""


class Ticket:
    def __init__(self, number, seq, t0, item, key):
        self.number, self.seq, self.t0, self.item, self.key = number, seq, t0, item, key
        self.waiting, self.only, self.first = True, 0, False


class Window:
    def __init__(self, number):
        self.number, self.open, self.ready_since, self.skill, self.ticket, self.drains = number, False, None, None, None, False

    def serves(self, ticket):
        if ticket.only:
            return ticket.only == self.number
        return self.skill == "all" or ticket.item in self.skill


class Check:
    def __init__(self, head_start_s):
        self.head_start_ms = {name: 1000 * s for name, s in head_start_s.items()}
        self.tickets, self.windows, self.due, self.calls = {}, {}, None, 0

    def row(self, row):
        at, seq, event = int(row["t_ms"]), int(row["seq"]), row["event"]
        if event == "call":
            self.call(row, at)
            return
        if self.due:
            raise Broken(f"seq {seq}: {self.due[0].number} should have been called to window {self.due[1].number}")
        ticket = self.tickets.get(row["ticket"])
        window = self.window(row["window"]) if row["window"] else None
        getattr(self, "on_" + event)(row, at, seq, ticket, window)

    def window(self, number):
        return self.windows.setdefault(int(number), Window(int(number)))

    def call(self, row, at):
        ticket, window = self.tickets[row["ticket"]], self.window(row["window"])
        if row["arg"] == "auto" and self.due != (ticket, window, at):
            raise Broken(f"seq {row['seq']}: {ticket.number} was called to {window.number}, "
                         f"not {self.due and (self.due[0].number, self.due[1].number)}")
        if window.ticket or not ticket.waiting:
            raise Broken(f"seq {row['seq']}: {ticket.number} is not waiting or window {window.number} is taken")
        ticket.waiting, ticket.only, ticket.first = False, 0, False
        window.ticket, window.ready_since, self.due = ticket, None, None
        self.calls += 1

    # ---- who must be called now

    def for_window(self, window, at):
        fitting = [t for t in self.tickets.values() if t.waiting and window.serves(t)]
        if fitting:
            self.due = (min(fitting, key=lambda t: (not t.first, t.key)), window, at)

    def for_ticket(self, ticket, at):
        ready = [w for w in self.windows.values() if w.ready_since is not None and w.serves(ticket)]
        if ready:
            groups = [1 << 30 if w.skill == "all" else len(w.skill) for w in ready]
            self.due = (ticket, min(zip(groups, ready), key=lambda g: (g[0], g[1].ready_since, g[1].number))[1], at)

    # ---- windows

    def on_open(self, row, at, seq, ticket, window):
        window.open, window.ready_since, window.drains = True, None, False
        window.skill = "all" if row["arg"] == "all" else set(row["arg"].split())

    def on_close(self, row, at, seq, ticket, window):
        window.open, window.ready_since, window.drains = False, None, row["arg"] == "drain"

    def on_ready(self, row, at, seq, ticket, window):
        window.ready_since = at
        self.for_window(window, at)

    # ---- tickets

    def on_issue(self, row, at, seq, ticket, window):
        t0 = int(row["arg"] or at)
        key = (t0 - self.head_start_ms[row["class"]], t0, seq, 0)
        self.tickets[row["ticket"]] = Ticket(row["ticket"], seq, t0, row["item"], key)
        self.for_ticket(self.tickets[row["ticket"]], at)

    def on_class(self, row, at, seq, ticket, window):
        ticket.key = (ticket.t0 - self.head_start_ms[row["class"]], ticket.t0, ticket.seq, 0)

    def on_start(self, row, at, seq, ticket, window):
        if window.ticket is not ticket:
            raise Broken(f"seq {seq}: {ticket.number} is not at window {window.number}")

    def leave_window(self, ticket, seq):
        at = [w for w in self.windows.values() if w.ticket is ticket]
        if len(at) > 1:
            raise Broken(f"seq {seq}: {ticket.number} is at two windows")
        for window in at:
            window.ticket = None

    def on_end(self, row, at, seq, ticket, window):
        self.leave_window(ticket, seq)

    on_miss = on_hold = on_end

    def on_leave(self, row, at, seq, ticket, window):
        ticket.waiting = False
        self.leave_window(ticket, seq)

    def wait_again(self, ticket, at):
        ticket.waiting = True
        self.for_ticket(ticket, at)

    def on_unhold(self, row, at, seq, ticket, window):
        ticket.only, ticket.first = window.number, True
        self.wait_again(ticket, at)
        if window.drains and not window.ticket:     # a window that closes still serves those it holds
            self.due = (ticket, window, at)

    def on_transfer(self, row, at, seq, ticket, window):
        self.leave_window(ticket, seq)
        ticket.item, ticket.only = row["item"], int(row["arg"] or 0)
        self.wait_again(ticket, at)

    def on_recall(self, row, at, seq, ticket, window):
        reach = [w for w in self.windows.values() if w.open and w.serves(ticket)]
        ahead = sorted(t.key for t in self.tickets.values()
                       if t.waiting and not t.only and any(w.serves(t) for w in reach))
        e, t0, before, _ = ahead[min(BEHIND, len(ahead)) - 1] if ahead else (at, ticket.t0, ticket.seq, 0)
        ticket.key = (e, t0, before, seq)
        self.wait_again(ticket, at)


def check(lines, head_start_s=None):
    """The number of calls that were checked; raises Broken."""
    c = Check({**HEAD_START_S, **(head_start_s or {})})
    last_seq, last_t = 0, 0
    for row in csv.DictReader(lines):
        seq, at = int(row["seq"]), int(row["t_ms"])
        if seq <= last_seq or at < last_t:
            raise Broken(f"seq {seq} after {last_seq}, {at} after {last_t}")
        c.row(row)
        last_seq, last_t = seq, at
    if c.due:
        raise Broken(f"at the end {c.due[0].number} should have been called")
    return c.calls


def main(file, *classes):
    with open(file, encoding="utf-8", newline="") as f:
        try:
            print(f"{check(f, {c.split('=')[0]: int(c.split('=')[1]) for c in classes})} calls as the policy says")
        except Broken as why:
            sys.exit(str(why))


if __name__ == "__main__":
    main(*sys.argv[1:])
