"""
Working time, read a second time from the rules of flows ("Clocks, exactly"), without a look at the daemon's code.

Moments are milliseconds of local time since 1970; a day is a number of days since then. Slow and plain on purpose.
"""
import datetime
import glob
import json
import os

MINUTE, DAY = 60000, 86400000
FIRST = datetime.date(1970, 1, 1).toordinal()
USUAL = [("08:30", "12:00"), ("14:00", "17:30")]
HORIZON = 4000      # days within which every deadline lies


def day_of(text):
    return datetime.date.fromisoformat(text).toordinal() - FIRST


def date_text(day):
    return datetime.date.fromordinal(day + FIRST).isoformat()


def moment_of(text):
    date, clock = text.split("T")
    parts = [int(p) for p in clock.split(":")] + [0]
    return day_of(date) * DAY + (parts[0] * 60 + parts[1]) * MINUTE + parts[2] * 1000


def moment_text(moment):
    """To the minute, with seconds where there are some."""
    day, rest = divmod(moment, DAY)
    text = f"{date_text(day)}T{rest // 3600000:02}:{rest // MINUTE % 60:02}"
    return text + (f":{rest // 1000 % 60:02}" if rest % MINUTE else "")


def spans_of(pairs):
    return [tuple((int(x[:2]) * 60 + int(x[3:])) * MINUTE for x in pair) for pair in pairs]


class Calendar:
    """Days that count, and the hours of each."""

    def __init__(self, folder, years, hours=None, special=None):
        self.tables = {}
        for path in glob.glob(os.path.join(folder, "*.json")):
            name = os.path.basename(path)[:-5]
            if name.isdigit():
                with open(path, encoding="utf-8") as f:
                    self.tables[int(name)] = {day_of(d["date"]): d["isOffDay"] for d in json.load(f)["days"]}
        self.years, self.days = set(), {}
        self.hours = {int(k): spans_of(v) for k, v in (hours or {str(d): USUAL for d in range(1, 6)}).items()}
        self.special = {day_of(k): spans_of(v) for k, v in (special or {}).items()}
        for year in years:
            self.learn(year)

    def learn(self, year, days=None):
        self.years.add(year)
        self.days.update(self.tables.get(year, {}) if days is None else days)

    def spans(self, day):
        if day in self.special:
            return self.special[day]
        off, weekday = self.days.get(day), (day + 3) % 7 + 1      # 1970-01-01 was a Thursday
        if off:
            return []
        if off is False and weekday > 5 and weekday not in self.hours:
            return self.hours.get(1, [])
        return self.hours.get(weekday, [])

    def works(self, day):
        off = self.days.get(day)
        usual = (day + 3) % 7 < 5
        return (usual if off is None else not off) and bool(self.spans(day))

    def opening(self, day):
        return day * DAY + self.spans(day)[0][0]

    def closing(self, day):
        """Of a day that does not work: midnight."""
        return day * DAY + (self.spans(day)[-1][1] if self.works(day) else DAY)

    def working_day(self, day, k):
        """The k-th working day after (or before) a day; 0: that day."""
        step = 1 if k > 0 else -1
        while k:
            day += step
            k -= step if self.works(day) else 0
        return day

    def next_works(self, day):
        while not self.works(day):
            day += 1
        return day

    def open_ms(self, start, end):
        total = 0
        for day in range(min(start, end) // DAY, end // DAY + 1):
            for a, b in self.spans(day):
                total += max(0, min(end, day * DAY + b) - max(start, day * DAY + a))
        return total

    def after_open_ms(self, runs, wanted):
        """The earliest moment at which so many ms of opening time have run within the runs, [from, to or None]."""
        if wanted <= 0:
            return runs[0][0]
        for begin, end in runs:
            for day in range(begin // DAY, (begin // DAY + HORIZON if end is None else end // DAY + 1)):
                for a, b in self.spans(day):
                    a, b = max(begin, day * DAY + a), day * DAY + b if end is None else min(end, day * DAY + b)
                    if b <= a:
                        continue
                    if wanted <= b - a:
                        return a + wanted
                    wanted -= b - a
        return None

    def deadline(self, runs, n, unit):
        """When n of unit have run; runs: [[from, to or None], ...], the last one open."""
        def during(moment):
            return any(a < moment and (b is None or moment <= b) for a, b in runs)
        start = runs[0][0]
        if unit == "hall_minutes":
            return self.after_open_ms(runs, n * MINUTE)
        if unit == "date":
            return self.closing(self.next_works(n))
        first = start // DAY
        if unit == "working_days" and n == 0:
            days = (d for d in range(first, first + HORIZON) if self.works(d))
            return next(self.closing(d) for d in days if self.closing(d) > start and during(self.closing(d)))
        counted, day = 0, first
        while counted < n:
            day += 1
            counts = self.works(day) if unit == "working_days" else True
            counted += counts and during(self.closing(day))
        if unit == "working_days":
            return self.closing(day)
        at = self.closing(day)
        days = (d for d in range(day, day + HORIZON) if self.works(d))
        return next(self.closing(d) for d in days if self.closing(d) >= at and during(self.closing(d)))

    def provisional(self, start, end):
        """Does a date from start to deadline need a table that is not there?"""
        for day in range(min(start, end) // DAY, end // DAY + 1):
            date = datetime.date.fromordinal(day + FIRST)
            late = (date.month, date.day) >= (12, 25)
            if date.year not in self.years or (late and date.year + 1 not in self.years):
                return True
        return False
