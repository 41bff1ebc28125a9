/* What the flows add to the clerk's console. */
export default {
  "key.find": "Find a matter", "key.find.do": "by its number", "wm.find": "Which matter?", "wm.find.note": "Somebody comes back with another ticket: the number on their sheet finds their matter.", "wm.find.number": "Its number, or a ticket of today", "wm.find.none": "Nothing found",
  "wm.key": "Its matters", "wm.look": "look and act", "wm.holds": "Until it is decided this number cannot be finished.", "wm.opens": "\"{outcome}\" can be chosen now.", "wm.next": "Go on: press {cap}, {flow}.",
  "wm.held": "{flow}: {state}. This number cannot be finished yet.", "wm.key.held": "waits for: {flow}",
  "wm.denied.open": "approved; write the notice, print, finish", "wm.denied.waits": "not approved yet: look at the filing", "wm.denied.file": "file it first: Enter goes there",
  "wm.tell": " Confirming makes the supplement notice, prints it and finishes.", "wm.tick": "Tick at least one that is listed; write the others below.",
  "wm.first": "\"{flow}\" comes first: Esc, then {cap}.", "wm.print": "print", "wm.say": "{flow}: {state}",
};
