/* The journal, event by event, and the security log: for whoever checks the hall. Newest first. */
import { fill, h } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { clockSeconds, date } from "../lib/days.js";
import { ms } from "../lib/format.js";
import { t } from "../lib/i18n.js";

/** @typedef {import("./page.js").Admin} Admin */

const PAGE = 100, AGAIN_MS = 2000;
const ENVELOPE = new Set(["seq", "at", "day", "epoch", "actor", "of", "key", "request"]);

/** @param {string} at */
const when = (at) => h("td.nb", null, `${date(ms(at))} ${clockSeconds(ms(at))}`);

const TEXT_MOST = 300, ROWS_MOST = 3;

/** A value in short: long tables as their number of rows. @param {any} v @returns {string} */
function short(v) {
  if (Array.isArray(v)) return v.length > ROWS_MOST ? t("log.rows", { n: v.length }) : v.map(short).join(", ");
  if (v && typeof v === "object") return `{${words(v)}}`;
  return String(v);
}

/** Fields that say something, as "name: value". @param {any} body @returns {string} */
function words(body) {
  const text = Object.entries(body).filter(([, v]) => v !== "" && v !== 0 && v !== "0" && v !== null && v !== false && !(Array.isArray(v) && !v.length)).map(([k, v]) => `${k}: ${short(v)}`).join("　");
  return text.length > TEXT_MOST ? `${text.slice(0, TEXT_MOST)}…` : text;
}

/** @param {any} e */
function eventRow(e) {
  const kind = Object.keys(e).find((k) => !ENVELOPE.has(k)) || "";
  return h("tr", { "data-seq": e.seq }, h("td.nb", null, e.seq), when(e.at), h("td.nb", null, h("code", null, kind)), h("td.nb", null, e.actor ? `${e.actor.id}${e.actor.device ? ` @ ${e.actor.device}` : ""}` : ""), h("td.a-what", null, words(e[kind] || {})));
}

/** @param {any} s */
const securityRow = (s) => h("tr", null, when(s.logged_at), h("td.nb", null, h("code", null, s.kind)), h("td.nb", null, s.who), h("td.nb", null, s.address), h("td.a-what", null, s.what));

/** @param {Admin} a @param {HTMLElement} el */
export async function log(a, el) {
  let which = "journal", to = 0, filter = "", trouble = "", asked = 0;
  /** @type {any} */ let view = { events: [], security: [] };
  const list = h("div.a-scroll");

  /** True if nothing newer was asked meanwhile. */
  async function look() {
    const mine = ++asked;
    try {
      const last = Number((await get("/board")).seq), end = to || last;
      const seen = which === "journal" ? await get(`/audit?log=journal&from=${filter ? 1 : Math.max(1, end - PAGE + 1)}&to=${end}&most=${filter ? 500 : PAGE}${filter}`) : await get(`/audit?log=security&most=500${filter}`);
      if (mine === asked) [view, trouble] = [seen, ""];
    } catch (e) {
      if (mine === asked) trouble = a.explain(e);
    }
    return mine === asked;
  }

  async function load() {
    if (await look()) show();
  }

  /** The newest come by themselves: a row is on disk a moment after what it tells. What is typed stays. */
  async function follow() {
    if (!list.isConnected) return;
    if (!to && !document.hidden && await look() && !trouble) fill(list, table());
    setTimeout(follow, AGAIN_MS);
  }

  function table() {
    const rows = which === "journal" ? [...view.events].reverse().map(eventRow) : [...view.security].sort((x, y) => ms(y.logged_at) - ms(x.logged_at)).map(securityRow);
    const heads = which === "journal" ? ["log.seq", "log.at", "log.kind", "log.actor", "log.what"] : ["log.at", "log.kind", "log.actor", "log.address", "log.what"];
    return rows.length ? h("table.a-list.a-log", null, h("thead", null, h("tr", null, heads.map((x) => h("th", null, t(x))))), h("tbody", null, rows)) : h("p.sub", null, t("log.none"));
  }

  function show() {
    const choose = (/** @type {string} */ id, /** @type {string} */ text) => h("button.btn.quiet", { type: "button", "aria-pressed": which === id ? "true" : "false", onclick: () => { which = id; to = 0; filter = ""; load(); } }, text);
    const form = /** @type {HTMLFormElement} */ (h("form.a-filter", { onsubmit: (/** @type {Event} */ e) => {
      e.preventDefault();
      const data = new FormData(form);
      filter = ["kind", "actor"].filter((k) => data.get(k)).map((k) => `&${k}=${encodeURIComponent(String(data.get(k)).trim())}`).join("");
      load();
    } }, h("input.field", { name: "kind", placeholder: t("log.kind"), "aria-label": t("log.kind") }), h("input.field", { name: "actor", placeholder: t("log.actor"), "aria-label": t("log.actor") }), h("button.btn", { type: "submit" }, t("search"))));
    fill(list, table());
    const first = view.events[0] ? Number(view.events[0].seq) : 0;
    fill(el, h("section.a-box", null, h("h2", null, t("tab.log"), h("span", null, t("log.how"))), h("div.a-tabs", null, choose("journal", t("log.journal")), choose("security", t("log.security")), form),
      trouble ? h("p.note.stop", { role: "alert" }, h("span", null, trouble)) : null, list,
      which === "journal" && !filter ? h("div.a-end", null, h("button.btn", { type: "button", "aria-disabled": first > 1 ? null : "true", onclick: () => { if (first > 1) { to = first - 1; load(); } } }, t("log.older")),
        h("button.btn", { type: "button", onclick: () => { to = 0; load(); } }, t("log.newest"))) : null));
  }
  await load();
  setTimeout(follow, AGAIN_MS);
}
