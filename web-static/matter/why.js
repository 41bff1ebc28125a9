/* Why a step was refused, in words, with the field that it is about. */
import { t } from "../lib/i18n.js";
import { named } from "./words.js";

/** @param {any} flow @param {string} field */
const fieldWord = (flow, field) => named(flow.fields.find((/** @type {any} */ f) => f.name === field) || { zh: field });

/** @param {any} flow @param {string} field @param {string[]} names of values */
function valueWords(flow, field, names) {
  const values = flow.fields.find((/** @type {any} */ f) => f.name === field)?.values || [];
  const words = names.map((n) => values.find((/** @type {any} */ v) => v.name === n)).map((v, i) => (v ? named(v) : names[i] === "true" ? t("yes") : names[i] === "false" ? t("no") : names[i]));
  return words.join(t("or"));
}

/** @type {Record<string, (flow: any, args: string[]) => string>} */
const GUARDS = {
  is: (flow, [f, ...v]) => t("guard.is", { field: fieldWord(flow, f), values: valueWords(flow, f, v) }),
  has: (flow, [f]) => t("guard.has", { field: fieldWord(flow, f) }),
  lacks: (flow, [f]) => t("guard.lacks", { field: fieldWord(flow, f) }),
  at_least: (flow, [f, n]) => t("guard.at_least", { field: fieldWord(flow, f), n }),
  at_most: (flow, [f, n]) => t("guard.at_most", { field: fieldWord(flow, f), n }),
  within: (flow, [f]) => t("guard.within", { field: fieldWord(flow, f) }),
  linked: (flow, [f]) => t("guard.linked", { field: fieldWord(flow, f) }),
  may_follow: (flow, [f]) => t("guard.may_follow", { field: fieldWord(flow, f) }),
  clean: (flow, [f]) => t("guard.clean", { field: fieldWord(flow, f) }),
  certified: (flow, [f]) => t("guard.certified", { field: fieldWord(flow, f) }),
};

/**
 * @param {import("../lib/ask.js").ApiError} e @param {any} flow the definition
 * @returns {{field: string, text: string}} the field to mark, or none
 */
export function whyNot(e, flow) {
  const { field = "", value = "" } = e.details || {};
  if (e.code === "GUARD") {
    const [word, ...args] = value.split(" "), say = GUARDS[word];
    return say ? { field: args[0] || "", text: say(flow, args) } : { field: "", text: e.message };
  }
  const known = flow.fields.some((/** @type {any} */ f) => f.name === field);
  return known ? { field, text: t("field.is", { field: fieldWord(flow, field), value: e.message }) } : { field: "", text: e.message };
}
