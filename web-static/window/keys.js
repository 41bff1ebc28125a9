/* The table of keys: what each does, and why it does not now. The figure on a key is the key to press. */
import { hallNow, ms } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { named } from "../matter/words.js";
import { holderOf } from "./matters.js";
import { openPanel } from "./panels.js";

/** @typedef {import("./page.js").Console} Console */
/** @typedef {{code: string, cap: string, label: string, small: string, off: string, act: () => void}} Key */

/** What the window is doing, in one word. @param {Console} c */
export function mode(c) {
  const { ticket, window } = c.detail;
  return ticket ? (ticket.state === "called" ? "called" : "serving") : window.state;
}

/** @param {string} at */
const secondsTo = (at) => Math.max(0, Math.ceil((ms(at) - hallNow()) / 1000));
/** @param {string} at */
const waitFor = (at) => (secondsTo(at) ? t("in.seconds", { n: secondsTo(at) }) : "");

/** The window for what could not be done, and its queue. @param {Console} c */
export function desk(c) {
  const window = c.board.windows.find((/** @type {any} */ w) => w.role === "desk");
  const open = window && window.state !== "closed" && window.state !== "draining" && window.window !== c.n;
  return open ? { window: window.window, queue: window.queues[0] } : null;
}

/** @param {Console} c @returns {Key} */
function enter(c) {
  const at = mode(c);
  /** @param {string} id @param {() => void} act @param {string} [off] */
  const key = (id, act, off = "") => ({ code: "Enter", cap: "Enter", label: t(`key.${id}`), small: t(`key.${id}.do`, { n: c.detail.waiting }), off, act });
  const none = () => {};
  if (!c.live) return key("lost", none, "-");
  if (at === "called") return key("start", () => c.verb("start"));
  const holder = at === "serving" ? holderOf(c) : null;
  if (holder) return { ...key("finish", () => openPanel(c, "matter", { view: holder })), small: t("wm.key.held", { flow: named(holder.card, "flow") }) };
  if (at === "serving") return key("finish", () => openPanel(c, "finish"));
  if (at === "break" || at === "suspended") return key("resume", () => c.verb("resume"));
  if (at === "open") return key("next", () => c.verb("next"));
  return at === "ready" ? key("ready", none, "-") : key("drain", none, "-");
}

/** Opens a matter of the kind, or shows the one that is open for this ticket. @param {Console} c @param {import("./matters.js").Opening} o @param {string} off @returns {Key} */
function openingKey(c, o, off) {
  const open = off ? null : c.matters.find((m) => m.card.flow === o.flow.name && !m.card.ended), small = open ? named(open.card, "state") : named(o.transition);
  return { code: /\d/.test(o.cap) ? `Digit${o.cap}` : `Key${o.cap}`, cap: o.cap, label: named(o.flow), small: off || small, off,
    act: () => (open ? openPanel(c, "matter", { view: open }) : openPanel(c, "open", { opening: o })) };
}

/** The matters of the ticket here; the one that it waits for first. @param {Console} c @returns {Key} */
function mattersKey(c) {
  const view = holderOf(c) || c.matters.find((m) => !m.card.ended) || c.matters[0], small = `${named(view.card, "flow")} ${named(view.card, "state")}`;
  return { code: "KeyM", cap: "M", label: t("wm.key"), small, off: "", act: () => openPanel(c, "matter", { view }) };
}

/** @param {Console} c @returns {Key[]} */
function others(c) {
  const at = mode(c), here = at === "called" || at === "serving", { detail } = c;
  const held = detail.held.length > 0 && !here, to = desk(c), idle = at === "open" || at === "ready";
  const paused = at === "break" || at === "suspended";
  /** @param {string} cap @param {string} id @param {string} off @param {() => void} act @param {Record<string, any>} [args] @returns {Key} */
  const key = (cap, id, off, act, args) => ({ code: /\d/.test(cap) ? `Digit${cap}` : `Key${cap}`, cap, label: t(`key.${id}`), small: off || t(`key.${id}.do`, args), off, act });
  const walks = c.openings.find((o) => o.cap === "9"), opens = (/** @type {(cap: string) => boolean} */ which) => c.openings.filter((o) => which(o.cap)).map((o) => openingKey(c, o, at === "serving" ? "" : t("not.serving")));
  return [
    key("1", "repeat", at === "called" ? waitFor(detail.repeat_from_at) : t("not.called"), () => c.verb("repeat")),
    key("2", "miss", at === "called" ? waitFor(detail.miss_from_at) : t("not.called"), () => c.verb("no-show")),
    held ? key("3", "unhold", paused ? t("not.now") : "", () => openPanel(c, "held")) : key("3", "hold", here ? "" : t("not.ticket"), () => c.verb("hold")),
    key("4", "transfer", here ? "" : t("not.ticket"), () => openPanel(c, "transfer")),
    ...opens((cap) => cap === "5"),
    key("6", "missing", at === "serving" ? "" : t("not.serving"), () => openPanel(c, "missing")),
    ...opens((cap) => cap === "7" || cap === "8"),
    key("9", "desk", !here ? t("not.ticket") : to ? "" : t("key.desk.none"), () => (walks ? openPanel(c, "open", { opening: walks }) : to && c.verb("transfer", { queue: to.queue })), { n: to ? to.window : "" }),
    ...opens((cap) => /\D/.test(cap)),
    ...(here && c.mattersOf === detail.ticket.id && c.matters.length ? [mattersKey(c)] : []),
    ...(c.openings.length ? [key("F", "find", "", () => openPanel(c, "find"))] : []),
    key("C", "class", here ? "" : t("not.ticket"), () => openPanel(c, "class")),
    key("K", "manual", idle ? "" : here ? t("not.idle") : t("not.now"), () => openPanel(c, "manual")),
    key("P", "slip", "", () => openPanel(c, "slip")),
    paused ? key("0", "resume", "", () => c.verb("resume")) : key("0", "pause", at === "draining" && here ? t("not.now") : "", () => openPanel(c, "pause")),
  ];
}

/** Every key that exists; without a line or while an answer is awaited none works. @param {Console} c @returns {Key[]} */
export function keys(c) {
  const all = [enter(c), ...others(c)];
  return c.live ? all : all.map((k) => ({ ...k, off: "-" }));
}

/** Which key was pressed, by its place on the board: an input method does not matter. @param {KeyboardEvent} e */
export function codeOf(e) {
  if (e.code === "NumpadEnter") return "Enter";
  return e.code.replace("Numpad", "Digit");
}
