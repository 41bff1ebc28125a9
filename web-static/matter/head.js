/* The head of a matter: whose number it has, what it is about, who and where. */
import { h, name, plate } from "../lib/dom.js";
import { hallNow, ms } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { named, roleWord, until, whoWord } from "./words.js";

/** @typedef {import("./work.js").Work} Work */

const TITLE_MOST = 44;

/** One value of a field. @param {any} v */
export const valueWord = (v) => named(v) || v.value;
/** A field's values as people read them. @param {any} field */
export const valueText = (field) => (field.erased ? t("erased") : field.values.map(valueWord).join(t("list")));

/** @param {any} view @param {any} field @param {Work} w */
function phone(view, field, w) {
  return [valueText(field), " ", field.masked ? h("button.btn.quiet", { type: "button", "data-unmask": field.field, onclick: () => w.askUnmask(field) }, t("unmask")) : null];
}

/** Each look is recorded, so it is a deliberate one. @param {any} view @param {any} field */
function files(view, field) {
  return field.values.map((/** @type {any} */ v, /** @type {number} */ i) => [i ? t("list") : null, h("a", { href: `/api/v1/matters/${view.card.matter}/files/${v.value}`, target: "_blank", rel: "noopener" }, named(v))]);
}

/** @param {any} view @param {any} field @param {Work} w */
function fact(view, field, w) {
  const shown = field.erased ? null : { phone, file: files }[/** @type {string} */ (field.type)], value = shown ? shown(view, field, w) : name(valueText(field));
  return [h("dt", null, named(field)), h("dd", { "data-field": field.field }, value)];
}

/** Matters that it names, and that name it. @param {any} link @param {Work} w */
function linked(link, w) {
  const flow = named(link, "flow"), n = link.matter, text = link.reads ? t("link", { flow, n, state: named(link, "state") }) : t("link.shut", { flow, n });
  return [h("dt", null, t(link.back ? "link.back" : "link.to")), h("dd", null, link.reads ? h("a", { href: w.address(link.matter) }, text) : text)];
}

/** Short values stand in two columns, texts over the whole width. @param {any} view @param {Work} w */
function facts(view, w) {
  const { card } = view, short = view.fields.filter((/** @type {any} */ f) => f.type !== "text" && f.type !== "ticket" && f.type !== "matter" && f.values.length + Number(f.erased));
  return h("dl.d-facts", null, h("dt", null, t("state")), h("dd", null, h(card.ended ? "span.tag" : "span.tag.now", { id: "state", "data-state": card.state }, named(card, "state")),
    card.levels > 1 ? h("span.sub.nb", null, ` ${t("level", { n: card.level, who: roleWord(card.level_role) })}`) : null),
  h("dt", null, t("opened")), h("dd", null, until(ms(card.opened_at))), short.map((/** @type {any} */ f) => fact(view, f, w)),
  view.duty ? [h("dt", null, t("duty.then")), h("dd", null, t("duty.of", { name: whoWord(`user:${view.duty}`, w.people) }))] : null,
  view.links.map((/** @type {any} */ l) => linked(l, w)));
}

/** A head is short; what it leaves out stands below. @param {string} title */
function shortly(title) {
  const [first] = title.split(/(?<=[。！？!?\n])/), cut = first.length > TITLE_MOST ? `${[...first].slice(0, TITLE_MOST).join("")}…` : first;
  return cut.trim().replace(/。$/, "");
}

/** The texts of the matter, as they stand now, the first only if the head cuts it. @param {any} view */
function texts(view) {
  const written = view.fields.filter((/** @type {any} */ f) => f.type === "text" && (f.values.length || f.erased)), cut = written.length > 0 && shortly(view.card.title).length < valueText(written[0]).replace(/。$/, "").length;
  return shown(cut ? written : written.slice(1));
}

/** @param {any[]} all fields */
function shown(all) {
  return all.length ? h("dl.d-texts", null, all.map((/** @type {any} */ f) => [h("dt", null, named(f)), h("dd", { "data-field": f.field }, valueText(f))])) : null;
}

/** @param {any} view @param {Work} w */
export function head(view, w) {
  const { card } = view, held = ms(card.opened_at) > hallNow() - 864e5 ? "held" : "done";
  return h("section.d-head", null, h("h1", null, card.number ? plate(card.number, held) : h("span.d-no", null, t("number", { n: card.matter })), h("span.name", null, name(shortly(card.title) || named(card, "flow")))),
    facts(view, w), w.page.texts ? texts(view) : null);
}
