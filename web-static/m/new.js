/* What a person with a ticket of today can start on a phone: say what could not be done, or praise; whatever the hall's flows
 * offer to the holder of a ticket's link. */
import { fill, h, name, plate } from "../lib/dom.js";
import { newKey } from "../lib/api.js";
import { ask } from "../lib/ask.js";
import { pick, t } from "../lib/i18n.js";
import { formFor } from "./step.js";

/** What somebody can be asked to say by phone about a visit. */
const TOLD = new Set(["text", "person", "phone"]);

/** @param {any} x */
const named = (x) => pick(x.zh, x.en);

/** Answers what draws it anew. @param {HTMLElement} main @param {() => any} header @param {string} token the ticket's @param {number} desk its window */
export async function newMatter(main, header, token, desk) {
  const path = `/tickets/by-token/${encodeURIComponent(token)}`;
  /** @type {{kind: any, step: any} | null} */ let chosen = null;
  let trouble = "";
  const ticket = await ask("GET", path).catch(() => null), kinds = ticket ? await ask("GET", `${path}/flows`).then((a) => a.kinds, () => []) : [];
  const offers = kinds.flatMap((/** @type {any} */ k) => k.opens.map((/** @type {string} */ name) => ({ kind: k, step: k.flow.transitions.find((/** @type {any} */ x) => x.name === name) })))
    .filter((/** @type {any} */ o) => o.kind.flow.fields.some((/** @type {any} */ f) => f.type === "ticket") && o.step.need.every((/** @type {string} */ n) => TOLD.has(o.kind.flow.fields.find((/** @type {any} */ f) => f.name === n).type)));

  /** @param {any} o */
  const word = (o) => {
    const what = `${o.kind.flow.name}.${o.step.name}`;
    try {
      return t(`new.${what}`);
    } catch {
      return `${named(o.kind.flow)}　${named(o.step)}`;
    }
  };

  function choose() {
    return [h("h1", null, t("new.what")), offers.map((/** @type {any} */ o) => h("button.btn.m-offer", { type: "button", "data-open": o.step.name, onclick: () => { chosen = o; show(); } }, word(o)))];
  }

  function write() {
    const { kind, step } = /** @type {any} */ (chosen), form = formFor(kind.flow, step);
    let key = newKey();
    const send = async (/** @type {Event} */ tap) => {
      const press = /** @type {HTMLButtonElement} */ (tap.currentTarget);
      press.disabled = true; // who taps twice says it once
      try {
        const { token: link } = await ask("POST", `${path}/matters/${kind.flow.name}`, { transition: step.name, fields: await form.read() }, { "Idempotency-Key": key }, false);
        location.assign(`/m/${link}`);
      } catch (e) {
        press.disabled = false;
        if (/** @type {any} */ (e).code !== "OFFLINE") key = newKey(); // it may have been done all the same
        trouble = /** @type {Error} */ (e).message;
        const note = /** @type {HTMLElement} */ (main.querySelector("[role=alert]"));
        fill(note, trouble).hidden = false;
      }
    };
    return [h("h1", null, word(chosen)), form.el, h("p.note.stop", { role: "alert", hidden: true }), h("p.p-foot.m-two", null, h("button.btn", { type: "button", onclick: () => { chosen = null; show(); } }, t("back")), h("button.btn.main", { type: "button", onclick: send }, t("send")))];
  }

  function show() {
    const none = !ticket || !offers.length;
    const body = none ? [h("h1", null, t(ticket ? "new.none" : "none")), h("p", null, desk ? t("ask.desk", { window: desk }) : t("ask.hall"))] : chosen ? write() : choose();
    fill(main, header(), h("section.p-body.m-new", null, ticket ? [plate(ticket.number, "done"), h("p.sub", null, name(ticket.item_name))] : null, body));
  }
  show();
  return show;
}
