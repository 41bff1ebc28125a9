/* A person's own ticket: what is true now, in the words of what to do. The page's address is the ticket's link. */
import { $, arrow, fill, h, name, plate, tile } from "../lib/dom.js";
import { ask } from "../lib/ask.js";
import { Feed } from "../lib/feed.js";
import { clock, hallNow, minutes, ms, ranges, setHallTime } from "../lib/format.js";
import { loadTexts, otherLang, pick, setLang, t } from "../lib/i18n.js";

const token = location.pathname.split("/")[2] || "";
const path = `/tickets/by-token/${encodeURIComponent(token)}`;
const main = $("#page");
const ASK_MS = 30000;

/** @type {any} */ let ticket = null;
/** @type {any} */ let item = null;
/** @type {any} */ let hall = {};
/** Loaded when it is asked for. @type {any} */ let more = null;
let live = true, none = false, sheet = "", trouble = "", seenAt = 0, buzzed = "";

/** @param {string} term @param {any} value */
const fact = (term, value) => h("div", null, h("dt", null, term), h("dd", null, value));
const button = (text = "", onclick = () => {}, kind = "button.btn") => h(kind, { onclick, type: "button" }, text);
const note = (kind = "", text = "") => h(`div.note.${kind}`, null, text);

const itemFact = () => fact(t("item"), name(pick(ticket.item_name, item?.name_en)));
const cancelButton = () => button(t("cancel"), () => show("cancel"));

/** Never a finer promise than minutes; the same on a line from now on. */
function wait() {
  const now = hallNow(), p50 = ms(ticket.start_p50_at), p90 = ms(ticket.start_p90_at) + 30000;
  const line = h("p.p-line", null, h("b", null, t("now")), h("b", null, clock(p50)), h("b", null, clock(p90)));
  line.style.gridTemplateColumns = `minmax(3em, ${Math.max(0, p50 - now)}fr) minmax(3em, ${p90 - p50}fr) auto`;
  return ticket.start_p90_at && [
    h("p", null, t("wait", { p50: minutes((p50 - now) / 1000), p90: minutes((p90 - now) / 1000) })), line,
    ticket.worse && h("p.sub", null, pick(ticket.worse, ticket.worse_en))];
}

function ahead() {
  if (!ticket.ahead) return h("p.ahead", null, h("b", null, t("ahead.none")));
  const [before, after] = t("ahead", { n: "|" }).split("|");
  return h("p.ahead", null, before, h("strong", null, ticket.ahead), after);
}

/** Before the gate of its appointment nobody's place in the line says anything. */
function booked() {
  const gate = ms(ticket.gate_at);
  return gate > hallNow() && [h("h1", null, t("booked", { slot: clock(ms(ticket.slot_at)) })), h("p", null, t("booked.gate", { gate: clock(gate) }))];
}

function waiting() {
  const at = ticket.windows || [];
  return [plate(ticket.number), booked() || ahead(), wait(),
    h("dl.p-facts.rowed", null, itemFact(),
      at.length ? fact(t("window"), t(at.length > 1 ? "any.window" : "one.window", { windows: ranges(at) })) : null),
    h("p.sub", null, t("keep"))];
}

const whyLine = () => ticket.why && h("p.sub", null, pick(ticket.why, ticket.why_en));

function called() {
  return [plate(ticket.number), h("h1", null, t("turn.1")), arrow("down"), tile(ticket.window),
    h("h1", null, t("turn.2", { window: ticket.window })), h("p", null, t("hurry")), whyLine()];
}

function missed() {
  return [plate(ticket.number, "missed"), h("h1", null, t("missed", { n: ticket.repeat || 1, time: clock(ms(ticket.due_at)) })),
    note("soon", t("missed.do")), h("dl.p-facts.rowed", null, itemFact())];
}

const plain = (state = "", title = "", what = "") => [plate(ticket.number, state), h("h1", null, title), h("p", null, what)];

/** State -> what stands in the middle, and the buttons. @type {Record<string, () => [any[], any[]]>} */
const STATES = {
  waiting: () => [waiting(), [button(t("bring"), () => need("bring")), cancelButton()]],
  called: () => [called(), [cancelButton()]],
  serving: () => [plain("serving", t("serving", { window: ticket.window }), t("serving.do")), []],
  held: () => [plain("held", t("held"), t("held.do", { window: ticket.window })), []],
  missed: () => [missed(), [button(t("back"), () => act("report-back"), "button.btn.main"), cancelButton()]],
  done: () => more ? more.done(ticket, item, hall, act) : [[], []],
  cancelled: () => [plain("gone", t("cancelled"), t("gone.do")), []],
  expired: () => [plain("gone", t("expired"), t("gone.do")), []],
};

/** @returns {[any[], any[]]} */
function offline() {
  const known = ticket && ticket.state === "waiting";
  return [[ticket && plate(ticket.number), h("h1", null, t("phone")), known && h("p", null, t("offline.2", { time: clock(seenAt), n: ticket.ahead || 0 })),
    note("stop", t("offline.auto"))], [button(t("retry"), load, "button.btn.main")]];
}

function sheetOf() {
  const close = () => show("");
  return sheet === "bring" ? [h("h1", null, t("bring")), more.papers(item), h("p.p-foot", null, button(t("close"), close))]
    : [h("h1", null, t("cancel.ask")), h("p", null, t("cancel.lose")), h("p.p-foot", null, button(t("cancel.no"), close), button(t("cancel.yes"), () => act("cancel"), "button.btn.no"))];
}

async function need(what = "") {
  more ??= await import("./more.js");
  show(what);
}

function header() {
  const state = !live ? h("span.tag.stop", null, t("lost"))
    : h("span.nb", null, h("span.dot"), " ", t("updated", { time: clock(seenAt) }));
  const other = h("button.btn.quiet", { type: "button", lang: otherLang(), onclick: () => setLang(otherLang()).then(render) }, t("language"));
  return h("header", null, h("strong", null, pick(hall.hall || "", hall.name_en)), other, ticket ? state : null);
}

function render() {
  const isCalled = live && ticket && ticket.state === "called";
  const [body, foot] = none ? [[h("h1", null, t("none")), h("p", null, t("none.do"))], []]
    : !live ? offline() : ticket ? STATES[ticket.state]() : [[], []];
  main.className = isCalled ? "state is-called" : "state";
  main.setAttribute("role", isCalled ? "alert" : "main");
  document.body.classList.toggle("is-now", isCalled);
  document.title = isCalled ? t("your.turn", ticket) : ticket ? ticket.number : t("none");
  fill(main, header(), h("section.p-body", null, body, trouble && note("stop", trouble)),
    h("footer.p-foot", null, foot), sheet && h("section.p-sheet", { role: "dialog", "aria-modal": "true" }, sheetOf()));
}

function show(what = "") {
  sheet = what;
  render();
  if (what) $(".p-sheet button").focus();
}

async function act(verb = "") {
  sheet = trouble = "";
  const made = await ask("POST", `${path}/${verb}`, {}).catch((e) => { trouble = e.message; });
  if (verb === "return" && made) location.assign(`/t/${made.token}`);
  else await load();
}

/** @param {any} view */
function take(view) {
  ticket = view;
  seenAt = hallNow();
  const call = `${view.state} ${view.called_at} ${view.repeat}`;
  if (view.state === "called" && buzzed !== call && navigator.vibrate && navigator.userActivation?.hasBeenActive) {
    navigator.vibrate([200, 100, 200, 600, 200, 100, 200, 600, 200, 100, 200]);
  }
  buzzed = call;
  if (view.state === "done" && !more) need();
}

async function load() {
  try {
    hall = await ask("GET", "/hall");
    setHallTime(hall.at, hall.simulated);
    take(await ask("GET", path));
    const { items } = await ask("GET", `/catalogue?q=${encodeURIComponent(ticket.item)}`);
    item = items.find((/** @type {any} */ i) => i.item === ticket.item);
    live = true;
    none = false;
  } catch (e) {
    if (/** @type {any} */ (e).status === 404) none = true;
    else live = false;
  }
  render();
}

/** @param {import("../lib/feed.js").FeedMessage} message */
function hear(message) {
  if (message.kind === "refused") load();
  if (message.kind === "line") {
    live = message.live;
    if (live) load();
    else render();
  }
  if (message.kind !== "view") return;
  const view = message.name === "snapshot" ? message.data.tickets[0] : message.name === "ticket" ? message.data : null;
  if (!view) return;
  trouble = "";
  take(view);
  if (!sheet || view.state !== "waiting") show("");
}

await loadTexts("common", "ticket");
await load();
if (!none) new Feed(hear, ASK_MS).follow([`ticket/${token}/`]);
setInterval(() => live && ticket && ticket.state === "waiting" && !sheet && render(), 30000);
