"""
Other policies than ours, as checkers of them. Each must find our days wrong: so each rule was exercised by the days,
and the checker would notice a daemon that had it differently.
"""
import copy

from policy_check import Day


def with_constant(name, change):
    def make(hall):
        other = copy.copy(hall)
        setattr(other, name, change(getattr(hall, name)))
        return Day(other)
    return make


def with_head(name, ms):
    def make(hall):
        other = copy.copy(hall)
        other.heads = {**hall.heads, name: hall.heads[name] + ms}
        return Day(other)
    return make


class MostGroups(Day):
    def window_rank(self, window):
        return (-len(window.skill), window.ready_at, window.number)


class ShortestReady(Day):
    def window_rank(self, window):
        return (len(window.skill), -window.ready_at, window.number)


class HighestNumber(Day):
    def window_rank(self, window):
        return (len(window.skill), window.ready_at, -window.number)


class GatesOpen(Day):
    def is_open(self, ticket):
        return True


class UnheldInOrder(Day):
    def rank(self, ticket):
        return (1 if ticket.unheld or self.is_open(ticket) else 2, ticket.key)


class NamesForgotten(Day):
    def may_serve(self, window, ticket):
        return ticket.group in window.skill and (not ticket.unheld or ticket.only == window.number)


class OrderOfIssue(Day):
    def rank(self, ticket):
        return super().rank(ticket)[:1] + ((ticket.t0, ticket.seq),)


class RecallKeepsKey(Day):
    def recall_key(self, ticket):
        return ticket.key


class RecallLast(Day):
    def recall_key(self, ticket):
        return (self.row.t, ticket.t0, ticket.seq, self.row.seq)


class RecallBehindOwnGroup(Day):
    def recall_key(self, ticket):
        ahead = sorted(t.key for t in self.waiting.values() if t.group == ticket.group and self.is_open(t))
        if not ahead:
            return (self.row.t, ticket.t0, ticket.seq, self.row.seq)
        return ahead[min(self.hall.report_back_behind, len(ahead)) - 1][:3] + (self.row.seq,)


class TransferAnew(Day):
    def do_transfer(self):
        ticket = self.tickets.get(self.row.ticket)
        if ticket:
            ticket.key = (self.row.t,) + ticket.key[1:]
        super().do_transfer()


class ClassIgnored(Day):
    def do_class(self):
        self.find("waiting", "called", "serving", "held", "missed")


class PaperIgnored(Day):
    def do_issue(self):
        self.row = self.row._replace(arg="")
        super().do_issue()


class LateKeepsSlot(Day):
    def do_checkin(self):
        grace, self.hall = self.hall, copy.copy(self.hall)
        self.hall.appointment_grace = 10 ** 9
        super().do_checkin()
        self.hall = grace


class ReturnAsWalkIn(Day):
    def do_return(self):
        self.new_ticket("walk-in")
        ticket = self.tickets[self.row.ticket]
        self.set_key(ticket)
        self.wait(ticket)


class ReturnUnlimited(Day):
    def set_key(self, ticket):
        super().set_key(ticket)
        if ticket.origin == "return":
            ticket.key = (ticket.first,) + ticket.key[1:]


class StrictPriority(Day):
    def rank(self, ticket):
        return super().rank(ticket)[:1] + (-self.hall.heads[ticket.cls], ticket.key)


MINUTE = 60000
OTHER_RULES = {
    "infants a minute less": with_head("infant", -MINUTE), "disabled a minute more": with_head("disabled", MINUTE),
    "seniors a minute more": with_head("senior", MINUTE), "service a minute less": with_head("service", -MINUTE),
    "everybody a minute": with_head("normal", MINUTE),
    "grace a minute less": with_constant("appointment_grace", lambda ms: max(0, ms - MINUTE)),
    "grace a minute more": with_constant("appointment_grace", lambda ms: ms + MINUTE),
    "an hour and a minute": with_constant("appointment_head_start", lambda ms: ms + MINUTE),
    "a gate a minute later": with_constant("gate_before", lambda ms: max(0, ms - MINUTE)),
    "a gate a minute earlier": with_constant("gate_before", lambda ms: ms + MINUTE),
    "returns a minute less": with_constant("return_head", lambda ms: max(0, ms - MINUTE)),
    "behind one more": with_constant("report_back_behind", lambda n: n + 1),
    "behind one less": with_constant("report_back_behind", lambda n: max(1, n - 1)),
    "a miss later": with_constant("miss_after", lambda ms: ms + MINUTE),
    "back sooner": with_constant("report_back_within", lambda ms: ms // 2),
    "fewer misses": with_constant("max_misses", lambda n: n - 1),
    "most groups": MostGroups, "shortest ready": ShortestReady, "highest number": HighestNumber, "no gates": GatesOpen,
    "unheld in order": UnheldInOrder, "names forgotten": NamesForgotten, "order of issue": OrderOfIssue,
    "recall keeps its key": RecallKeepsKey, "recall last": RecallLast, "recall in its own group": RecallBehindOwnGroup,
    "transfer anew": TransferAnew, "class ignored": ClassIgnored, "paper ignored": PaperIgnored,
    "late keeps its slot": LateKeepsSlot, "return as a walk-in": ReturnAsWalkIn, "return unlimited": ReturnUnlimited,
    "strict priority": StrictPriority}
