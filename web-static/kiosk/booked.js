/*
 * Whoever has booked, or comes back with a missing paper: a scanner types the link and Enter, or one types the six
 * digits of the appointment. The number that comes of it is shown like any other.
 */
import { h } from "../lib/dom.js";
import { get, postSurely } from "../lib/api.js";
import { date, noon, weekday } from "../lib/days.js";
import { t } from "../lib/i18n.js";
import { button, head, helpButton, SCREENS, title } from "./screens.js";

/** @typedef {import("./page.js").Kiosk} Kiosk */

const CODE_LENGTH = 6, GAP_MS = 300;    /* a scanner types faster than that, a person hardly */
const LINK = /\/(book|t)\/([0-9a-f]{32})\/?$/;
let code = "", wrong = "";

/** @param {Kiosk} k */
function screen(k) {
  const key = (/** @type {string} */ c) => button(c, () => press(k, c));
  return [head(k), title(t("booked.title"), t("booked.text")),
    h("div.k-body.k-booked", null,
      h("p.k-code", { id: "code", "aria-live": "polite", "aria-label": code }, Array.from({ length: CODE_LENGTH }, (_, i) => h(code[i] ? "span.on" : "span", null, code[i] || "–"))),
      h(wrong ? "p.note.stop" : "p.note", { role: wrong ? "alert" : null }, h("span", null, wrong || t("booked.scan"))),
      h("div.k-digits", null, "123456789".split("").map(key), button(t("clear"), () => press(k, "")), key("0"), button(t("delete"), () => press(k, "<"))),
      h("p.sub", null, t("booked.back"))),
    h("footer.k-foot", null, button(k.warning || t("cancel"), () => k.go("home")), helpButton(k))];
}

/** @param {Kiosk} k @param {string} c a digit, "<", or "" for all of them */
function press(k, c) {
  code = c === "<" ? code.slice(0, -1) : c ? (code + c).slice(0, CODE_LENGTH) : "";
  wrong = "";
  k.go("booked");
  if (code.length === CODE_LENGTH) take(k, () => postSurely("/appointments/check-in", { code }));
}

/** What the refusal of a code is, the person can mend there; the rest is the kiosk's. @param {Kiosk} k @param {() => Promise<any>} how */
async function take(k, how) {
  const typed = code;
  k.go("busy");
  try {
    const ticket = await how();
    code = wrong = "";
    k.took(ticket);
  } catch (e) {
    const { status, code: refusal, message, details } = /** @type {import("../lib/ask.js").ApiError} */ (e);
    code = "";
    if (!typed || !["NO_APPOINTMENT", "NOT_TODAY", "APPOINTMENT_OVER", "WRONG_STATE"].includes(refusal) || status === 401) return void k.refused(/** @type {any} */ (e), "");
    wrong = refusal === "NO_APPOINTMENT" ? t("booked.none", { code: typed })
      : refusal === "NOT_TODAY" ? t("booked.day", { day: `${weekday(noon(details.value))} ${date(noon(details.value))}` }) : message;
    k.go("booked");
  }
}

/** An appointment is checked in; one that is already, shows its number again. @param {string} token */
async function byAppointment(token) {
  try {
    return await postSurely("/appointments/check-in", { token });
  } catch (e) {
    if (/** @type {any} */ (e).code !== "APPOINTMENT_OVER") throw e;
    const own = await get(`/appointments/by-token/${token}`), ticket = own.ticket_token && await get(`/tickets/by-token/${own.ticket_token}`);
    if (!ticket || ticket.state !== "waiting") throw e;
    return ticket;
  }
}

/** A ticket that was sent for a paper comes back; one that still waits is shown again. @param {string} token */
async function byTicket(token) {
  const ticket = await get(`/tickets/by-token/${token}`);
  return ticket.state === "waiting" ? ticket : postSurely("/tickets", { return_token: token, channel: "kiosk" });
}

/** Listens for a scanner, on whatever screen, and for digits on this one. @param {Kiosk} k */
export function listen(k) {
  let typed = "", at = 0;
  SCREENS.booked = screen;
  addEventListener("keydown", (e) => {
    if (k.screen === "busy" || document.getElementById("pairing") || e.ctrlKey || e.altKey || e.metaKey) return;
    typed = e.timeStamp - at > GAP_MS ? "" : typed;
    at = e.timeStamp;
    if (e.key === "Enter") {
      const link = LINK.exec(typed.normalize("NFKC").toLowerCase());
      typed = "";
      if (!link) return;
      e.preventDefault();
      code = "";
      take(k, () => (link[1] === "book" ? byAppointment(link[2]) : byTicket(link[2])));
    } else if (e.key.length === 1) {
      typed += e.key;
      if (k.screen === "booked" && /^\d+$/.test(typed)) press(k, e.key);
    } else if (e.key === "Backspace" && k.screen === "booked") press(k, "<");
  }, true);
}
