"""
Damages to sound traces, each of which a checker must notice: what a daemon with a fault would have written. A damage
is a function of a Witness; it yields damaged traces, each as a function that makes its rows, with the line at which the
checker must speak up first (None: anywhere).
"""
from functools import partial

import policy_check


class Witness(policy_check.Day):
    """A sound day, with what stood open at each call: the other tickets and the other windows that were possible."""

    def __init__(self, hall):
        super().__init__(hall)
        self.rows, self.choices = [], []

    def step(self, row):
        self.rows.append(row)
        super().step(row)

    def kind(self, ticket):
        for name, holds in (("unheld", ticket.unheld), ("named", ticket.only), ("gated", not self.is_open(ticket)),
                            ("recalled", ticket.sub), ("paper", ticket.t0 < ticket.issued_t)):
            if holds:
                return name
        if ticket.origin != "walk-in":
            return ticket.origin
        return "head start" if self.hall.heads[ticket.cls] else "normal"

    def call_auto(self, ticket, window):
        others = [(self.kind(t), t.name) for t in self.waiting.values() if t is not ticket and self.may_serve(window, t)]
        windows = [w.number for w in self.windows.values()
                   if w is not window and w.ready_at is not None and self.may_serve(w, ticket)]
        self.choices.append((len(self.rows) - 1, self.kind(ticket), others, windows))
        super().call_auto(ticket, window)


def renamed(rows, index, field, a, b):
    """From that row on, one is taken for the other: the rest of the day stays a story without contradictions."""
    other = {a: b, b: a}
    return rows[:index] + [r._replace(**{field: other.get(getattr(r, field), getattr(r, field))}) for r in rows[index:]]


def replaced(rows, index, **fields):
    return rows[:index] + [rows[index]._replace(**fields)] + rows[index + 1:]


def without(rows, index):
    return rows[:index] + rows[index + 1:]


def later(rows, index, ms):
    return rows[:index] + [r._replace(t=r.t + ms) for r in rows[index:]]


def counted_on(rows, index):
    return rows[:index] + [r._replace(seq=r.seq + 1) for r in rows[index:]]


def doubled(rows, index):
    return rows[:index + 1] + counted_on(rows, index)[index:]


def behind_the_next(rows, index):
    a, b = rows[index:index + 2]
    return rows[:index] + [b._replace(t=a.t, seq=a.seq), a._replace(t=b.t, seq=b.seq)] + rows[index + 2:]


def indices(day, event, **fields):
    return [i for i, r in enumerate(day.rows) if r.event == event and all(getattr(r, k) == v for k, v in fields.items())]


# ---- somebody else is called

def another_ticket(day):
    """Each kind of ticket in the place of each other kind that was the right one."""
    seen = set()
    for index, kind, others, _ in day.choices:
        row = day.rows[index]
        for other, name in others:
            if (kind, other) not in seen:
                seen.add((kind, other))
                yield partial(renamed, day.rows, index, "ticket", row.ticket, name), row.line


def another_window(day):
    for index, _, _, windows in day.choices:
        if windows:
            row = day.rows[index]
            yield partial(renamed, day.rows, index, "window", row.window, windows[0]), row.line


def somebody_who_has_gone(day):
    gone = []
    for i, row in enumerate(day.rows):
        if row.event == "call" and gone:
            yield partial(replaced, day.rows, i, ticket=gone[-1]), row.line
        if row.event in ("end", "leave"):
            gone.append(row.ticket)


def a_busy_window(day):
    busy = {}
    for i, row in enumerate(day.rows):
        if row.event == "call":
            if busy:
                yield partial(replaced, day.rows, i, window=next(iter(busy.values()))), row.line
            busy[row.ticket] = row.window
        elif row.event in ("end", "leave", "miss", "hold", "transfer"):
            busy.pop(row.ticket, None)


# ---- a call at the wrong time, or none

def no_call(day):
    for index, *_ in day.choices:
        if index + 1 < len(day.rows):
            yield partial(without, day.rows, index), day.rows[index + 1].line


def a_late_call(day):
    """The call comes one event after the event that needs it."""
    for index, *_ in day.choices:
        if index + 1 < len(day.rows):
            yield partial(behind_the_next, day.rows, index), day.rows[index + 1].line


def a_call_a_moment_later(day):
    for index, *_ in day.choices:
        yield partial(later, day.rows, index, 1), day.rows[index].line


def a_gap_before_the_call(day):
    for index, *_ in day.choices:
        yield partial(counted_on, day.rows, index), day.rows[index].line


def a_call_twice(day):
    for index, *_ in day.choices:
        yield partial(doubled, day.rows, index), day.rows[index].line


def a_call_by_hand_unmarked(day):
    for i in indices(day, "call", arg="manual"):
        yield partial(replaced, day.rows, i, arg="auto"), day.rows[i].line


def a_call_marked_by_hand(day):
    for index, *_ in day.choices:
        yield partial(replaced, day.rows, index, arg="manual"), day.rows[index].line


def no_ready(day):
    for index, *_ in day.choices:
        if day.rows[index - 1].event == "ready":
            yield partial(without, day.rows, index - 1), day.rows[index].line


# ---- times

def a_miss_too_soon(day):
    called = {}
    for i, row in enumerate(day.rows):
        if row.event == "call":
            called[row.ticket] = row.t
        elif row.event == "miss":
            t = called[row.ticket] + day.hall.miss_after - 1
            if day.rows[i - 1].t <= t:
                yield partial(replaced, day.rows, i, t=t), row.line


def a_report_too_late(day):
    missed = {}
    for i, row in enumerate(day.rows):
        if row.event == "miss":
            missed[row.ticket] = row.t
        elif row.event == "recall":
            gone = row.t - missed[row.ticket]
            yield partial(later, day.rows, i, day.hall.report_back_within + 1 - gone), row.line


def time_backwards(day):
    for i in range(1, len(day.rows)):
        if day.rows[i - 1].t > 0:
            yield partial(replaced, day.rows, i, t=day.rows[i - 1].t - 1), day.rows[i].line


def a_number_twice(day):
    for i in range(1, len(day.rows)):
        yield partial(replaced, day.rows, i, seq=day.rows[i - 1].seq), day.rows[i].line


# ---- rows that do not stand for anything

def an_unknown_ticket(day):
    for event in ("call", "start", "end", "miss", "recall", "transfer", "hold", "unhold", "class", "leave"):
        for i in indices(day, event)[:3]:
            yield partial(replaced, day.rows, i, ticket="Y999"), day.rows[i].line


def an_unknown_window(day):
    for event in ("open", "ready", "close", "call"):
        for i in indices(day, event)[:3]:
            yield partial(replaced, day.rows, i, window=999), day.rows[i].line


def an_unknown_item(day):
    for event in ("issue", "checkin", "return", "transfer"):
        for i in indices(day, event)[:3]:
            yield partial(replaced, day.rows, i, item="none"), day.rows[i].line


def an_unknown_class(day):
    for event in ("issue", "checkin", "return", "class"):
        for i in indices(day, event)[:3]:
            yield partial(replaced, day.rows, i, cls="nobody"), day.rows[i].line


def an_unknown_event(day):
    yield partial(replaced, day.rows, len(day.rows) // 2, event="pause"), day.rows[len(day.rows) // 2].line


def a_number_given_again(day):
    for event in ("issue", "checkin", "return"):
        for i in indices(day, event)[1:4]:
            yield partial(replaced, day.rows, i, ticket=day.rows[indices(day, "issue")[0]].ticket), None


def a_return_of_nobody(day):
    for i in indices(day, "return"):
        yield partial(replaced, day.rows, i, arg=str(int(day.rows[i].arg) + 1)), day.rows[i].line


def at_another_window(day):
    for event in ("start", "end", "miss", "hold", "unhold", "transfer"):
        for i in indices(day, event)[:5]:
            window = max(day.hall.windows) if day.rows[i].window != max(day.hall.windows) else 1
            yield partial(replaced, day.rows, i, window=window), day.rows[i].line


def after(day, index):
    """The next row of the same ticket, or of the same window if the row has no ticket."""
    row = day.rows[index]
    same = (lambda r: r.ticket == row.ticket) if row.ticket else (lambda r: r.window == row.window)
    return next((r.event for r in day.rows[index + 1:] if same(r)), None)


def a_lost_row(day):
    """What has a consequence cannot be left out without a contradiction later."""
    kinds = {"open": None, "close": None, "issue": None, "checkin": None, "return": None, "end": None, "miss": "recall",
             "start": "end", "recall": "call", "transfer": "call", "hold": "unhold", "unhold": "call", "leave": None}
    for event, consequence in kinds.items():
        for i in indices(day, event)[::7]:
            then = after(day, i)
            if then == consequence or (not consequence and then) or event == "leave":
                yield partial(without, day.rows, i), None


DAMAGES = [another_ticket, another_window, somebody_who_has_gone, a_busy_window, no_call, a_late_call,
           a_call_a_moment_later, a_gap_before_the_call, a_call_twice, a_call_by_hand_unmarked, a_call_marked_by_hand,
           no_ready, a_miss_too_soon, a_report_too_late, time_backwards, a_number_twice, an_unknown_ticket,
           an_unknown_window, an_unknown_item, an_unknown_class, an_unknown_event, a_number_given_again,
           a_return_of_nobody, at_another_window, a_lost_row]
