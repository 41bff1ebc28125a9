/* What a page of matters knows and does: its lists, the matter that is looked at, the step that is being taken. The parts
 * beside this file draw it; page.js joins them to a page. */
import { get, newKey, post } from "../lib/api.js";
import { hallNow, ms } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { formOf } from "./form.js";
import { since } from "./timeline.js";
import { moment, named, whoWord } from "./words.js";

/** @typedef {{id: string, query?: Record<string, string | boolean>, flows?: string[], none?: string, show?: (el: HTMLElement, w: Work) => any}} Tab query: of a list; show: a page of its own */
/** @typedef {{name: string, texts: boolean, calls: boolean, tabs: Tab[], title?: (w: Work) => string, top?: (w: Work) => any, look?: (w: Work) => Promise<any>}} Page texts: a matter's texts
 * stand in its head; calls: a new one that waits for me is heard and seen; top: stands above the list; look: reads more with it */
/** @typedef {{kind: "step" | "open", flow: any, step: any, matter: string, seen: string, form: import("./form.js").Form, key: string, stale: number, changed: string, news: string, el: HTMLElement | null}} Doing */

/* A list is read in pages of MOST; the hall gives so many of them at once. */
const MOST = 100, AT_ONCE = 5, BEHIND_MS = 700, BEHIND_MOST = 8;
const EMPTY = { matters: /** @type {any[]} */ ([]), total: 0, red: 0, yellow: 0, mine: 0, seq: "", after: "", partial: false };

/* Lists that were asked for, and which of them stands there. */
let turns = 0, listed = 0;

export const w = {
  /** @type {Page} */ page: { name: "", texts: false, calls: false, tabs: [] },
  /** @type {Tab} */ tab: { id: "" },
  /** @type {any} */ hall: {},
  /** @type {any} */ catalogue: { groups: [], items: [] },
  /** @type {any[]} */ windows: [],
  /** @type {import("../lib/session.js").Me} */ me: { name: "", role: "public", kind: "", groups: [], display: "" },
  /** Colleagues by name. @type {Map<string, any>} */ people: new Map(),
  /** @type {any[]} */ kinds: [],
  /** How many each tab's list has. @type {Record<string, {total: number, red: number, yellow: number, mine: number}>} */ counts: {},
  list: EMPTY, listAt: 0, q: "", ended: false, mixed: false,
  /** How many pages of the list were asked for. */ pages: 1,
  id: "", heardAt: 0,
  /** The matter that is looked at. @type {any} */ view: null,
  /** @type {Doing | null} */ doing: null,
  /** Texts written when somebody else was quicker, by field. @type {Record<string, string>} */ kept: {},
  busy: false, said: "", trouble: "", behind: 0, behindOf: "",
  /** @type {any} */ later: 0,
  /** @type {{id: string, text: string} | null} */ attention: null,
  /** Shown over the matter: the keys, what can be printed, which kind to open. @type {"" | "help" | "print" | "new" | "unmask"} */ panel: "",
  /** @type {any} */ asked: null,
  /** Somebody chose the item of a form. @type {(() => any) | null} */ onChosen: null,
  /** Set by the page. */ render: () => {}, failed: (/** @type {any} */ _e) => {}, print: (/** @type {string} */ _name) => {},

  /** The page's address of a matter. @param {string} matter */
  address: (matter) => `#${w.tab.id}/${matter}`,
  /** @param {Record<string, string | boolean | number>} query */
  read: (query) => get(`/matters?${new URLSearchParams(Object.entries(query).filter(([, v]) => v !== "" && v !== false).map(([k, v]) => [k, String(v)]))}`),
  query: () => ({ ...w.tab.query, q: w.q, ended: w.ended }),

  async lookList() {
    if (!w.tab.query) return;
    const { tab } = w, asked = question(), turn = ++turns, list = await readPages(w.query(), w.pages);
    if (asked !== question() || turn < listed) return;      /* it comes too late */
    [w.list, w.listAt, w.mixed, listed] = [list, hallNow(), !tab.query?.flow, turn];
    if (!w.q && !w.ended) w.counts[tab.id] = list;
  },
  async more() {
    w.pages++;
    await w.lookList().catch(w.failed);
    w.render();
  },
  /** The other tabs' figures. */
  async lookCounts() {
    for (const tab of w.page.tabs) {
      if (tab.query && tab !== w.tab) w.counts[tab.id] = await w.read({ ...tab.query, most: 1 });
    }
  },
  /** @param {string} id */
  async lookMatter(id) {
    const view = id ? await get(`/matters/${id}`) : null;
    if (id !== w.id) return;
    [w.view, w.heardAt] = [view, hallNow()];
    meanwhile();
    if (view) follow(view);
  },
  /** @param {string} id */
  async open(id) {
    if (id !== w.id) Object.assign(w, { id, doing: null, kept: {}, said: "", trouble: "", panel: "", view: null });
    await w.lookMatter(id).catch(w.failed);
    w.render();
  },
  /** @param {string} q */
  async search(q) {
    Object.assign(w, { q: q.trim(), pages: 1 });
    await w.lookList().catch(w.failed);
    w.render();
  },
  /** @param {boolean} ended */
  async showEnded(ended) {
    w.ended = ended;
    await w.search(w.q);
  },

  /** A step of the matter that is looked at. @param {string} transition */
  begin(transition) {
    const step = stepOf(w.view.definition, transition);
    if (w.view.steps.some((/** @type {any} */ s) => s.transition === transition && s.blocked_zh)) return;
    w.doing = doing("step", w.view.definition, step, w.view);
    w.said = "";
    w.render();
    if (!w.doing.form.focus()) document.getElementById("send")?.focus();
  },
  /** @param {any} flow @param {string} transition */
  beginNew(flow, transition) {
    w.panel = "";
    w.doing = doing("open", flow, stepOf(flow, transition), null);
    w.render();
    w.doing.form.focus();
  },
  cancel() {
    if (w.doing) w.kept = { ...w.kept, ...w.doing.form.texts() };
    w.doing = null;
    w.panel = "";
    w.render();
  },
  async send() {
    const d = w.doing;
    if (!d || w.busy || (d.kind === "step" && !offered(d))) return;
    w.busy = true;
    w.render();
    try {
      await done(d, await give(d, await d.form.read()));
    } catch (e) {
      await refused(d, /** @type {any} */ (e));
    }
    w.busy = false;
    w.render();
  },

  /** @param {any} field */
  askUnmask(field) {
    w.asked = field;
    w.panel = "unmask";
    w.render();
  },
  /** @param {string} reason */
  async unmask(reason) {
    const { field, values } = await post(`/matters/${w.id}/unmask`, { field: w.asked.field, reason });
    const shown = w.view.fields.find((/** @type {any} */ f) => f.field === field);
    Object.assign(shown, { masked: false, values: values.map((/** @type {string} */ value) => ({ value, zh: value, en: value })) });
    w.panel = "";
    w.render();
  },
  attend() {
    const id = w.attention?.id;
    w.attention = null;
    if (id) location.hash = w.address(id);
    w.render();
  },
};
/** @typedef {typeof w} Work */

/** What the list is to answer. */
const question = () => JSON.stringify([w.tab.id, w.q, w.ended, w.pages]);

/** As far as n pages reach. A search that the hall breaks off has looked through as many texts as a page has at least.
 * @param {Record<string, string | boolean>} query @param {number} n */
async function readPages(query, n) {
  let list = EMPTY;
  for (let left = n; left > 0 && (left === n || list.after);) {
    const pages = Math.min(left, AT_ONCE), next = await w.read({ ...query, most: pages * MOST, after: list.after }), known = new Set(list.matters.map((m) => m.matter));
    list = { ...(left === n ? next : list), after: next.after, partial: next.partial, matters: [...list.matters, ...next.matters.filter((/** @type {any} */ m) => !known.has(m.matter))] };
    left -= next.partial ? 1 : pages;
  }
  return list;
}

/** @param {any} flow @param {string} name */
const stepOf = (flow, name) => ({ need: [], may: [], when: [], ...flow.transitions.find((/** @type {any} */ x) => x.name === name) });
/** @param {Doing} d */
const offered = (d) => w.view.steps.some((/** @type {any} */ s) => s.transition === d.step.name);
/** @param {any} view */
const lastSeq = (view) => Math.max(0, ...view.timeline.map((/** @type {any} */ l) => Number(l.seq)));

/** @param {"step" | "open"} kind @param {any} flow @param {any} step @param {any} view @returns {Doing} */
function doing(kind, flow, step, view) {
  return { kind, flow, step, matter: view ? view.card.matter : "", seen: view ? view.card.revision : "", stale: view ? lastSeq(view) : 0, changed: "", news: "", el: null, key: newKey(), form: formOf(flow, step, view, w, view ? w.kept : {}) };
}

/** @param {Doing} d @param {Record<string, any>} fields */
function give(d, fields) {
  const at = w.me.window ? { window: w.me.window } : {};
  if (d.kind === "open") return post(`/flows/${d.flow.name}/matters`, { transition: d.step.name, fields, ...at }, d.key);
  return post(`/matters/${d.matter}/${d.step.name}`, { fields, seen: d.seen, ...at }, d.key);
}

/** @param {Doing} d @param {any} view what it became */
async function done(d, view) {
  Object.assign(w, { doing: null, kept: {}, said: t(d.kind === "open" ? "opened.now" : "done", { step: named(d.step), state: named(view.card, "state") }) + (view.prints.length ? t("done.print") : ""), id: view.card.matter, view, heardAt: hallNow() });
  history.replaceState(null, "", w.address(view.card.matter));
  await w.lookList().catch(() => {});
  follow(view);
}

/** Whoever was slower is told what changed; what was written stays. @param {Doing} d @param {any} e */
async function refused(d, e) {
  if (e.code !== "OFFLINE") d.key = newKey(); // it may have been done all the same
  if (e.status === 401) return w.failed(e);
  if (e.code === "STALE" || e.code === "WRONG_STATE") {
    d.news = quicker(d, e.details);
    await w.lookMatter(d.matter).catch(w.failed);
    if (d.changed) return undefined;
  }
  return d.form.refuse(e);
}

/** Who was quicker, as the refusal says it: the story of the matter may be a moment behind. @param {Doing} d @param {Record<string, string>} said */
function quicker(d, said) {
  const step = stepOf(d.flow, said.transition || "");
  return said.at ? `${moment(ms(said.at))} ${whoWord(said.by || "", w.people)} ${step.name ? named(step) : ""}` : "";
}

/** The story is gathered a moment after the deed: it is asked for again, a few times, until it has it. @param {any} view */
function follow(view) {
  clearTimeout(w.later);
  const { card } = view, of = `${card.matter} ${card.revision}`, told = view.timeline.some((/** @type {any} */ l) => l.kind === "moved" && ms(l.at) >= ms(card.changed_at));
  w.behind = of === w.behindOf ? w.behind + 1 : 0;
  w.behindOf = of;
  if (!told && w.behind < BEHIND_MOST) w.later = setTimeout(() => w.lookMatter(w.id).then(w.render, () => {}), BEHIND_MS);
}

/** While a step was being written somebody else took one: say what, and let it be sent all the same, knowingly. */
function meanwhile() {
  const d = w.doing;
  if (!d || d.kind !== "step" || !w.view || d.matter !== w.view.card.matter || d.seen === w.view.card.revision) return;
  d.changed = since(w.view, d.stale, w) || d.news || t("stale.something");
  d.seen = w.view.card.revision;
}
