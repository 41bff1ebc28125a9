/* What for: a line of the hall's by its everyday name, or one item by name or pinyin initials. */
import { fill, h, name } from "../lib/dom.js";
import { pick, t } from "../lib/i18n.js";
import { find } from "../kiosk/find.js";

/** @typedef {import("./page.js").Page} Page */

/** Finds no item: a phone need not load them all. */
const NOTHING = "~";
const ASK_AFTER_MS = 250;
let typed = "";
/** @type {any} */ let catalogue = { queues: [], groups: [], items: [] };
/** @type {any[]} */ let usual = [];
/** @type {any} */ let timer = 0;

/** @param {Page} p @param {string} item */
const take = (p, item) => p.go(`/book/?item=${encodeURIComponent(item)}`);
/** @param {string} queue */
const queueOf = (queue) => catalogue.queues.find((/** @type {any} */ q) => q.queue === queue) || { name: "" };

/** @param {Page} p @param {any} queue */
function line(p, queue) {
  const item = usual.find((i) => i.item === queue.default_item);
  return h("li", null, h("button.b-line", { type: "button", "data-queue": queue.queue, onclick: () => take(p, queue.default_item) }, h("span.q", null, queue.queue),
    h("span", null, h("strong", null, pick(queue.name, queue.name_en)), item ? h("small", null, name(pick(item.name, item.name_en))) : null)));
}

/** @param {Page} p @param {import("../kiosk/find.js").Hit} hit */
function hitRow(p, hit) {
  const [first] = hit.items, queue = queueOf(first.queue), group = catalogue.groups.find((/** @type {any} */ g) => g.group === first.group);
  const small = h("small", null, `${pick(queue.name, queue.name_en)}　${group ? pick(group.name, group.name_en) : ""}`);
  const title = name(pick(hit.title, hit.kinds.length ? "" : first.name_en));
  if (!queue.bookable) return h("li.b-hit", null, h("strong", null, title), small, h("p.sub", null, t("walk.in")));
  if (!hit.kinds.length) return h("li", null, h("button.b-line", { type: "button", "data-item": first.item, onclick: () => take(p, first.item) }, h("span.q", null, first.queue), h("span", null, h("strong", null, title), small)));
  return h("li.b-hit", null, h("strong", null, title), small,
    h("p.b-kinds", null, hit.items.map((i, n) => h("button.btn", { type: "button", "data-item": i.item, onclick: () => take(p, i.item) }, name(hit.kinds[n])))));
}

/** @param {Page} p */
function list(p) {
  if (typed) {
    const { hits } = find(catalogue.items, typed);
    return hits.length ? h("ul.b-lines", null, hits.map((x) => hitRow(p, x))) : h("p.sub", { role: "status" }, t("none.found"));
  }
  const others = catalogue.queues.filter((/** @type {any} */ q) => !q.bookable).map((/** @type {any} */ q) => pick(q.name, q.name_en));
  return [h("ul.b-lines", null, catalogue.queues.filter((/** @type {any} */ q) => q.bookable).map((/** @type {any} */ q) => line(p, q))),
    others.length ? h("p.sub", null, t("others", { names: others.join(t("list")) })) : null];
}

/** @param {Page} p */
async function search(p) {
  const asked = typed, answer = await p.ask("GET", `/catalogue?q=${encodeURIComponent(asked || NOTHING)}`);
  if (answer && asked === typed) catalogue = answer;
  const el = document.getElementById("found");
  if (el && !p.trouble) fill(el, list(p));
  else if (p.step === what) p.render();
}

/** @type {import("./page.js").Step} */
export const what = {
  title: () => t("title"),
  async enter(p) {
    typed = "";
    catalogue = (await p.ask("GET", `/catalogue?q=${NOTHING}`)) || catalogue;
    if (usual.length) return;
    const items = await Promise.all(catalogue.queues.map((/** @type {any} */ q) => p.ask("GET", `/catalogue?q=${encodeURIComponent(q.default_item)}`)));
    usual = items.flatMap((a) => a?.items || []);
  },
  body: (p) => [h("h1", null, t("what")), h("p.sub", null, t("what.do")),
    h("label.b-find", null, h("span", null, t("find")), h("input.b-field", { id: "typed", type: "search", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search", placeholder: t("find.for"), value: typed,
      oninput: (/** @type {any} */ e) => {
        typed = e.target.value.trim();
        clearTimeout(timer);
        timer = setTimeout(() => search(p), ASK_AFTER_MS);
      } })), h("div.b-found", { id: "found" }, list(p))],
  foot: () => [],
};
