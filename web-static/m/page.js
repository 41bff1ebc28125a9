/* A person's own matter: what it is about, where it stands in plain words, until when they hear, whom to ask, what they
 * can do. The page's address is the matter's link; /m/new?ticket=... opens one for a ticket of today. */
import { $, fill, h, name } from "../lib/dom.js";
import { ask } from "../lib/ask.js";
import { date } from "../lib/days.js";
import { clock, fields, hallNow, ms, setHallTime } from "../lib/format.js";
import { loadTexts, otherLang, pick, setLang, t } from "../lib/i18n.js";

const token = location.pathname.split("/")[2] || "", ticket = new URLSearchParams(location.search).get("ticket") || "";
const path = `/matters/by-token/${encodeURIComponent(token)}`;
const main = $("#page"), LOOK_MS = 60000;
/** What a phone cannot give, or what nobody but the hall needs to see. */
const HIDDEN = new Set(["ticket", "matter", "staff", "window"]);
const GIVES_UP = new Set(["withdraw", "terminate"]);

/** @type {any} */ let view = null;
/** @type {any} */ let hall = {};
let desk = 0, seenAt = 0, live = true, none = false, trouble = "";
/** A step's form, loaded when it is asked for. @type {any} */ let sheet = null;
/** Draws what stands there now, in another language. */ let redraw = () => render();

/** @param {any} x */
const named = (x) => pick(x.zh, x.en);
/** A text that stands in the table, else what the definition says. @param {string} key @param {string} otherwise */
function plain(key, otherwise) {
  try {
    return t(key);
  } catch {
    return otherwise;
  }
}
const button = (text = "", onclick = () => {}, kind = "button.btn") => h(kind, { onclick, type: "button" }, text);
const fact = (term = "", value = /** @type {any} */ (null)) => h("div", null, h("dt", null, term), h("dd", null, value));

/** "今天 17:00", "3 月 9 日 17:00" @param {number} at */
const when = (at) => (+fields(at) / 864e5 >> 0 === +fields(hallNow()) / 864e5 >> 0 ? t("today.at", { time: clock(at) }) : `${date(at)} ${clock(at)}`);
/** A day that ends at midnight is that day's 24:00, not 0:00 of one on which it would be too late. @param {number} at */
const until = (at) => (+fields(at) % 864e5 ? when(at) : when(at - 1).replace(clock(at - 1), "24:00"));

/** Until when they hear, or are to come: of the clocks that run those that have words for people; else the next. */
function due() {
  const runs = view.clocks.filter((/** @type {any} */ c) => c.status === "running" && c.due_at), key = (/** @type {any} */ c) => { const which = `${view.card.flow}.${c.clock}`; return `hear.${which}`; };
  const said = runs.filter((/** @type {any} */ c) => plain(key(c), "")), late = runs.find((/** @type {any} */ c) => ms(c.due_at) < hallNow());
  const lines = (said.length ? said : runs.slice(0, 1)).filter((/** @type {any} */ c) => c !== late);
  return [late && h("p.note.stop", null, t("late", { time: until(ms(late.due_at)) })),
    lines.map((/** @type {any} */ c) => h("p.m-due", { "data-clock": c.clock }, said.length ? t(key(c), { time: until(ms(c.due_at)) }) : t("due", { what: named(c), time: until(ms(c.due_at)) })))];
}

/** @param {any} f */
const files = (f) => f.values.map((/** @type {any} */ v) => [h("a", { href: `/api/v1${path}/files/${v.value}` }, named(v)), " "]);

/** @param {any} f */
const value = (f) => (f.type === "file" && !f.erased) ? files(f) : name(f.erased ? t("erased") : f.values.map((/** @type {any} */ v) => named(v) || v.value).join(t("list")));

function facts() {
  const shown = view.fields.filter((/** @type {any} */ f) => !HIDDEN.has(f.type) && (f.values.length || f.erased));
  return h("dl.p-facts", null, fact(t("kind"), named({ zh: view.card.flow_zh, en: view.card.flow_en })), fact(t("number"), view.card.matter), shown.map((/** @type {any} */ f) => fact(named(f), value(f))));
}

/** What happened, day by day; no names. */
function story() {
  const lines = view.timeline.filter((/** @type {any} */ x) => x.kind === "moved");
  return lines.length ? h("section.m-story", null, h("h2", null, t("story")), h("ol", null, lines.map((/** @type {any} */ x) => h("li", null, h("span.sub", null, when(ms(x.at))), h("span", null, named(x)))))) : null;
}

const where = () => h("p.m-ask", null, desk ? t("ask.desk", { window: desk }) : t("ask.hall"), " ", t("ask.number", { n: view.card.matter }));

function body() {
  const { card } = view, key = `${card.flow}.${card.state}`;
  return [h("h1", { "data-state": card.state }, plain(`plain.${key}`, named({ zh: card.state_zh, en: card.state_en }))), due(), facts(), story(), where()];
}

/** What a button says: of a flow that is known here in plain words, else as its definition has it. @param {any} step */
function deed(step) {
  const which = `${view.card.flow}.${step.transition}`;
  return plain(`do.${which}`, named(step));
}

/** A form and its texts, loaded when they are asked for. @param {any} step */
async function begin(step) {
  try {
    const [{ stepSheet }] = await Promise.all([import("./step.js"), loadTexts("step")]);
    sheet = stepSheet(view, step, deed(step), token, load, close);
    trouble = "";
  } catch {
    trouble = t("lost.hall");
  }
  render();
  sheet?.querySelector("textarea, input, button").focus();
}

/** @param {any} [next] as it is after the step */
function close(next = view) {
  view = next;
  sheet = null;
  render();
}

const foot = () => view.steps.map((/** @type {any} */ s, /** @type {number} */ i) => button(deed(s), () => begin(s), i || GIVES_UP.has(s.transition) ? "button.btn" : "button.btn.main"));

function header() {
  const other = h("button.btn.quiet", { type: "button", lang: otherLang(), onclick: () => setLang(otherLang()).then(() => redraw()) }, t("language"));
  return h("header", null, h("strong", null, pick(hall.hall || "", hall.name_en)), other, !live ? h("span.tag.stop", null, t("lost")) : seenAt ? h("span.nb", null, t("updated", { time: clock(seenAt) })) : null);
}

function render() {
  const [what, buttons] = none ? [[h("h1", null, t("none")), h("p", null, t("none.do"))], []]
    : view ? [body(), foot()] : [[h("h1", null, t("lost.hall"))], [button(t("retry"), load, "button.btn.main")]];
  document.title = view ? `${pick(view.card.flow_zh, view.card.flow_en)} ${view.card.matter}` : t("title");
  fill(main, header(), h("section.p-body", null, what, trouble && h("p.note.stop", { role: "alert" }, trouble)), h("footer.p-foot", null, buttons), sheet);
}

async function readHall() {
  hall = await ask("GET", "/hall");
  setHallTime(hall.at, hall.simulated);
  desk = (await ask("GET", "/board")).windows.find((/** @type {any} */ w) => w.role === "desk")?.window || 0;
}

async function load() {
  try {
    await readHall();
    view = await ask("GET", path);
    seenAt = hallNow();
    live = true;
    none = false;
  } catch (e) {
    if (/** @type {any} */ (e).status === 404) none = true;
    else live = false;
  }
  if (!sheet) render();
  return view;
}

/** The line to the hall is there again, or gone. @param {boolean} [now] */
function line(now = true) {
  live = now;
  if (live) load();
  else if (!sheet) render();
}

async function openOne() {
  const [{ newMatter }] = await Promise.all([import("./new.js"), loadTexts("step")]);
  await readHall().catch(() => { live = false; });
  redraw = await newMatter(main, header, ticket, desk);
}

await loadTexts("common", "days", "person");
if (token === "new") await openOne();
else {
  await load();
  setInterval(() => !document.hidden && !none && load(), LOOK_MS);
  if (!none) import("./live.js").then(({ listen }) => listen(token, () => view?.card.revision, line), () => {});      /* it goes on asking */
}
