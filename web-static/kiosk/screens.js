/* What stands on each of the kiosk's screens. Views only: they get a model and the actions, and change nothing. */
import { arrow, h, name, plate, tile } from "../lib/dom.js";
import { dayWord, wallClock } from "../lib/days.js";
import { clock, hallNow, minutes, ms } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";
import { qrAddress, ruleText, whereText } from "../lib/slip.js";
import { find, mark } from "./find.js";

/** @typedef {import("./page.js").Kiosk} Kiosk */

const LINES_MOST = 4;

/** @param {string} text @param {() => void} onclick @param {string} [kind] */
export const button = (text, onclick, kind = "button.btn") => h(kind, { type: "button", onclick }, text);

/** @param {Kiosk} k @param {string} [middle] */
export function head(k, middle = "") {
  return h("header.k-head", null, h("strong", null, pick(k.hall.hall || "", k.hall.name_en)), h("span", null, middle), h("time", null, wallClock(hallNow())));
}

/** @param {string} title @param {string} text */
export const title = (title, text) => h("div.k-title", null, h("h1", null, title), h("p", null, text));

/** @param {Kiosk} k */
function foot(k) {
  return h("footer.k-foot", null, button(t(k.large ? "normal" : "large"), () => k.turn("large"), k.large ? "button.btn.main" : "button.btn"),
    button(t(k.contrast ? "colour" : "contrast"), () => k.turn("contrast"), k.contrast ? "button.btn.main" : "button.btn"),
    button(t("language.other"), k.otherLanguage), helpButton(k));
}

/** Only a registered kiosk can call somebody. @param {Kiosk} k */
export const helpButton = (k) => (k.device.name ? button(t("help"), k.help, "button.btn.k-help") : null);

/** @param {Kiosk} k @param {any} queue */
const queueName = (k, queue) => pick(queue.name, queue.name_en);
/** @param {Kiosk} k @param {string} code */
const itemOf = (k, code) => k.catalogue.items.find((i) => i.item === code);
/** @param {Kiosk} k */
const middle = (k) => { const q = k.catalogue.queues.find((x) => x.queue === k.chosen?.queue); return q ? `${q.queue} ${queueName(k, q)}` : ""; };

/** @param {any} w @param {string} queue */
const serves = (w, queue) => w.state !== "closed" && w.state !== "draining" && w.queues.includes(queue);

/** That nobody waits is no promise: whoever comes next may wait for a window. @param {Kiosk} k @param {any} queue */
function crowd(k, queue) {
  const on = k.board.queues.find((/** @type {any} */ q) => q.queue === queue.queue) || { waiting: 0 };
  const at = k.board.windows.filter((/** @type {any} */ w) => serves(w, queue.queue)), known = on.wait_p50_s !== undefined;
  const isFree = !on.waiting && at.some((/** @type {any} */ w) => w.state === "ready");
  return { waiting: on.waiting ? t("waiting", { n: on.waiting }) : isFree ? t("waiting.0") : t("waiting.none"),
    wait: isFree ? t("wait.0") : !at.length ? t("wait.closed") : known ? t("wait", { p50: minutes(on.wait_p50_s) }) : "" };
}

/** @param {Kiosk} k @param {any} queue */
function queueLine(k, queue) {
  const on = crowd(k, queue), item = itemOf(k, queue.default_item), none = k.none.has(queue.queue);
  return h("button.k-line", { type: "button", "aria-disabled": none ? "true" : null, "data-queue": queue.queue, onclick: () => !none && k.choose({ queue: queue.queue }) },
    h("span.q", null, queue.queue),
    h("span", null, h("span.n", null, queueName(k, queue)), h("br"), h("span.w", null, item ? name(pick(item.name, item.name_en)) : "")),
    h("span.t", null, h("strong", null, none ? t("none.today") : on.waiting), none ? t("none.when") : on.wait));
}

/** A queue that is taken more rarely. @param {Kiosk} k @param {any} queue */
function queueButton(k, queue) {
  const on = crowd(k, queue), none = k.none.has(queue.queue);
  return h("button.btn", { type: "button", "aria-disabled": none ? "true" : null, "data-queue": queue.queue, onclick: () => !none && k.choose({ queue: queue.queue }) },
    h("span.q", null, queue.queue), h("span", null, queueName(k, queue), h("span.sub", null, none ? t("none.today") : on.waiting)));
}

/** @param {Kiosk} k */
function home(k) {
  const { queues } = k.catalogue, none = queues.find((q) => k.none.has(q.queue));
  const lines = queues.length > LINES_MOST + 1 ? queues.slice(0, LINES_MOST) : queues, more = queues.slice(lines.length);
  const often = k.large ? [] : k.often.map((code) => itemOf(k, code)).filter((i) => i);
  return [head(k, k.hall.closes_at && k.hall.hours?.[0] !== "00:00-24:00" ? t("closes", { time: clock(ms(k.hall.closes_at)) }) : ""),
    title(t("home.title"), none ? t("home.none", { name: queueName(k, none) }) : t("home.text", { name: queues[0] ? queueName(k, queues[0]) : "" })),
    h("div.k-body.fill", null, lines.map((q) => queueLine(k, q)), none ? h("p.note.soon", null, h("span", null, t("none.do"))) : null,
      often.length ? h("h2", null, t("often")) : null,
      often.length ? h("div.k-two.k-often", null, often.map((i) => button(pick(i?.name || "", i?.name_en), () => k.choose({ queue: i?.queue || "", item: i?.item })))) : null,
      h("div.k-doors", null, h("button.btn.k-find", { type: "button", onclick: () => k.go("search") }, t("find")), button(t("booked"), () => k.go("booked"), "button.btn.k-own")),
      more.length ? h("div.k-two", null, more.map((q) => queueButton(k, q))) : null), foot(k)];
}

/** @param {Kiosk} k */
function who(k) {
  const granted = k.catalogue.classes.filter((c) => c.kiosk && c.head_start_s > 0), others = k.catalogue.classes.filter((c) => !c.kiosk && c.head_start_s > 0);
  const row = (/** @type {any} */ c) => h("button.btn", { type: "button", "data-class": c.class, onclick: () => k.issue(c.class) },
    h("span", null, pick(c.name, c.name_en)), h("span", null, t("who.head", { n: minutes(c.head_start_s) })));
  return [head(k, middle(k)), title(t("who.title"), ruleText(k.catalogue.classes)),
    h("div.k-body.fill.k-who", null,
      h("button.btn.main", { type: "button", "data-class": "normal", onclick: () => k.issue("") }, h("span", null, t("who.none")), h("span", null, t("who.time"))),
      granted.map(row), h("p.note", null, h("span", null, t("who.proof"))),
      others.length ? h("p.note", null, h("span", null, t("who.desk", { names: others.map((c) => pick(c.name, c.name_en)).join(t("list")) }))) : null),
    h("footer.k-foot", null, button(k.warning || t("cancel"), () => k.go("home")), helpButton(k))];
}

/** Where this ticket may be called. @param {Kiosk} k @returns {number[]} */
export const windowsOf = (k) => k.board.windows.filter((/** @type {any} */ w) => serves(w, k.ticket.queue)).map((/** @type {any} */ w) => w.window);

/** @param {string} term @param {string | number} value @param {string} unit */
const figure = (term, value, unit) => h("div", null, h("dt", null, term), h("dd", null, value, " ", h("small", null, unit)));

/** A window was free: no waiting at all. @param {Kiosk} k */
const isCalled = (k) => k.ticket.state === "called" && Boolean(k.ticket.window);

/** @param {Kiosk} k @returns {[string, string]} */
function ticketTitle(k) {
  const { ticket } = k, text = isCalled(k) ? t("now.text") : t("ticket.text", ticket);
  if (k.slip === "busy") return [t("slip.busy"), text];
  if (hasNoSlip(k)) return [t("noslip.title"), t(k.slip === "paper" ? "noslip.paper" : "noslip.printer")];
  if (isCalled(k)) return [t("now.title", ticket), text];
  return [t(k.slip === "ok" ? "ticket.printed" : "ticket.title"), text];
}

/** The slip should have come, and did not. @param {Kiosk} k */
export const hasNoSlip = (k) => !["", "busy", "ok"].includes(k.slip);

/** What one is told about the wait: figures, or where to go at once. @param {Kiosk} k */
function ticketFacts(k) {
  const { ticket } = k;
  if (isCalled(k)) return h("p.k-go", null, h("span", null, t("now.go")), arrow(), tile(ticket.window));
  return h("dl.facts", null, figure(t("ahead"), ticket.ahead || 0, t("people")),
    ticket.wait_p90_s === undefined ? null : [figure(t("wait.p50"), minutes(ticket.wait_p50_s), t("minutes")), figure(t("wait.p90"), minutes(ticket.wait_p90_s), t("minutes"))]);
}

/** @param {Kiosk} k */
function ticket(k) {
  const { ticket } = k, item = itemOf(k, ticket.item), claim = k.catalogue.classes.find((c) => c.class === ticket.class && c.head_start_s > 0), noSlip = hasNoSlip(k);
  return [head(k, middle(k)), title(...ticketTitle(k)),
    h("section.slip", null, plate(ticket.number, isCalled(k) ? "called" : ""), ticketFacts(k),
      h("p", null, name(item ? pick(item.name, item.name_en) : ticket.item_name), isCalled(k) ? null : [h("br"), h("span.sub", null, whereText(windowsOf(k)))],
        ticket.slot_at ? [h("br"), h("span.sub", null, t(ticket.origin === "appointment" ? "booked.in.time" : "booked.late", { time: clock(ms(ticket.slot_at)) }))] : null,
        claim ? [h("br"), h("span.sub", null, t("claim", { name: pick(claim.name, claim.name_en), n: minutes(claim.head_start_s) }))] : null),
      h("div.scan", null, h("img.qr", { src: qrAddress(ticket), alt: t("scan.alt") }),
        h("p", null, h("strong", null, t(noSlip ? "noslip.scan" : "scan.1")), h("br"), noSlip ? t("noslip.do", ticket) : t("scan.2"))),
      noSlip ? h("p.note.soon", null, h("span", null, t("noslip.told"))) : null),
    noSlip ? h("footer.k-foot", null, button(t("noslip.done"), () => k.go("home"), "button.btn.main.k-done"), helpButton(k))
      : h("footer.k-foot", null, button(t("done", { n: k.seconds }), () => k.go("home"), "button.btn.main.k-done"), button(t(k.slip === "ok" ? "again" : "print"), k.print, "button.btn.k-print"))];
}

/** Somebody has been called, comes, or could not be called. @param {Kiosk} k */
const help = (k) => [head(k), title(t(`help.${k.helped}`), t(`help.${k.helped}.text`)), h("div.k-body"), h("footer.k-foot", null, button(t("cancel"), () => k.back(), "button.btn.main"))];

/** @param {Kiosk} k @param {import("./find.js").Hit} hit */
function hitRow(k, hit) {
  const [first] = hit.items, group = k.catalogue.groups.find((g) => g.group === first.group);
  const [before, found, after] = mark(first, pick(hit.title, hit.kinds.length ? "" : first.name_en), k.typed);
  const small = [group ? pick(group.name, group.name_en) : "", first.promised_days ? t("limit", { n: first.promised_days }) : ""].filter((x) => x).join("　");
  const take = (/** @type {any} */ i) => k.choose({ queue: i.queue, item: i.item });
  const text = h("span", null, name(before), found ? h("mark", null, found) : null, name(after),
    h("small", null, small, first.example && first.promised_days ? [" ", h("span.tag.soon", null, t("example"))] : null));
  const single = !hit.kinds.length;
  return h("li", single ? { role: "button", tabindex: "0", "data-item": first.item, onclick: () => take(first) } : null, h("span.q", null, first.queue), text,
    single ? null : h("span.kinds", null, hit.items.map((i, n) => button(hit.kinds[n], () => take(i)))));
}

/** The list of what was found, and what stands beside the typed letters. @param {Kiosk} k */
export function hits(k) {
  const { hits, count } = find(k.catalogue.items, k.typed), general = k.catalogue.queues[0];
  return { count: k.typed ? t("search.hits", { n: count }) : t("search.type"),
    list: [hits.length ? h("ol.k-hits", null, hits.map((x) => hitRow(k, x))) : null,
      h("p.sub", null, k.typed && !hits.length ? t("search.none") : general ? t("search.help", { name: queueName(k, general) }) : "")] };
}

/** @param {Kiosk} k */
function search(k) {
  const found = hits(k), general = k.catalogue.queues[0];
  const key = (/** @type {string} */ c) => button(c, () => k.type(k.typed + c.toLowerCase()));
  return [head(k, t("search.count", { n: k.catalogue.items.length })),
    h("label.k-type", null, h("input", { id: "typed", inputmode: "none", autocomplete: "off", spellcheck: "false", "aria-label": t("find"), value: k.typed.toUpperCase(),
      oninput: (/** @type {any} */ e) => k.type(e.target.value.toLowerCase()) }), h("span.sub", { id: "count" }, found.count)),
    h("div.k-body.k-found", { id: "found" }, found.list),
    h("div", null, h("div.k-keys", null, "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("").map(key), button(t("delete"), () => k.type(k.typed.slice(0, -1)), "button.btn.wide"),
      button(k.warning || t("cancel"), () => k.go("home"), "button.btn.wide"), button(t("clear"), () => k.type(""), "button.btn.wide"),
      general ? button(t("search.general", { name: queueName(k, general), queue: general.queue }), () => k.choose({ queue: general.queue }), "button.btn.main.wide.k-a") : null))];
}

/** @param {Kiosk} k */
function closed(k) {
  const opens = ms(k.hall.next_open), day = opens ? dayWord(opens) : "";
  return [head(k), title(t(day === t("today") ? "closed.now" : "closed"), opens ? t("closed.text", { day, time: clock(opens) }) : t("closed.plain")),
    h("div.k-body", null, h("dl", null, (k.hall.hours || []).map((/** @type {string} */ x) => [h("dt", null, t("closed.hours")), h("dd", null, x.replace("-", " – "))]))), foot(k)];
}

/** @param {Kiosk} k */
const offline = (k) => [head(k), title(t("away"), t("away.text")), h("div.k-body", null, h("p", null, t("away.auto"))), h("footer.k-foot")];
/** @param {Kiosk} k */
const busy = (k) => [head(k, middle(k)), title(t("busy"), ""), h("div.k-body"), h("footer.k-foot")];
/** @param {Kiosk} k */
const trouble = (k) => [head(k), title(t("trouble.title"), k.trouble), h("div.k-body"), h("footer.k-foot", null, button(t("trouble.back"), () => k.go("home"), "button.btn.main"), helpButton(k))];

/** @type {Record<string, (k: Kiosk) => any[]>} */
export const SCREENS = { home, who, ticket, search, closed, offline, busy, trouble, help };
