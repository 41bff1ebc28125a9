/* Texts: a table a language, in parts, so that a page loads only its own. */

/** @type {Record<string, string>} */ let table = {};
/** @type {Set<string>} */ const parts = new Set();
let language = "";

const KEY = "halld.lang";

/** @param {string | null} wanted */
const known = (wanted) => (/^en/i.test(wanted || "") ? "en" : /^zh/i.test(wanted || "") ? "zh-CN" : "");

/** @param {string} wanted @param {boolean} [remember] */
export async function setLang(wanted, remember = true) {
  language = wanted;
  if (remember) localStorage.setItem(KEY, wanted);
  const tables = await Promise.all([...parts].map((part) => import(`../text/${language}/${part}.js`)));
  table = Object.assign({}, ...tables.map((m) => m.default));
  document.documentElement.lang = language;
}

/** Loads parts; at first chooses the language: ?lang=, as before, Chinese. @param {string[]} wanted */
export function loadTexts(...wanted) {
  const asked = language ? "" : known(new URLSearchParams(location.search).get("lang"));
  for (const part of wanted) parts.add(part);
  return setLang(asked || language || known(localStorage.getItem(KEY)) || "zh-CN", asked !== "");
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

/** A name in the page's language, else Chinese. @param {string} zh @param {string} [en] */
export const pick = (zh, en) => (isEnglish() && en ? en : zh);
