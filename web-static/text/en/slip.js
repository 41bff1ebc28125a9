/* What stands on a slip, and is said about it. */
export default {
  rule: "Numbers are called by time. Over 70, pregnant or with a baby count as 20 minutes earlier; disabled, military and fire as 30.",
  "rule.begin": "Numbers are called by time. {groups}.", "rule.group": "{names}: {n} minutes earlier", "rule.join": "; ", "rule.plain": "Numbers are called by time.",
  "any.window": "Any of the windows {windows} may call you", "one.window": "Window {windows} will call you", "no.window": "You will be called when a window opens",
  claim: "{name}: counts as {n} minutes earlier",
  "slip.ahead": "{n} ahead of you", "slip.ahead.0": "Nobody ahead of you", "slip.wait": "About {p50}, at most {p90} minutes", "slip.now": "Please go to window {window} now",
  "slip.booked": "You booked {time}: called first at that time", "slip.scan": "Scan it: your phone shows how many are ahead", "slip.keep": "Go to the window when called; if you miss it, tell the information desk soon.", "slip.time": "Taken at {time}",
  "again.print": "Print", "again.title": "Print a slip again", "again.note": "On this computer's printer, 80 mm paper. It is recorded.", "again.number": "Number, e.g. A032", "again.need": "Please type the number", "again.none": "There is no such number", "again.failed": "The printer did not answer; no slip came out",
};
