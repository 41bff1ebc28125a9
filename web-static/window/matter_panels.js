/*
 * Panels of matters: opening one with the form of its definition, a matter with the steps that I may take now and what can
 * be printed, and a step with its form. Finishing with an outcome that waits for a matter leads through them.
 */
import { $, fill, h, plate } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { pick, t } from "../lib/i18n.js";
import { formOf, wrongField } from "../matter/form.js";
import { printMatter } from "../matter/print.js";
import { named } from "../matter/words.js";
import { mode } from "./keys.js";
import { heldWords, lastWords, matterHead, matterWords } from "./matter_cards.js";
import { fieldsOf, given, holderOf, lockOf, openMatter, readMatter, takeStep, ticketField } from "./matters.js";
import { closePanel, finish, openPanel } from "./panels.js";

/** @typedef {import("./page.js").Console} Console */
/** @typedef {import("./panels.js").Panel} Panel */
/** @typedef {import("./panels.js").PanelKind} PanelKind */
/** @typedef {import("./matters.js").Opening} Opening */

const FILLED_IN = ["ticket", "item", "window"];

/** What forms of matters ask of a page. @param {Console} c @returns {any} */
const asWork = (c) => ({ hall: c.hall, catalogue: c.catalogue, windows: c.board.windows, people: new Map(), me: c.me, onChosen: null,
  read: (/** @type {Record<string, string>} */ query) => get(`/matters?${new URLSearchParams(query)}`) });

/** Matters of this ticket that a field may name; the newest. @param {Console} c @param {any} field */
const matterFor = (c, field) => c.matters.find((m) => m.card.flow === field.of && !m.card.ended)?.card.matter;

/** Who stands here was written once: not again for the next form of the same ticket. @param {Console} c @param {HTMLElement} el @param {any} flow */
function fillPerson(c, el, flow) {
  if (!c.detail.ticket || c.person.of !== c.detail.ticket.id) return;
  for (const field of fieldsOf(flow, "person")) {
    const id = /** @type {HTMLInputElement | null} */ (el.querySelector(`#f-${field}`)), who = /** @type {HTMLInputElement | null} */ (el.querySelector(`#f-${field}-name`));
    if (id) id.value = c.person.id;
    if (who) who.value = c.person.name;
  }
}

/** @param {Console} c @param {any} flow @param {Record<string, any>} values */
function keepPerson(c, flow, values) {
  if (!c.detail.ticket) return;
  for (const field of fieldsOf(flow, "person")) if (values[field]) c.person = { of: c.detail.ticket.id, ...values[field] };
}

/**
 * The form of a transition at this window: without what the hall fills in, and with the matters of this ticket that it names.
 * @param {Console} c @param {Panel} p @param {any} flow @param {any} transition @param {any} view null: it opens one
 */
function formAt(c, p, flow, transition, view) {
  const known = /** @type {Record<string, any>} */ ({});
  for (const f of flow.fields) if (f.type === "matter" && given(transition).includes(f.name) && matterFor(c, f)) known[f.name] = matterFor(c, f);
  const left = (/** @type {string[]} */ names) => names.filter((n) => !(n in known) && !(!view && flow.fields.some((/** @type {any} */ f) => f.name === n && FILLED_IN.includes(f.type))));
  const step = { ...transition, need: left(transition.need), may: left(transition.may) };
  const at = view || { card: { item: c.detail.ticket.item }, fields: [] }, form = formOf(flow, step, at, asWork(c), {});
  fillPerson(c, form.el, flow);
  p.form = form;
  p.known = known;
  return [form.el, view ? printsOf(c, view, form.el) : null];
}

/** Reads the form, does it, and says in the form what is wrong. @param {Console} c @param {Panel} p @param {any} flow @param {(values: Record<string, any>) => Promise<any>} act */
async function withForm(c, p, flow, act) {
  try {
    const values = { ...(await p.form.read()), ...p.known };
    keepPerson(c, flow, values);
    return await act(values);
  } catch (e) {
    if (!wrongField(/** @type {any} */ (e), flow)) throw e;
    p.form.refuse(e);
    return false;
  }
}

/** A matter that must be there before: which kind, and the key for it. @param {Console} c @param {any} flow @param {any} transition */
function lacks(c, flow, transition) {
  const field = flow.fields.find((/** @type {any} */ f) => f.type === "matter" && transition.need.includes(f.name) && !matterFor(c, f)), first = field && c.openings.find((o) => o.flow.name === field.of);
  return first ? t("wm.first", { cap: first.cap, flow: named(first.flow) }) : "";
}

/** @param {Console} c @param {string} text */
const title = (c, text) => [c.detail.ticket ? plate(c.detail.ticket.number, mode(c)) : null, text];

/** The sheet with the person's link; a slip that was printed before must not come with it, nor the sheet with the next slip. @param {Console} c @param {any} view @param {string} which */
async function printSheet(c, view, which) {
  if (!which) return;
  const slip = view.token ? view : await get(`/matters/${view.card.matter}/slip`);
  fill($("#paper"));
  await printMatter($("#sheet"), { ...view, token: slip.token, url: slip.url }, which, asWork(c));
}

/** The matter as it would be with what is written in the form: a promise is printed before it is signed.
 * @param {any} view @param {HTMLElement} el */
function drafted(view, el) {
  const written = view.definition.fields.filter((/** @type {any} */ f) => f.type === "date" || f.type === "text").map((/** @type {any} */ f) => ({ f, value: /** @type {HTMLInputElement | null} */ (el.querySelector(`#f-${f.name}`))?.value }))
    .filter((/** @type {any} */ x) => x.value).map((/** @type {any} */ { f, value }) => ({ field: f.name, zh: f.zh, en: f.en, type: f.type, values: [{ value, zh: value, en: value }] }));
  return { ...view, fields: [...view.fields.filter((/** @type {any} */ x) => !written.some((/** @type {any} */ w) => w.field === x.field)), ...written] };
}

/** What can be printed while the step is being written. @param {Console} c @param {any} view @param {HTMLElement} el */
const printsOf = (c, view, el) => (view.prints.length ? h("p.d-prints", null, view.prints.map((/** @type {string} */ which, /** @type {number} */ i) => h("button.btn.quiet", { type: "button", "data-print": which, onclick: () => printSheet(c, drafted(view, el), which) },
  i ? null : [h("kbd", null, "Ctrl"), h("kbd", null, "P")], `${t("wm.print")} ${named(printNamed(view, which))}`))) : null);

/**
 * What comes next after a step: the ticket has gone; or the matter asks for more before the person can wait or go; or it is
 * in other hands now. One that was looked for stays. @param {Console} c @param {any} view @param {boolean} [found]
 */
async function after(c, view, found) {
  if (found) return openPanel(c, "matter", { view, found });
  await c.readWindow();
  const asksMore = view.steps.some((/** @type {any} */ s) => s.need.length) || readyStep(c, view) >= 0;
  if (c.detail.ticket && !view.card.ended && asksMore) openPanel(c, "matter", { view });
  else closePanel(c);
}

/** The step after which the person waits at the window stands ready; nothing else is one Enter away. @param {Console} c @param {any} view */
const readyStep = (c, view) => (holderOf(c)?.card.matter === view.card.matter ? -1 : view.steps.findIndex((/** @type {any} */ s) => ticketField(view.definition)?.hold_in.includes(s.to)));

/** @param {Panel} p @returns {Opening} */
const openingOf = (p) => p.data.opening;

/** The step of a matter that leads to its outcome in writing: something is to be given, and the outcome stays open.
 * @param {any} view */
function writtenStep(view) {
  const field = ticketField(view.definition);
  return view.steps.find((/** @type {any} */ s) => s.need.length && field.outcome_in.includes(s.to));
}

/** Finishing with an outcome that waits for a matter; what to do first. @param {Console} c @param {string} outcome @returns {boolean} it may be finished */
export function readyFor(c, outcome) {
  const { lock, matter, isOpen } = lockOf(c, outcome), written = isOpen && lock && matter ? writtenStep(matter) : null;
  if (written) openPanel(c, "step", { view: matter, step: written, outcome });
  else if (!isOpen && matter) openPanel(c, "matter", { view: matter });
  else if (!isOpen) openPanel(c, "open", { opening: lock });
  return isOpen && !written;
}

/** The field of a type that an opening takes. @param {Opening} o @param {string} type */
const taken = (o, type) => fieldsOf(o.flow, type).find((/** @type {string} */ n) => [...o.transition.need, ...o.transition.may].includes(n));

/**
 * What is missing is told once and for all before the ticket ends with it: the list makes the notice, and its print.
 * @param {Console} c @param {any[]} materials ticked @param {string[]} lines all that is missing, in words @returns {Promise<string>} what stands in the way
 */
export async function tellOnce(c, materials, lines) {
  const { lock, isOpen } = lockOf(c, "supplement");
  if (!lock || isOpen) return "";
  const list = taken(lock, "material"), words = taken(lock, "text");
  if (list && !materials.length && lock.transition.need.includes(list)) return t("wm.tick");
  const view = await openMatter(c, lock, { ...(list && materials.length && { [list]: materials.map((m) => m.material) }), ...(words && { [words]: lines.join("\n") }) });
  await printSheet(c, view, view.prints[0]);
  return "";
}

/** @param {any} view @param {string} name */
const printNamed = (view, name) => view.definition.prints.find((/** @type {any} */ x) => x.name === name);

/** By its number, or by a ticket's of today. @param {string} text @returns {Promise<any>} */
async function lookFor(text) {
  if (/^\d+$/.test(text)) return readMatter(text);
  const { matters } = text ? await get(`/matters?q=${encodeURIComponent(text)}&most=1`) : { matters: [] };
  return matters.length ? readMatter(matters[0].matter) : null;
}

/** @type {Record<string, PanelKind>} */
export const MATTER_PANELS = {
  find: {
    stays: true, form: true, title: () => t("wm.find"), note: () => t("wm.find.note"),
    fields: () => h("label.win-field", null, t("wm.find.number"), h("input.field", { id: "number", autocomplete: "off", spellcheck: "false", maxlength: 12 })),
    async confirm(c, row, p) {
      const view = await lookFor(/** @type {HTMLInputElement} */ (p.el?.querySelector("#number")).value.trim().toUpperCase());
      return view ? openPanel(c, "matter", { view, found: true }) : t("wm.find.none");
    },
  },
  open: {
    title: (c, p) => title(c, pick(openingOf(p).flow.zh, openingOf(p).flow.en)), note: (c, p) => lacks(c, openingOf(p).flow, openingOf(p).transition), stays: true, form: true,
    fields: (c, p) => formAt(c, p, openingOf(p).flow, openingOf(p).transition, null),
    async confirm(c, row, p) {
      const o = openingOf(p), missing = lacks(c, o.flow, o.transition);
      if (missing) return missing;
      const view = await withForm(c, p, o.flow, (values) => openMatter(c, o, values));
      return view ? void (await after(c, view)) : undefined;
    },
  },
  matter: {
    stays: true, title: (c, p) => [p.data.found ? h("span.tag", null, t("number", { n: p.data.view.card.matter })) : plate(c.detail.ticket.number, mode(c)), h("span.win-matter-head", null, matterHead(c, p.data.view))],
    fields: (c, p) => h("div.win-matter-words", null, holderOf(c) === p.data.view ? h("p.note.soon", null, h("span", null, heldWords(c))) : null, matterWords(c, p.data.view, p.data.found)),
    rows: (c, typed, p) => [...p.data.view.steps.map((/** @type {any} */ s) => ({ label: named(s), text: stepAsks(p.data.view, s), value: { step: s } })),
      ...p.data.view.prints.map((/** @type {string} */ name) => ({ label: named(printNamed(p.data.view, name)), tag: t("wm.print"), value: { print: name } }))],
    first: (c, rows, p) => readyStep(c, p.data.view),
    async confirm(c, row, p) {
      if (!row) return void closePanel(c);
      if (row.value.print) return void (await printSheet(c, p.data.view, row.value.print));
      const { step } = row.value, { view, found } = p.data;
      if (asks(view, step)) return void openPanel(c, "step", { view, step, found });
      return void (await after(c, await takeStep(c, view, step.transition, {}), found));
    },
  },
  step: {
    title: (c, p) => title(c, named(p.data.step)), note: (c, p) => lacks(c, p.data.view.definition, transitionOf(p)), stays: true, form: true,
    fields: (c, p) => formAt(c, p, p.data.view.definition, transitionOf(p), p.data.view),
    async confirm(c, row, p, andNext) {
      const { view, step, outcome, found } = p.data, next = await withForm(c, p, view.definition, (values) => takeStep(c, view, step.transition, values));
      if (!next) return undefined;
      if (!outcome) return void (await after(c, next, found));
      closePanel(c);
      await printSheet(c, next, next.prints[next.prints.length - 1]);
      return finish(c, { outcome }, andNext);
    },
  },
};

/** A step that only may take a word or a file is taken at once, unless somebody has said something that asks for it.
 * @param {any} view @param {any} step */
const asks = (view, step) => step.need.length > 0 || step.may.some((/** @type {string} */ n) => !["text", "file"].includes(view.definition.fields.find((/** @type {any} */ f) => f.name === n).type)) ||
  (step.may.length > 0 && lastWords(view).length > 0);

/** The definition's transition of the step, with its guards. @param {Panel} p */
const transitionOf = (p) => p.data.view.definition.transitions.find((/** @type {any} */ x) => x.name === p.data.step.transition);

/** @param {any} view @param {any} step */
function stepAsks(view, step) {
  const asked = view.definition.fields.filter((/** @type {any} */ f) => step.need.includes(f.name)).map((/** @type {any} */ f) => named(f));
  return asked.length ? t("step.asks", { fields: asked.join(t("list")) }) : "";
}
