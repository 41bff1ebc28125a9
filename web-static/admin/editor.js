/* One editor for all tables: a list of rows, a form for one of them, and saving as one change. */
import { fill, h, name } from "../lib/dom.js";
import { api, post } from "../lib/api.js";
import { fields, ms } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { apiName, DEFAULTS } from "./tables.js";

/** @typedef {import("./page.js").Admin} Admin */
/** @typedef {import("./tables.js").Table} Table */
/** @typedef {import("./tables.js").Field} Field */

const ROWS_MOST = 200;

/** "2026-03-10T09:00" of the hall. @param {string} value */
const localText = (value) => fields(ms(value)).toISOString().slice(0, 16);

/** @param {string} text as localText makes it */
const momentOf = (text) => new Date(Date.parse(`${text}Z`) - (+fields(0))).toISOString().replace(/\.\d+Z$/, "Z");

/** A value as text for a list. @param {Field} f @param {any} value */
function shown(f, value) {
  if (f.kind === "bool") return value ? t("yes") : t("no");
  if (f.kind === "minutes") return t("minutes", { n: Math.round((value || 0) / 60) });
  if (f.kind === "lines") return (value || []).join("　") || t("closed");
  if (f.kind === "moment") return ms(value) ? localText(value).replace("T", " ") : t(`${f.id}.0`);
  if (f.words) return t(`${f.prefix}${value}`);
  return value === undefined || value === null ? "" : String(value);
}

/** A value as text for a field. @param {Field} f @param {any} value @returns {string} */
function typed(f, value) {
  if (f.kind === "minutes") return String(Math.round(((value || 0) / 60) * 10) / 10);
  if (f.kind === "lines") return (value || []).join("\n");
  if (f.kind === "limit") return value ? String(value.n) : "";
  if (f.kind === "moment") return ms(value) ? localText(value) : "";
  if (f.kind === "materials") return (value || []).map((/** @type {any} */ m) => `${m.may_follow ? "* " : ""}${m.name}${m.name_en ? ` | ${m.name_en}` : ""}`).join("\n");
  return value === undefined || value === null ? "" : String(value);
}

/** One a line: "* 名称 | English", the star for what may follow later. @param {string} text @param {any[]} before */
function materialsOf(text, before) {
  return text.split("\n").map((x) => x.trim()).filter((x) => x).map((line, i) => {
    const [zh, en = ""] = line.replace(/^\*\s*/, "").split("|").map((x) => x.trim()), old = before.find((m) => m.name === zh);
    return { material: old ? old.material : `m${i + 1}`, name: zh, name_en: en, may_follow: line.startsWith("*") };
  });
}

/** What stands in a field, as the API wants it. @param {Field} f @param {any} el @param {any} row */
function read(f, el, row) {
  const text = String(el.value).trim();
  if (f.kind === "bool") return el.checked;
  if (f.kind === "minutes") return Math.round(Number(text) * 60) || 0;
  if (f.kind === "lines") return text.split("\n").map((x) => x.trim()).filter((x) => x);
  if (f.kind === "limit") return text ? { n: Number(text), unit: "working_days" } : null;
  if (f.kind === "materials") return materialsOf(text, row.materials || []);
  if (f.kind === "moment") return text ? momentOf(text) : null;
  if (f.kind === "number") return text === "" ? null : Number(text);
  return text;
}

/** @param {Table} table @param {Field} f @param {any} row @param {boolean} isNew */
function field(table, f, row, isNew) {
  const value = row[f.id], id = `f-${f.id}`, locked = !isNew && f.id === table.key;
  const label = [t(`f.${f.label || f.id}`), table.single && f.id in DEFAULTS ? h("small", null, t("default.is", { n: DEFAULTS[f.id] })) : null, f.id === "materials" ? h("small", null, t("materials.how")) : null,
    f.id === "open" ? h("small", null, t("open.how")) : null];
  if (f.kind === "bool") return h("label.check", null, h("input", { id, type: "checkbox", checked: Boolean(value) }), label);
  const input = f.words ? h("select.field", { id }, f.words.map((w) => h("option", { value: w, selected: w === value }, t(`${f.prefix}${w}`))))
    : f.kind === "lines" || f.kind === "materials" || f.wide ? h("textarea.field", { id, rows: f.kind ? 5 : 3 }, typed(f, value))
      : h("input.field", { id, value: typed(f, value), type: f.kind === "moment" ? "datetime-local" : null, inputmode: f.kind && f.kind !== "text" && f.kind !== "moment" ? "decimal" : null, readonly: locked, autocomplete: "off", spellcheck: "false" });
  return h(f.wide ? "label.wide" : "label", null, label, input);
}

/** @param {Admin} a @param {Table} table @returns {any[]} */
const rowsOf = (a, table) => (table.single ? [a.settings[table.id] || {}] : a.settings[apiName(table)] || []);

/** @param {Admin} a @param {Table} table @param {any} row @param {boolean} isNew @param {HTMLElement} form */
async function save(a, table, row, isNew, form) {
  /** @type {Record<string, any>} */ const body = {};
  for (const f of table.fields) {
    const value = read(f, form.querySelector(`#f-${f.id}`), row), before = row[f.id] === undefined ? null : row[f.id];
    if (isNew ? value !== null && value !== "" : JSON.stringify(value) !== JSON.stringify(before) && !(before === null && value === "")) body[f.id] = value;
  }
  if (isNew && rowsOf(a, table).some((r) => String(r[table.key]) === String(body[table.key]))) throw new Error(t("exists", { key: String(body[table.key]) }));
  const path = `/admin/${apiName(table)}`;
  if (isNew) await post(path, body);
  else await api("PATCH", table.single ? path : `${path}/${encodeURIComponent(row[table.key])}`, body);
}

/**
 * The form of one row. @param {Admin} a @param {Table} table @param {any} row @param {boolean} isNew @param {() => void} close
 * @returns {HTMLElement}
 */
function formOf(a, table, row, isNew, close) {
  const trouble = h("p.note.stop", { role: "alert", hidden: true });
  const run = async (/** @type {() => Promise<any>} */ what) => {
    try {
      await what();
      await a.reload();
      a.say(t("saved"));
      close();
    } catch (e) {
      fill(trouble, h("span", null, a.explain(e))).hidden = false;
    }
  };
  const remove = h("button.btn.no", { type: "button", onclick: () => {
    if (remove.dataset.sure) run(() => api("DELETE", `/admin/${apiName(table)}/${encodeURIComponent(row[table.key])}`));
    else { remove.dataset.sure = "1"; fill(remove, t("remove.sure")); }
  } }, t("remove"));
  const form = h("form.a-form", { onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); run(() => save(a, table, row, isNew, form)); } },
    h("div.a-fields", null, table.fields.map((f) => field(table, f, row, isNew))), trouble,
    h("div.a-end", null, h("button.btn.main", { type: "submit" }, t("save")), isNew || table.single ? null : remove, table.single ? null : h("button.btn.quiet", { type: "button", onclick: close }, t("back"))));
  return form;
}

/** @param {Admin} a @param {Table} table @param {HTMLElement} el */
export function edit(a, table, el) {
  let wanted = "";
  const list = h("div.a-scroll");
  const columns = table.fields.filter((f) => f.list);
  const open = (/** @type {any} */ row, isNew = false) => fill(el, h("section.a-box", null, h("h2", null, isNew ? t("new.row", { table: t(`tab.${table.id}`) }) : `${t(`tab.${table.id}`)} ${row[table.key] ?? ""}`),
    formOf(a, table, row, isNew, () => edit(a, table, el))));
  if (table.single) return open(rowsOf(a, table)[0]);
  const show = () => {
    const fits = (/** @type {any} */ row) => !wanted || columns.some((f) => String(row[f.id] ?? "").toLowerCase().includes(wanted)) || (row.initials || "").includes(wanted);
    const rows = rowsOf(a, table).filter(fits), some = rows.slice(0, ROWS_MOST);
    fill(list, h("table.a-list", null, h("thead", null, h("tr", null, columns.map((f) => h("th", null, t(`f.${f.label || f.id}`))))),
      h("tbody", null, some.map((row) => h("tr", { tabindex: "0", "data-row": row[table.key], onclick: () => open(row), onkeydown: (/** @type {KeyboardEvent} */ e) => e.code === "Enter" && open(row) },
        columns.map((f) => h("td", null, name(shown(f, row[f.id])), f.id === "name" && row.example ? [" ", h("span.tag.soon", null, t("example"))] : null)))))),
    rows.length > some.length ? h("p.sub", null, t("more", { n: rows.length - some.length })) : null);
  };
  const search = table.search ? h("input.field", { type: "search", "aria-label": t("search"), placeholder: t("search"), oninput: (/** @type {any} */ e) => { wanted = e.target.value.trim().toLowerCase(); show(); } }) : null;
  fill(el, h("section.a-box", null, h("h2", null, t(`tab.${table.id}`), h("button.btn", { type: "button", onclick: () => open({}, true) }, t("new"))), search, list));
  show();
}
