/*
 * Panels over the left side: a question with a list, a few fields, and Enter. Each row of PANELS says what it asks and
 * what it does; moving, choosing and closing are the same for all.
 */
import { $, fill, h, name, plate } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { minutes } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";
import { named } from "../matter/words.js";
import { printAgain } from "../lib/slip.js";
import { find } from "../kiosk/find.js";
import { className, itemName, itemOf } from "./cards.js";
import { desk, keys, mode } from "./keys.js";
import { MATTER_PANELS, readyFor, tellOnce } from "./matter_panels.js";
import { guardsOf, lockOf } from "./matters.js";

/** @typedef {import("./page.js").Console} Console */
/** @typedef {{label: string, text?: string, tag?: string, off?: boolean, value: any, ticked?: boolean, number?: string}} Row */
/** @typedef {{kind: string, at: number, rows: Row[], typed: string, trouble: string, el: HTMLElement | null, data: any, form?: any, known?: any}} Panel */
/**
 * stays: the panel is open until its own deed closes it. form: it has the form of a definition.
 * @typedef {{title: (c: Console, p: Panel) => any, rows?: (c: Console, typed: string, p: Panel) => Row[], first?: (c: Console, rows: Row[], p: Panel) => number,
 *   fields?: (c: Console, p: Panel) => any, note?: (c: Console, p: Panel) => string, ticks?: boolean, typing?: boolean, wide?: boolean, ends?: boolean, stays?: boolean, form?: boolean,
 *   confirm: (c: Console, row: Row | undefined, p: Panel, andNext: boolean) => Promise<string | void>}} PanelKind
 */

const ROWS_MOST = 9;
/** Minutes a break is planned for. */
const BREAKS = { rest: 15, meal: 60, meeting: 30, errand: 10, other: 15 };

/** @param {Panel} p @param {string} id */
const value = (p, id) => /** @type {HTMLInputElement | null} */ (p.el?.querySelector(`#${id}`))?.value.trim() || "";
/** @param {string} id @param {string} label @param {Record<string, any>} [more] */
const input = (id, label, more) => h("label.win-field", null, label, h("input.field", { id, autocomplete: "off", spellcheck: "false", ...more }));

/** Finish, and call the next in one command where that is wanted. @param {Console} c @param {Record<string, any>} what @param {boolean} andNext */
export const finish = (c, what, andNext) => c.verb(andNext && c.detail.window.state !== "draining" ? "next" : "finish", what);

/** @param {Console} c @returns {Row[]} */
function outcomes(c) {
  const item = itemOf(c, c.detail.ticket.item), to = desk(c), usual = item && item.kind === "promised" ? "accepted" : "handled";
  const row = (/** @type {string} */ id, off = false, args = {}) => ({ label: t(`finish.${id}`), text: t(`finish.${id}.do`, args), tag: id === usual ? t("finish.usual") : "", off, value: id });
  return [row("handled"), row("accepted"), row("supplement"), deniedRow(c, row), to ? row("desk", false, { n: to.window }) : { ...row("desk", true), text: t("key.desk.none") }, row("advice")];
}

/** Not without a filing that was approved: without one it leads there. @param {Console} c @param {(id: string, off?: boolean) => Row} row @returns {Row} */
function deniedRow(c, row) {
  const { lock, matter, isOpen } = lockOf(c, "denied");
  if (!lock) return { ...row("denied", true), tag: t("finish.denied.tag") };
  const state = matter ? named(matter.card, "state") : t("finish.denied.tag");
  return { ...row("denied"), text: t(isOpen ? "wm.denied.open" : matter ? "wm.denied.waits" : "wm.denied.file"), tag: state };
}

/** @param {Console} c @param {string} typed @returns {Row[]} */
function targets(c, typed) {
  const wanted = typed.trim().toLowerCase();
  const queues = c.board.queues.filter((/** @type {any} */ q) => !wanted || q.queue.toLowerCase() === wanted || q.name.includes(wanted) || q.name_en.toLowerCase().includes(wanted))
    .map((/** @type {any} */ q) => ({ label: `${q.queue} ${pick(q.name, q.name_en)}`, tag: t("transfer.queue", { n: q.waiting }), value: { queue: q.queue } }));
  const windows = c.board.windows.filter((/** @type {any} */ w) => String(w.window) === wanted && w.window !== c.n)
    .map((/** @type {any} */ w) => ({ label: t("window.n", { n: w.window }), text: pick(w.name, w.name_en), tag: t("transfer.window"), off: w.state === "closed" || w.state === "draining", value: { window: w.window } }));
  const items = wanted ? find(c.catalogue.items, wanted).hits.flatMap((x) => x.items).map((i) => {
    const queue = c.board.queues.find((/** @type {any} */ q) => q.queue === i.queue);
    return { label: `${i.queue} ${queue ? pick(queue.name, queue.name_en) : ""}`, text: pick(i.name, i.name_en), tag: queue ? t("transfer.queue", { n: queue.waiting }) : "", value: { item: i.item } };
  }) : [];
  return [...windows, ...queues, ...items].slice(0, ROWS_MOST);
}

/** @param {Console} c @returns {Row[]} */
function pauses(c) {
  const busy = Boolean(c.detail.ticket);
  const breaks = Object.entries(BREAKS).map(([id, n]) => ({ label: t(`pause.${id}`), text: t("pause.planned", { n }), tag: busy ? t("pause.busy") : "", off: busy, value: { verb: "break", id, n } }));
  const end = (/** @type {string} */ id, /** @type {string} */ verb, /** @type {boolean} */ off) => ({ label: t(`pause.${id}`), text: t(`pause.${id}.do`), tag: off ? t("pause.busy") : "", off, value: { verb, id } });
  return [...breaks, end("fault", "suspend", busy), end("drain", "drain", mode(c) === "draining"), end("close", "close", busy)];
}

/** @param {Console} c @param {any} v @param {Panel} p */
function pause(c, v, p) {
  if (v.verb === "drain" || v.verb === "close") return c.verb(v.verb);
  if (v.verb === "suspend") return c.verb("suspend", { reason: t("pause.fault") });
  return c.verb("break", { reason: t(`pause.${v.id}`), planned_s: 60 * (Number(value(p, "minutes")) || v.n) });
}

/** A number somebody names, out of order. @param {Console} c @param {Panel} p */
async function callNamed(c, p) {
  const number = value(p, "number").toUpperCase(), reason = value(p, "reason");
  if (!number || !reason) return t("manual.need");
  const { tickets } = await get(`/tickets?number=${encodeURIComponent(number)}`);
  return tickets.length ? c.verb("call", { ticket: tickets[0].id, reason }) : t("manual.none");
}

/** @type {Record<string, PanelKind>} */
const PANELS = {
  finish: {
    title: (c) => [plate(c.detail.ticket.number, mode(c)), t("finish.title")], rows: outcomes, ends: true,
    first: (c, rows) => Math.max(0, rows.findIndex((r) => r.tag === t("finish.usual"))),
    async confirm(c, row, p, andNext) {
      const to = desk(c);
      if (row?.value === "supplement") return void openPanel(c, "missing");
      if (row?.value === "denied" && !readyFor(c, "denied")) return undefined;
      const [walks] = row?.value === "desk" && to ? c.openings.filter((o) => o.cap === "9") : [];
      if (walks) return void openPanel(c, "open", { opening: walks });
      if (row?.value === "desk") return to ? c.verb("transfer", { queue: to.queue }) : t("key.desk.none");
      return finish(c, { outcome: row?.value }, andNext);
    },
  },
  missing: {
    title: (c) => [plate(c.detail.ticket.number, mode(c)), t("missing.title")], note: (c) => [t("missing.text"), guardsOf(c, "supplement").length ? t("wm.tell") : ""].join(""), ticks: true, ends: true,
    rows: (c) => (itemOf(c, c.detail.ticket.item)?.materials || []).slice(0, ROWS_MOST).map((/** @type {any} */ m) => ({ label: pick(m.name, m.name_en), value: m })),
    fields: () => h("label.win-field", null, t("missing.more"), h("textarea.field", { id: "more", rows: 3 })),
    async confirm(c, row, p, andNext) {
      const more = value(p, "more").split("\n").map((x) => x.trim()).filter((x) => x), ticked = p.rows.filter((r) => r.ticked).map((r) => r.value), missing = [...ticked.map((m) => m.name), ...more];
      if (!missing.length) return t("missing.need");
      return (await tellOnce(c, ticked, missing)) || finish(c, { outcome: "supplement", missing }, andNext);
    },
  },
  transfer: {
    title: (c) => [plate(c.detail.ticket.number, mode(c)), t("transfer.title")], rows: targets, typing: true, note: () => t("transfer.keep"),
    async confirm(c, row) { return row ? c.verb("transfer", row.value) : t("transfer.none"); },
  },
  pause: {
    title: () => t("pause.title"), rows: pauses, first: (c, rows) => rows.findIndex((r) => !r.off),
    fields: () => input("minutes", t("pause.minutes"), { inputmode: "numeric", maxlength: 3 }),
    async confirm(c, row, p) { return row ? pause(c, row.value, p) : t("not.now"); },
  },
  held: {
    title: () => t("held.title"), rows: (c) => c.detail.held.map((/** @type {any} */ x) => ({ label: x.number, text: itemName(c, x), value: x.id })),
    async confirm(c, row) { return row ? c.verb("unhold", { ticket: row.value }) : undefined; },
  },
  manual: {
    title: () => t("manual.title"), fields: () => [input("number", t("manual.number")), input("reason", t("manual.reason"), { maxlength: 200 })],
    async confirm(c, row, p) { return callNamed(c, p); },
  },
  class: {
    title: (c) => [plate(c.detail.ticket.number, mode(c)), t("class.title"), h("span.tag", null, className(c, c.detail.ticket))],
    rows: (c) => c.catalogue.classes.map((/** @type {any} */ x) => ({ label: pick(x.name, x.name_en), tag: x.head_start_s ? t("class.head", { name: "", n: minutes(x.head_start_s) }) : "", value: x.class })),
    first: (c, rows) => Math.max(0, rows.findIndex((r) => r.value === "normal")), fields: () => input("reason", t("class.reason"), { maxlength: 200 }),
    async confirm(c, row, p) {
      const reason = value(p, "reason");
      return reason ? c.command(`/tickets/${c.detail.ticket.id}/class`, { class: row?.value, reason }) : t("class.need");
    },
  },
  slip: {
    title: () => t("slip.title"), note: () => t("again.note"), fields: (c) => input("number", t("again.number"), { value: c.detail.ticket ? c.detail.ticket.number : "" }),
    async confirm(c, row, p) { fill($("#sheet")); return printAgain($("#paper"), value(p, "number").toUpperCase(), c.hall, c.catalogue); },
  },
  help: {
    title: () => t("help.title"), note: () => t("help.field"), wide: true,
    rows: (c) => [...keys(c).map((k) => ({ label: k.label, text: k.small, number: k.cap === "K" ? "Ctrl+Shift+K" : k.cap, value: null })),
      ...[["/", "key.notes"], ["H", "key.answer"], ["?", "key.help"], ["Esc", "key.back"]].map(([number, id]) => ({ label: t(id), number, value: null }))],
    async confirm(c) { closePanel(c); },
  },
  ...MATTER_PANELS,
};

/** @param {Console} c @param {string} kind @param {any} [data] what it is about */
export function openPanel(c, kind, data) {
  /** @type {Panel} */ const p = { kind, rows: [], at: 0, typed: "", trouble: "", el: null, data };
  p.rows = PANELS[kind].rows?.(c, "", p) || [];
  p.at = PANELS[kind].first?.(c, p.rows, p) ?? 0;
  c.panel = p;
  c.render();
  const first = /** @type {HTMLElement} */ (p.el?.querySelector("#typed, #number") || p.el);
  if (!p.form?.focus()) first?.focus();
  if (first instanceof HTMLInputElement) first.select();
}

/** @param {Console} c */
export function closePanel(c) {
  c.panel = null;
  c.render();
}

/** @param {Console} c @param {Panel} p */
function rowsOf(c, p) {
  const kind = PANELS[p.kind];
  return p.rows.map((r, i) => h(`li${i === p.at && !kind.wide ? ".on" : ""}${r.off ? ".off" : ""}`, {
    role: "option", "aria-selected": i === p.at ? "true" : "false", "aria-disabled": r.off ? "true" : null,
    onclick: () => { choose(c, i); if (!kind.ticks && !kind.fields && !kind.ends && !kind.wide) confirm(c, true); },
  }, h("kbd", null, kind.ticks ? (r.ticked ? "✓" : i + 1) : r.number || i + 1), h("strong", null, name(r.label)), h("span", null, r.text ? name(r.text) : ""), h("span.sub", null, r.tag || "")));
}

/** @param {Console} c */
function endLine(c) {
  const kind = PANELS[c.panel?.kind || ""], key = (/** @type {string[]} */ caps, /** @type {string} */ text, /** @type {() => void} */ act) =>
    h("button.btn.quiet", { type: "button", onclick: act }, caps.map((x) => h("kbd", null, x)), text);
  return h("p.win-end", null, kind.ends ? [key(["Enter"], t("then.next"), () => confirm(c, true)), key(["Shift", "Enter"], t("then.stop"), () => confirm(c, false))]
    : kind.wide ? null : key(kind.form ? ["Ctrl", "Enter"] : ["Enter"], t("key.confirm"), () => confirm(c, true)), key(["Esc"], t("key.back"), () => closePanel(c)));
}

/** The panel as it stands; built once while it is open, so that what is typed stays. @param {Console} c */
export function panelOf(c) {
  const p = /** @type {Panel} */ (c.panel), kind = PANELS[p.kind];
  if (!p.el) {
    const note = kind.note?.(c, p), above = kind.stays && !kind.form ? kind.fields?.(c, p) : null;
    const typing = kind.typing ? h("input.field", { id: "typed", placeholder: t("transfer.type"), "aria-label": t("transfer.type"), autocomplete: "off", oninput: (/** @type {any} */ e) => {
      p.typed = e.target.value;
      p.rows = kind.rows?.(c, p.typed, p) || [];
      p.at = 0;
      refresh(c);
    } }) : null;
    p.el = h("section.win-panel", { role: "dialog", "aria-modal": "true", tabindex: "-1" }, h("h1", null, kind.title(c, p)),
      h("div.win-find", null, typing, note ? h("p.note", null, h("span", null, note)) : null, h("p.note.stop", { id: "trouble", role: "alert", hidden: true }),
        above, h(`ol.win-pick${kind.wide ? ".many" : kind.ticks ? ".ticks" : kind.stays ? ".steps" : ""}`, { id: "rows", role: "listbox" }), above ? null : kind.fields?.(c, p)), endLine(c));
  }
  refresh(c);
  return p.el;
}

/** @param {Console} c */
function refresh(c) {
  const p = c.panel, rows = p?.el?.querySelector("#rows"), trouble = /** @type {HTMLElement | null} */ (p?.el?.querySelector("#trouble"));
  if (!p || !rows || !trouble) return;
  fill(rows, rowsOf(c, p));
  fill(trouble, h("span", null, p.trouble)).hidden = !p.trouble;
}

/** @param {Console} c @param {number} i */
function choose(c, i) {
  const p = c.panel;
  if (!p || !p.rows[i] || p.rows[i].off) return;
  p.at = i;
  p.trouble = "";
  if (PANELS[p.kind].ticks) p.rows[i].ticked = !p.rows[i].ticked;
  refresh(c);
}

/** @param {Console} c @param {number} step */
function move(c, step) {
  const p = c.panel;
  if (!p) return;
  for (let i = p.at + step; i >= 0 && i < p.rows.length; i += step) {
    if (p.rows[i].off) continue;
    p.at = i;
    refresh(c);
    return;
  }
}

/** @param {Console} c @param {boolean} andNext */
export async function confirm(c, andNext) {
  const p = c.panel;
  if (!p || c.busy) return;
  const row = p.rows[p.at] && !p.rows[p.at].off ? p.rows[p.at] : undefined;
  p.trouble = (await PANELS[p.kind].confirm(c, row, p, andNext).catch((e) => e.message)) || "";
  if (c.panel === p && !p.trouble && p.kind !== "help" && !PANELS[p.kind].stays) closePanel(c);
  else refresh(c);
}

/** @param {HTMLElement} el @param {boolean} back */
function keepFocus(el, back) {
  const all = /** @type {HTMLElement[]} */ ([...el.querySelectorAll("input, textarea, select, button")]);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement)), to = all[(at + (back ? -1 : 1) + all.length) % all.length];
  if (to) to.focus();
}

/** A key while a panel is open. @param {Console} c @param {KeyboardEvent} e @param {string} code */
export function panelKey(c, e, code) {
  const p = c.panel, target = /** @type {HTMLElement} */ (e.target), isField = target.matches("input, textarea, select");
  if (!p || !p.el || e.defaultPrevented) return;
  const kind = PANELS[p.kind], digit = /^Digit(\d)$/.exec(code)?.[1];
  if (code === "Escape") closePanel(c);
  else if (code === "KeyP" && e.ctrlKey && kind.form) /** @type {HTMLElement | null} */ (p.el.querySelector("[data-print]"))?.click();
  else if (code === "Tab") keepFocus(p.el, e.shiftKey);
  else if (target.matches("select, input[type=date]") && code !== "Enter") return;
  else if (code === "ArrowDown" || code === "ArrowUp") move(c, code === "ArrowDown" ? 1 : -1);
  else if (code === "Enter" && target.matches("textarea") && !e.ctrlKey) return;
  else if (code === "Enter" && target.matches("button, input[type=file]") && !e.ctrlKey) return;
  else if (code === "Enter") confirm(c, !e.shiftKey);
  else if (digit && (!isField || (kind.typing && e.altKey))) choose(c, Number(digit) - 1);
  else return;
  e.preventDefault();
}
