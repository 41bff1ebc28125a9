#!/usr/bin/python3
"""
Re-checks a day's calls from its neutral trace (docs/policy.md), knowing nothing of how the daemon decides.

  policy_check.py [--whole-day] [--counts FILE] [--most N] HALL.json TRACE.csv...

HALL.json gives the head starts, the groups, the windows and the policy's constants. Every row is replayed against a
plain reading of the policy that looks at every waiting ticket and every ready window. Each violation is printed with
its line, what the policy expects and what stands there. --whole-day also wants everybody gone at the end. --counts
writes how often each rule was met, so that a test can see what its days exercised.
"""
import argparse
import collections
import csv
import json
import sys

COLUMNS = ["t_ms", "seq", "event", "ticket", "window", "item", "class", "arg"]
DEFAULTS_S = {
    "miss_after_s": 90, "report_back_within_s": 1200, "appointment_grace_s": 600, "appointment_head_start_s": 3600,
    "gate_before_s": 300, "return_head_s": 1800}
DEFAULTS = {"max_misses": 2, "report_back_behind": 3}

Row = collections.namedtuple("Row", "line t seq event ticket window item cls arg")
Violation = collections.namedtuple("Violation", "line expected found")


class Hall:
    """What of HALL.json decides calls; durations in milliseconds."""

    def __init__(self, settings):
        policy = settings.get("policy") or {}
        for name, value in DEFAULTS_S.items():
            setattr(self, name[:-2], 1000 * policy.get(name, value))
        for name, value in DEFAULTS.items():
            setattr(self, name, policy.get(name, value))
        self.heads = {c["class"]: 1000 * c.get("head_start_s", 0) for c in settings["classes"]}
        self.groups = frozenset(g["group"] for g in settings["groups"])
        self.windows = {w["window"] for w in settings["windows"]}
        self.max_head = max(self.heads.values())


class Ticket:
    """A person's place. key is (e, t0, seq, sub); gate is when it opens; only is the window a transfer named."""

    def __init__(self, row, origin):
        self.name, self.group, self.cls, self.origin = row.ticket, row.item, row.cls, origin
        self.t0, self.issued_t, self.seq, self.sub = row.t, row.t, row.seq, 0
        self.key, self.gate = None, 0
        self.state, self.at, self.only, self.unheld = "waiting", 0, 0, 0
        self.slot = self.first = None
        self.misses = self.called_at = self.missed_at = 0


class Window:
    def __init__(self, number):
        self.number, self.skill, self.ticket = number, frozenset(), None
        self.open, self.drains, self.ready_at = False, False, None


def shown(ticket, window):
    return f"ticket {ticket} at window {window}"


class Day:
    """One day being replayed, row by row: step."""

    def __init__(self, hall):
        self.hall = hall
        self.tickets, self.windows = {}, {}
        self.waiting = {}       # name -> Ticket
        self.due = None         # (ticket name, window number) that the next row must call
        self.may = None         # ... or may call: a draining window takes up what it held
        self.last = None        # the row before
        self.violations, self.counts = [], collections.Counter()
        self.row = None

    # ---- what is said

    def wrong(self, expected, found=None):
        r = self.row
        if found is None:
            found = " ".join(str(x) for x in (r.event, r.ticket, r.window or "", r.item, r.cls, r.arg) if x)
        self.violations.append(Violation(r.line, expected, found))

    def met(self, rule):
        self.counts[rule] += 1

    # ---- the policy, read plainly

    def walk_in_e(self, ticket):
        return ticket.t0 - self.hall.heads[ticket.cls]

    def set_key(self, ticket):
        """The key of a new ticket."""
        h, head = self.hall, self.hall.heads[ticket.cls]
        e = self.walk_in_e(ticket)
        if ticket.origin == "appointment":
            e = ticket.slot - max(h.appointment_head_start, head)
            ticket.gate = ticket.slot - h.gate_before
        elif ticket.origin == "return":
            e = min(max(ticket.first, ticket.t0 - h.return_head), e)
        ticket.key = (e, ticket.t0, ticket.seq, ticket.sub)

    def may_serve(self, window, ticket):
        if ticket.only:
            return ticket.only == window.number
        return ticket.group in window.skill

    def is_open(self, ticket):
        return ticket.gate <= self.row.t

    def rank(self, ticket):
        """Where a ticket stands before a window that has become ready: unheld ones, open gates, closed gates."""
        if ticket.unheld:
            return (0, ticket.key)
        return (1 if self.is_open(ticket) else 2, ticket.key)

    def next_for(self, window):
        able = [t for t in self.waiting.values() if self.may_serve(window, t)]
        return min(able, key=self.rank, default=None)

    def window_rank(self, window):
        return (len(window.skill), window.ready_at, window.number)

    def window_for(self, ticket):
        able = [w for w in self.windows.values() if w.ready_at is not None and self.may_serve(w, ticket)]
        if len(able) > 1:
            a, b = sorted(map(self.window_rank, able))[:2]
            self.met("choice by " + ("groups" if a[0] != b[0] else "time" if a[1] != b[1] else "number"))
        return min(able, key=self.window_rank, default=None)

    def recall_key(self, ticket):
        """Behind the n-th waiting ticket with an open gate that a window with its skill could serve."""
        skills = [w.skill for w in self.windows.values() if w.open and ticket.group in w.skill]
        groups = frozenset([ticket.group]).union(*skills)
        ahead = sorted(t.key for t in self.waiting.values() if not t.only and self.is_open(t) and t.group in groups)
        sub = self.row.seq
        if not ahead:
            self.met("recall: nobody waits")
            return (self.row.t, ticket.t0, ticket.seq, sub)
        behind = self.hall.report_back_behind
        self.met("recall: behind the n-th" if len(ahead) >= behind else "recall: behind the last")
        return ahead[min(behind, len(ahead)) - 1][:3] + (sub,)

    def check_bound(self, called, window):
        """No walk-in is called by a window that could have served you, while you waited, if it was issued more than
        max(H) - H[yours] after you."""
        if called.origin != "walk-in" or called.sub or called.only or called.unheld:
            return
        for t in self.waiting.values():
            if t is called or t.sub or not self.may_serve(window, t) or t.origin != "walk-in":
                continue
            limit = self.hall.max_head - self.hall.heads[t.cls]
            if called.t0 - t.t0 > limit:
                self.wrong(f"nobody issued more than {limit} ms after the waiting {t.name} is called",
                           f"{called.name}, issued {called.t0 - t.t0} ms after it")

    # ---- what an event leaves to be done

    def wait(self, ticket):
        """The ticket starts to wait: a ready window for it calls it at once."""
        ticket.state = "waiting"
        self.waiting[ticket.name] = ticket
        window = self.window_for(ticket)
        if window:
            self.due = (ticket.name, window.number)

    def stop_waiting(self, ticket):
        self.waiting.pop(ticket.name, None)
        ticket.unheld = 0

    def vacate(self, ticket):
        window = self.windows.get(ticket.at)
        if window and window.ticket == ticket.name:
            window.ticket = None
        ticket.at = 0

    def drain(self):
        """A draining window still takes up the tickets that it held: as they come back, or once its ticket has gone.
        A window that began to drain while it paused has no row for it, so a closed one may do so too."""
        window = self.windows.get(self.row.window)
        if not window or window.open or window.ticket:
            return
        own = [t for t in self.waiting.values() if t.unheld and t.only == window.number]
        call = (min(own, key=self.rank).name, window.number) if own else None
        if window.drains:
            self.due = call
        else:
            self.may = call

    def check_idle(self):
        """Nothing idles while it could serve."""
        for window in self.windows.values():
            if window.ready_at is None:
                continue
            ticket = self.next_for(window)
            if ticket:
                self.wrong(f"window {window.number} to call {ticket.name}, which waits and which it could serve",
                           "both left waiting")

    # ---- rows

    def find(self, *states):
        """The row's ticket, which must be in one of the states."""
        ticket = self.tickets.get(self.row.ticket)
        if ticket is None:
            self.wrong("a ticket that has been issued")
        elif ticket.state not in states:
            self.wrong(f"ticket {ticket.name} to be {' or '.join(states)}", f"{self.row.event}: it is {ticket.state}")
        return ticket

    def place(self, must_be_open=True):
        """The row's window."""
        number = self.row.window
        if number not in self.hall.windows:
            self.wrong("a window of the hall", f"window {number}")
        window = self.windows.setdefault(number, Window(number))
        if must_be_open and not window.open:
            self.wrong(f"window {number} to be open", f"{self.row.event}: it is closed")
        return window

    def at_window(self, ticket):
        window = self.place(must_be_open=False)
        if ticket and window.ticket != ticket.name:
            self.wrong(f"ticket {ticket.name} to be at window {window.number}",
                       f"there is {window.ticket or 'nobody'}")
        return window

    def do_open(self):
        window = self.place(must_be_open=False)
        if window.open:
            self.wrong(f"window {window.number} to be closed", "open: it is open already")
        named = self.row.arg.split()
        window.skill = self.hall.groups if self.row.arg == "all" else frozenset(named)
        if not window.skill <= self.hall.groups:
            self.wrong("groups of the hall")
        window.open, window.ready_at = True, None
        self.met("open: all groups" if self.row.arg == "all" else "open: some groups")

    def do_close(self):
        window = self.place()
        self.met("close: " + ("with a ticket" if window.ticket else "ready" if window.ready_at is not None else "idle"))
        if any(t.only == window.number for t in self.waiting.values()):
            self.met("close: a ticket waits for this window only")
        if any(t.state == "held" and t.at == window.number for t in self.tickets.values()):
            self.met("close: with a held ticket")
        window.open, window.ready_at, window.drains = False, None, self.row.arg == "drain"

    def do_ready(self):
        window = self.place()
        if window.ticket:
            self.wrong(f"nobody at window {window.number}", f"ready: {window.ticket} is there")
        if window.ready_at is not None:
            self.wrong(f"window {window.number} not to be ready", "ready: it is ready already")
        window.ready_at = self.row.t
        ticket = self.next_for(window)
        self.met("ready: somebody waits" if ticket else "ready: nobody waits")
        if ticket:
            self.due = (ticket.name, window.number)

    def new_ticket(self, origin):
        row = self.row
        if row.ticket in self.tickets:
            self.wrong("a number that has not been given today")
        if row.item not in self.hall.groups:
            self.wrong("an item of the hall's groups", f"item {row.item!r}")
        ticket = Ticket(row, origin)
        if row.cls not in self.hall.heads:
            self.wrong("a class of the hall", f"class {row.cls!r}")
            ticket.cls = min(self.hall.heads, key=self.hall.heads.get)
        self.tickets[ticket.name] = ticket
        self.met(f"class {ticket.cls}")
        return ticket

    def do_issue(self):
        ticket = self.new_ticket("walk-in")
        if self.row.arg:
            ticket.t0 = self.number(self.row.arg)
            self.met("issue: on paper")
            if ticket.t0 > self.row.t:
                self.wrong("a paper ticket's time to be past", self.row.arg)
        self.set_key(ticket)
        self.wait(ticket)

    def do_checkin(self):
        ticket = self.new_ticket("appointment")
        ticket.slot = self.number(self.row.arg)
        if self.row.t > ticket.slot + self.hall.appointment_grace:
            ticket.origin = "walk-in"
            self.met("checkin: late")
        elif self.row.t > ticket.slot:
            self.met("checkin: in grace")
        else:
            early = self.row.t < ticket.slot - self.hall.gate_before
            self.met("checkin: before its gate" if early else "checkin: gate open")
        self.set_key(ticket)
        self.wait(ticket)

    def do_return(self):
        ticket = self.new_ticket("return")
        ticket.first = self.number(self.row.arg)
        if not any(t.state == "done" and t.key[0] == ticket.first for t in self.tickets.values()):
            self.wrong("the key of a ticket that is done today", self.row.arg)
        self.set_key(ticket)
        e = ticket.key[0]
        self.met("return: " + ("the first key" if e == ticket.first else
                               "own head start" if e == self.walk_in_e(ticket) else "its head start"))
        self.wait(ticket)

    def do_call(self, due, may):
        ticket, window = self.find("waiting"), self.place(must_be_open=not (due or may))
        if not ticket:
            return
        if self.row.arg not in ("auto", "manual"):
            self.wrong("auto or manual")
        if self.row.arg == "manual":
            self.call_manual(ticket, window)
        elif due is None and may is None:
            self.wrong("no call: nothing has just become ready or started to wait")
        elif may and may != (ticket.name, window.number):
            self.wrong("no call but of " + shown(*may))
        elif may or due == (ticket.name, window.number):
            self.call_auto(ticket, window)
        if window.ticket and window.ticket != ticket.name:
            self.wrong(f"nobody at window {window.number}", f"call: {window.ticket} is there")
        self.stop_waiting(ticket)
        ticket.only = 0
        ticket.state, ticket.at, ticket.called_at = "called", window.number, self.row.t
        window.ticket, window.ready_at = ticket.name, None

    def call_manual(self, ticket, window):
        if self.next_for(window) is not ticket:
            self.met("call: manual, out of order")
        self.met("call: manual")
        if window.ready_at is not None:
            self.met("call: manual at a ready window")

    def call_auto(self, ticket, window):
        self.check_bound(ticket, window)
        others = [t for t in self.waiting.values() if t is not ticket and self.may_serve(window, t)]
        if ticket.unheld:
            self.met("call: unheld" if window.open else "call: unheld, draining")
            if any(t.key < ticket.key and not t.unheld for t in others):
                self.met("call: unheld before a smaller key")
        elif not self.is_open(ticket):
            self.met("call: before its gate")
        else:
            self.met("call: named" if ticket.only else "call: in order")
        for kind, holds in (("recalled", ticket.sub), ("appointment", ticket.origin == "appointment"),
                            ("return", ticket.origin == "return"), ("paper", ticket.t0 < ticket.issued_t)):
            if holds and others:
                self.met(f"call: {kind}, before others")
        if any(t.t0 < ticket.t0 for t in others):
            self.met("call: overtook")
        if any(t.key < ticket.key and not self.is_open(t) for t in others):
            self.met("call: passed a closed gate")

    def do_start(self):
        ticket = self.find("called")
        self.at_window(ticket)
        if ticket:
            ticket.state = "serving"

    def do_end(self):
        ticket = self.find("serving")
        self.at_window(ticket)
        if ticket:
            self.vacate(ticket)
            ticket.state = "done"

    def do_hold(self):
        ticket = self.find("serving")
        window = self.at_window(ticket)
        if ticket:
            self.vacate(ticket)
            ticket.state, ticket.at = "held", window.number

    def do_unhold(self):
        ticket = self.find("held")
        window = self.place(must_be_open=False)
        if not ticket:
            return
        if ticket.at != window.number:
            self.wrong(f"ticket {ticket.name} back at its own window {ticket.at}")
        ticket.at, ticket.only, ticket.unheld = 0, window.number, self.row.seq
        self.wait(ticket)
        self.met("unhold: at a " + ("ready" if self.due else "busy" if window.ticket else
                                    "empty" if window.open else "closed") + " window")

    def do_miss(self):
        ticket = self.find("called")
        self.at_window(ticket)
        if not ticket:
            return
        after = self.row.t - ticket.called_at
        if after < self.hall.miss_after:
            self.wrong(f"a miss {self.hall.miss_after} ms after the call or later", f"miss after {after} ms")
        self.vacate(ticket)
        ticket.misses += 1
        ticket.state, ticket.missed_at = "missed", self.row.t
        self.met(f"miss: number {ticket.misses}")

    def do_recall(self):
        ticket = self.find("missed")
        if not ticket:
            return
        gone = self.row.t - ticket.missed_at
        if gone > self.hall.report_back_within:
            self.wrong(f"a report within {self.hall.report_back_within} ms of the miss", f"recall after {gone} ms")
        if ticket.misses > self.hall.max_misses:
            self.wrong(f"nobody back who missed more than {self.hall.max_misses} calls", f"recall after {ticket.misses}")
        ticket.key = self.recall_key(ticket)
        ticket.sub, ticket.gate = self.row.seq, 0
        self.wait(ticket)

    def do_transfer(self):
        ticket = self.find("called", "serving")
        self.at_window(ticket)
        if not ticket:
            return
        if self.row.item not in self.hall.groups:
            self.wrong("an item of the hall's groups", f"item {self.row.item!r}")
        self.vacate(ticket)
        ticket.group = self.row.item
        ticket.only = self.number(self.row.arg) if self.row.arg else 0
        if ticket.only and ticket.only not in self.hall.windows:
            self.wrong("a window of the hall", f"window {self.row.arg}")
        self.wait(ticket)
        self.met("transfer: " + ("to a window" if ticket.only else "to a group") + (", called at once" if self.due else ""))

    def do_class(self):
        ticket = self.find("waiting", "called", "serving", "held", "missed")
        if not ticket:
            return
        if self.row.cls not in self.hall.heads:
            self.wrong("a class of the hall", f"class {self.row.cls!r}")
            return
        ticket.cls = self.row.cls
        ticket.sub = 0
        ticket.key = (self.walk_in_e(ticket), ticket.t0, ticket.seq, 0)
        self.met(f"class: of a {ticket.state} ticket")

    def do_leave(self):
        ticket = self.find("waiting", "called", "serving", "held", "missed")
        if not ticket:
            return
        self.met(f"leave: {ticket.state}")
        self.stop_waiting(ticket)
        self.vacate(ticket)
        ticket.state = "gone"

    EVENTS = ("open", "ready", "close", "issue", "checkin", "return", "call", "start", "end", "miss", "recall", "transfer",
              "hold", "unhold", "class", "leave")   # each has its do_

    def number(self, text):
        try:
            return int(text)
        except ValueError:
            self.wrong("a number", repr(text))
            return 0

    def check_due(self, due):
        """At most one call per event, and it is the very next event, at the same time."""
        row, expected = self.row, f"call of {shown(*due)}, the very next event at {self.last.t}"
        found = None
        if row.event != "call" or row.arg != "auto":
            found = f"{row.event} {row.ticket} {row.arg}".rstrip()
        elif (row.ticket, row.window) != due:
            found = "call of " + shown(row.ticket, row.window)
        elif row.t != self.last.t:
            found = f"the call at {row.t}"
        elif row.seq != self.last.seq + 1:
            found = f"the call as event {row.seq} after event {self.last.seq}"
        if found:
            self.wrong(expected, found)

    def step(self, row):
        self.row = row
        if self.last and row.seq <= self.last.seq:
            self.wrong(f"seq after {self.last.seq}", str(row.seq))
        if self.last and row.t < self.last.t:
            self.wrong(f"a time from {self.last.t} on", str(row.t))
        due, self.due, may, self.may = self.due, None, self.may, None
        if due:
            self.check_due(due)
        if row.event not in self.EVENTS:
            self.wrong("an event of the trace", row.event)
        elif row.event == "call":
            self.met("event call")
            self.do_call(due, may)
        else:
            self.met("event " + row.event)
            getattr(self, "do_" + row.event)()
        if not self.due:
            self.check_idle()
            self.drain()
        self.last = row

    def finish(self, whole_day):
        if self.due:
            self.wrong(f"call of {shown(*self.due)}", "the end of the trace")
        still = [t.name for t in self.tickets.values() if t.state not in ("done", "gone")]
        if whole_day and still:
            self.wrong("everybody gone at the end of the day", " ".join(still[:10]))


def rows_of(lines):
    """Rows of a trace's text, with the lines they stand in; ValueError if it is no trace."""
    reader = csv.reader(lines)
    if next(reader, None) != COLUMNS:
        raise ValueError("line 1: expected " + ",".join(COLUMNS))
    rows = []
    for field in reader:
        try:
            t, seq, event, ticket, window, item, cls, arg = field
            rows.append(Row(reader.line_num, int(t), int(seq), event, ticket, int(window or 0), item, cls, arg))
        except ValueError as e:
            raise ValueError(f"line {reader.line_num}: no row of a trace: {','.join(field)}") from e
    return rows


def check(hall, rows, whole_day=False, day=Day, first=False):
    """The replayed day, with its violations and counts; up to the first violation, if that is enough."""
    replay = day(hall)
    for row in rows:
        replay.step(row)
        if first and replay.violations:
            return replay
    replay.finish(whole_day)
    return replay


def main():
    parser = argparse.ArgumentParser(description="Re-checks every call of a trace against the policy.")
    parser.add_argument("hall", metavar="HALL.json")
    parser.add_argument("traces", metavar="TRACE.csv", nargs="+")
    parser.add_argument("--whole-day", action="store_true", help="everybody must be gone at the end")
    parser.add_argument("--counts", metavar="FILE", help="how often each rule was met, as JSON")
    parser.add_argument("--most", type=int, default=20, help="violations printed per trace (default %(default)s)")
    options = parser.parse_args()
    with open(options.hall, encoding="utf-8") as f:
        hall = Hall(json.load(f))
    counts, found = collections.Counter(), 0
    for name in options.traces:
        with open(name, encoding="utf-8", newline="") as f:
            try:
                rows = rows_of(f)
            except ValueError as e:
                sys.exit(f"{name}: {e}")
        day = check(hall, rows, options.whole_day)
        for v in day.violations[:options.most]:
            print(f"{name}:{v.line}: expected {v.expected}; found {v.found}")
        print(f"{name}: {len(rows)} rows, {day.counts['event call']} calls, {len(day.violations)} violations")
        found += len(day.violations)
        counts.update(day.counts)
    if options.counts:
        with open(options.counts, "w", encoding="utf-8") as f:
            json.dump(counts, f, indent=1, sort_keys=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
