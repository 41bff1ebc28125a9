/* The duty leader's page: the rota. */
export default {
  "duty.today": "On duty today", "duty.me": "you", "duty.nobody": "nobody", "duty.gaps": "Nobody has the duty on {days}. Please arrange it soon.", "duty.gap": "nobody", "duty.not_yet": "not planned yet", "duty.closed": "closed", "duty.instead": "for {name} ({reason})", "duty.no_reason": "no reason given",
  "duty.ahead": "The next four weeks", "duty.to": "Hand over to", "duty.reason": "Reason (goes into the journal)", "duty.reason.like": "such as: a meeting this afternoon", "duty.hand_over": "Hand over the duty", "duty.back": "Back to {name}", "duty.done": "{name} now has the duty.", "duty.no_row": "Today has no row in the rota; a manager puts one in under Administration.", "duty.who_may": "Whoever has the duty today or a manager hands it over.", "duty.no_rota": "This hall has no rota yet.", "duty.edit": "Edit the rota",
};
