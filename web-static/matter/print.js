/* What a definition says can be printed, on A4: the hall, the number, the fields, the lines to sign, and the person's link
 * where the sheet goes to the person. */
import { get } from "../lib/api.js";
import { fill, h, name } from "../lib/dom.js";
import { fields as hallFields, hallNow, ms } from "../lib/format.js";
import { pick, t } from "../lib/i18n.js";
import { date } from "../lib/days.js";
import { valueText, valueWord } from "./head.js";
import { limit, named, roleWord, tidy, until } from "./words.js";

/** @typedef {import("./work.js").Work} Work */

const PICTURE_MS = 2000;

/** "2026 年 3 月 9 日" @param {number} at */
const day = (at) => t("in.year", { year: hallFields(at).getUTCFullYear(), date: date(at) });

/** @param {any} view @param {string} field as the definition has it */
function row(view, field) {
  const given = view.fields.find((/** @type {any} */ f) => f.field === field), known = view.definition.fields.find((/** @type {any} */ f) => f.name === field);
  const text = given ? valueText(given) : "", list = given && given.values.length > 1 ? h("ol", null, given.values.map((/** @type {any} */ v) => h("li", null, valueWord(v)))) : null;
  return h("tr", null, h("th", null, named(known)), h("td", null, list || name(text) || "　"));
}

/** By when all of it is due. @param {any} view */
const lastDue = (view) => view.clocks.filter((/** @type {any} */ c) => c.status === "running" && c.due_at).sort((/** @type {any} */ a, /** @type {any} */ b) => ms(b.due_at) - ms(a.due_at))[0];

/** @param {any} view @param {string} role */
function sign(view, role) {
  const level = role === "level" ? view.card.level_role : role;
  return h("p", null, h("span", null, t("sign", { who: role === "person" ? t("sign.person") : roleWord(level) })), h("i"), h("span", null, t("sign.date")), h("i.short"));
}

/** The sheet. @param {any} view @param {any} print of the definition @param {Work} w @param {string} token of the person's link, or none */
function sheet(view, print, w, token) {
  const { card } = view, clock = lastDue(view), text = tidy(pick(print.text_zh || "", print.text_en));
  return [h("header", null, h("p.a4-hall", null, pick(w.hall.hall || "", w.hall.name_en)), h("h1", null, named(print)),
    h("p.a4-no", null, h("span", null, t("a4.no", { flow: named(view.definition), n: card.matter }), card.number ? `　${t("a4.ticket", { number: card.number })}` : ""), h("span", null, day(hallNow())))),
  h("table", null, h("tbody", null, print.fields.map((/** @type {string} */ f) => row(view, f)))),
  text ? h("p.a4-text", null, text) : null,
  h("p.a4-opened", null, t("a4.opened", { date: day(ms(card.opened_at)) }), clock?.due_at ? t("a4.due", { clock: named(clock), limit: limit(clock), time: until(ms(clock.due_at)) }) : ""),
  h("footer", null, h("div.a4-sign", null, print.sign.map((/** @type {string} */ s) => sign(view, s))),
    token ? h("div.a4-qr", null, h("img", { src: `/api/v1/matters/by-token/${token}/qr.svg`, alt: "" }), h("p", null, t("a4.scan"))) : null)];
}

/** An order to a department is not the person's; what the person signs or takes home is. @param {any} view @param {any} print */
const goesToPerson = (view, print) => view.definition.read.includes("person") && (print.sign.includes("person") || !print.sign.includes("level"));

/** Draws the sheet into the page's paper and prints it. @param {HTMLElement} paper @param {any} view @param {string} which @param {Work} w */
export async function printMatter(paper, view, which, w) {
  const print = view.definition.prints.find((/** @type {any} */ p) => p.name === which);
  if (!print) return;
  const token = goesToPerson(view, print) ? await get(`/matters/${view.card.matter}/slip`).then((v) => v.token, () => "") : "";
  fill(paper, sheet(view, print, w, token));
  const pictures = [...paper.querySelectorAll("img")].map((img) => img.decode().catch(() => {}));
  await Promise.race([Promise.all(pictures), new Promise((resolve) => setTimeout(resolve, PICTURE_MS))]);
  window.print();
}
