/* A slip that did not come out, printed again here, by its number. */
import { $, fill, h } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { printAgain } from "../lib/slip.js";

/** @typedef {import("./page.js").Admin} Admin */

/** @param {Admin} a */
export function reprint(a) {
  const number = /** @type {HTMLInputElement} */ (h("input.field", { id: "reprint", autocomplete: "off", spellcheck: "false", "aria-label": t("again.number"), placeholder: t("again.number") }));
  const trouble = h("p.note.stop", { role: "alert", hidden: true });
  const print = async () => {
    const [hall, catalogue] = await Promise.all([get("/hall"), get("/catalogue")]);
    return printAgain($("#paper"), number.value.trim().toUpperCase(), hall, catalogue);
  };
  return h("section.a-box", null, h("h2", null, t("again.title"), h("span", null, t("again.note"))), h("form.a-again", { onsubmit: async (/** @type {Event} */ e) => {
    e.preventDefault();
    const why = await print().catch((error) => a.explain(error));
    fill(trouble, h("span", null, why)).hidden = !why;
    number.select();
  } }, number, h("button.btn", { type: "submit" }, t("again.print"))), trouble);
}
