/* Texts: one table per language, in parts, so that a page loads only its own. Chinese first, English second. */

/** @type {Record<string, string>} */ let table = {};
/** @type {string[]} */ const parts = [];
let language = "zh-CN";

const KEY = "halld.lang";

/** @param {string | null} wanted */
const known = (wanted) => (/^en/i.test(wanted || "") ? "en" : /^zh/i.test(wanted || "") ? "zh-CN" : "");

/** @param {string} wanted @param {boolean} [remember] */
export async function setLang(wanted, remember = true) {
  language = wanted;
  if (remember) localStorage.setItem(KEY, wanted);
  const tables = await Promise.all(parts.map((part) => import(`../text/${language}/${part}.js`)));
  table = Object.assign({}, ...tables.map((m) => m.default));
  document.documentElement.lang = language;
}

/** Chooses the language (?lang=, else as chosen before, else Chinese); loads the parts. @param {string[]} wanted */
export function loadTexts(...wanted) {
  const asked = known(new URLSearchParams(location.search).get("lang"));
  parts.push(...wanted);
  return setLang(asked || known(localStorage.getItem(KEY)) || "zh-CN", asked !== "");
}

export const lang = () => language;
export const isEnglish = () => language === "en";
export const otherLang = () => (isEnglish() ? "zh-CN" : "en");

/** A text by its key; {name} is replaced. @param {string} key @param {Record<string, string | number>} [args] */
export function t(key, args = {}) {
  const text = table[key];
  if (text === undefined) throw new Error(`no text ${key} in ${language}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(args[name]));
}

/** A name in the language of the page, else in Chinese. @param {string} zh @param {string} [en] */
export const pick = (zh, en) => (isEnglish() && en ? en : zh);
