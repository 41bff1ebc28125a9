/* One's own appointment: held (who are you?), booked (what to bring, where to scan), and what has become of it. */
import { h, name, plate } from "../lib/dom.js";
import { date, dayWord, stretch, weekday } from "../lib/days.js";
import { clock, fields, hallNow, ms } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";

/** @typedef {import("./page.js").Page} Page */

const LOOK_S = 10, NEAR_MS = 3600e3;
/** @type {any} */ let own = null;
/** @type {any} */ let item = null;
let person = "", shown = "", asPapers = false, seconds = 0, busy = false, none = false, ranOut = false;

/** @param {Page} p @param {string} [verb] */
const path = (p, verb = "") => `/appointments/by-token/${encodeURIComponent(p.token)}${verb}`;
/** @param {string} text @param {() => void} onclick @param {string} [kind] @param {string} [id] */
const button = (text, onclick, kind = "button.btn", id = "") => h(kind, { onclick, type: "button", id: id || null }, text);
/** @param {string} term @param {any} value */
const fact = (term, value) => h("div", null, h("dt", null, term), h("dd", null, value));
const at = () => ms(own.slot_at);
const isToday = () => Math.floor(+fields(at()) / 864e5) === Math.floor(+fields(hallNow()) / 864e5);

const itemName = () => name(pick(own.item_name, item?.name_en));
/** When, so that nobody reads over it. */
const when = () => h("p.b-when", null, h("span", null, isToday() ? `${t("today")}${t("gap")}${date(at())}` : `${date(at())}${t("gap")}${weekday(at())}`), h("strong", null, clock(at())));

/* ---- held: who are you? */

/** @param {Page} p */
async function book(p) {
  if (busy) return;
  const typed = person.replace(/[\s-]/g, "");
  if (typed.length < 5) {
    p.trouble = t(typed ? "person.short" : "person.none");
    return p.render();
  }
  busy = true;
  const booked = await p.ask("POST", path(p), { person });
  busy = false;
  if (booked) person = "";
  const { trouble } = p;
  await look(p);
  p.trouble = trouble;
  p.render();
  scrollTo(0, 0);
}

const left = () => stretch(ms(own.due_at) - hallNow());

/** @param {Page} p */
function held(p) {
  return [h("h1", null, t("last.step")), h("dl.p-facts.rowed", null, fact(t("item"), itemName()), fact(t("time"), `${dayWord(at())}${t("gap")}${clock(at())}`)),
    h("p.note.soon", null, t("held"), h("strong", { id: "left" }, left())),
    h("form.b-find", { id: "person-form", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); book(p); } },
      h("label", { for: "person" }, t(asPapers ? "person.papers" : "person.phone")),
      h("input.b-field.big", { id: "person", name: "person", inputmode: asPapers ? "text" : "tel", autocomplete: asPapers ? "off" : "tel", maxlength: 40, value: person, "aria-describedby": "person-why", oninput: (/** @type {any} */ e) => { person = e.target.value; } }),
      h("p.sub", { id: "person-why" }, t("person.why")), button(t(asPapers ? "with.phone" : "with.papers"), () => { asPapers = !asPapers; person = ""; p.render(); document.getElementById("person")?.focus(); }, "button.btn.quiet"))];
}

/* ---- booked */

function papers() {
  const list = item?.materials || [];
  return h("section.b-papers", null, h("h2", null, t("bring"), item?.example && list.length ? [" ", h("span.tag.soon", null, t("example"))] : null), list.length ? h("ul.rowed", null, list.map((/** @type {any} */ m) =>
    h("li", null, h("span", null, name(pick(m.name, m.name_en))), m.may_follow ? h("span.tag", null, t("may.follow")) : null))) : h("p", null, t("bring.none")));
}

/** What the page says depends on the time, too. */
const phase = () => (own ? `${own.state} ${isToday()} ${hallNow() > ms(own.late_at)} ${isNear()}` : "none");
const isNear = () => at() - hallNow() < NEAR_MS;

/** What to do with it now. */
function advice() {
  const late = ms(own.late_at);
  if (!isToday()) return h("p", null, t("come", { time: clock(at()) }));
  if (hallNow() > late) return h("p.note.soon", null, t("too.late", { time: clock(late) }));
  return h("p", null, t("come.today", { late: clock(late) }));
}

/** @param {Page} p */
function booked(p) {
  return [h("h1", null, t("booked")), when(), h("div.b-code", null, h("img", { src: `/api/v1${path(p)}/qr.svg`, alt: t("qr.alt"), width: 148, height: 148 }),
    h("p", null, h("span", null, t("code")), h("strong", { "aria-label": own.code.split("").join(" ") }, own.code.slice(0, 3), h("i"), own.code.slice(3)), h("small", null, t("code.do")))),
  advice(), button(t("move"), () => { p.go(`/book/?item=${encodeURIComponent(own.item)}&move=${p.token}`); }, "button.btn", "move"), h("dl.p-facts.rowed", null, fact(t("item"), itemName())), papers(), h("p.sub", null, t("keep"))];
}

/** @param {Page} p */
async function checkIn(p) {
  if (busy) return;
  busy = true;
  const ticket = await p.ask("POST", path(p, "/check-in"), {});
  busy = false;
  if (ticket) location.assign(`/t/${ticket.token}`);
  else p.render();
}

/* ---- what has become of it */

const done = () => [h("h1", null, t(`is.${own.state}`)), own.number ? h("p.b-number", null, plate(own.number)) : null, h("p", null, t(`is.${own.state}.do`)), h("dl.p-facts.rowed", null, fact(t("item"), itemName()))];
/** @param {string} state */
const over = (state) => [h("h1", null, t(state)), h("p", null, t(`${state}.do`)),
  h("dl.p-facts.rowed", null, fact(t("item"), itemName()), fact(t("time"), `${date(at())}${t("gap")}${clock(at())}`))];

/** @param {Page} p */
const again = (p) => [button(t("again"), () => { p.go(own ? `/book/?item=${encodeURIComponent(own.item)}` : "/book/"); }, "button.btn.main")];

/** State -> what stands there, and the buttons. @type {Record<string, {body: (p: Page) => any[], foot: (p: Page) => any[]}>} */
const STATES = {
  held: { body: held, foot: (p) => [button(t("other.time"), () => { p.go(`/book/?item=${encodeURIComponent(own.item)}`, true); }), button(t("confirm"), () => book(p), "button.btn.main", "confirm")] },
  booked: { body: booked, foot: (p) => [button(t("cancel"), () => p.open("cancel")), isToday() ? button(t("check.in"), () => checkIn(p), isNear() ? "button.btn.main" : "button.btn", "check-in") : null] },
  checked_in: { body: done, foot: () => [toTicket()] },
  late: { body: done, foot: () => [toTicket()] },
  cancelled: { body: () => over(ranOut ? "ran.out" : "cancelled"), foot: again },
  no_show: { body: () => over("no_show"), foot: again },
};

const toTicket = () => (own.ticket_token ? h("a.btn.main", { href: `/t/${own.ticket_token}` }, t("to.ticket")) : null);

/** @param {Page} p */
async function look(p) {
  const answer = await p.ask("GET", path(p));
  seconds = 0;
  none = !answer && p.live;
  if (none) p.trouble = "";
  ranOut = answer?.state === "cancelled" && (ranOut || own?.state === "held");
  own = answer || (none ? null : own);
}

/** @type {import("./page.js").Step} */
export const mine = {
  title: () => (own ? `${t("title")} ${clock(at())}` : t("title")),
  async enter(p) {
    if (own?.token !== p.token) own = item = null;
    ranOut = false;
    person = "";
    await look(p);
    if (!own || item) return;
    const found = await p.ask("GET", `/catalogue?q=${encodeURIComponent(own.item)}`);
    item = found?.items.find((/** @type {any} */ i) => i.item === own.item);
  },
  body: (p) => ((shown = phase()) && own ? STATES[own.state].body(p) : none ? [h("h1", null, t("none")), h("p", null, t("none.do"))] : []),
  foot: (p) => (own ? STATES[own.state].foot(p) : none ? again(p) : [button(t("retry"), () => p.go(location.pathname, true), "button.btn.main")]),
  /** A time that is only held is given back. @param {Page} p */ async leave(p) {
    if (own?.state === "held" && own.token === p.token) await p.ask("POST", path(p, "/cancel"), {});
    own = null;
  },
  tick(p) {
    const el = document.getElementById("left");
    if (el && own) el.textContent = left();
    const ended = own?.state === "held" && ms(own.due_at) < hallNow();
    if (!own || busy || document.hidden || (++seconds < LOOK_S && !(ended && seconds > 1))) return;
    const was = p.live;
    look(p).then(() => (phase() !== shown || !p.live || !was) && !p.sheet && p.render());
  },
};
