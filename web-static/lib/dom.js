/* Elements without markup in strings: h() builds one, fill() changes what stands in one. */

/** @typedef {Node | string | number | null | undefined | false | any[]} Child */

/** @template {Element} T @param {T} el @param {Record<string, any> | null | undefined} attributes @param {Child[]} children */
function make(el, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") el.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) el.setAttribute(key, value === true ? "" : value);
  }
  for (const c of children.flat(Infinity)) {
    if (c !== null && c !== undefined && c !== false && c !== "") el.append(c);
  }
  return el;
}

/**
 * h("button.btn.main", {onclick: f}, "text"): tag and classes, attributes and listeners, children.
 * @param {string} what @param {Record<string, any> | null} [attributes] @param {Child[]} children
 */
export function h(what, attributes, ...children) {
  const [tag, ...classes] = what.split("."), el = document.createElement(tag);
  if (classes.length) el.className = classes.join(" ");
  return make(el, attributes, children);
}

/** The same for SVG. @param {string} tag @param {Record<string, any>} attributes @param {Child[]} children */
export const svg = (tag, attributes, ...children) => make(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** Replaces what stands in el. @template {Element} T @param {T} el @param {Child[]} children */
export function fill(el, ...children) {
  el.replaceChildren();
  return make(el, null, children);
}

/** Must exist. @param {string} selector @returns {HTMLElement} */
export const $ = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));

/** A name that may break after 、，）. @param {string} text @returns {Child[]} */
export const name = (text) => text.split(/(?<=[、，）])/).flatMap((part, i) => (i ? [h("wbr"), part] : [part]));

/** A ticket: "A032", letter and digits one text. @param {string} number @param {string} [state] */
export const plate = (number, state) => h(state ? `span.plate.${state}` : "span.plate", null, h("b", null, number[0]), number.slice(1));

/** @param {number} window */
export const tile = (window) => h("span.tile", null, window);

/** @param {string} [more] a class */
export const arrow = (more = "") => svg("svg", { class: `arrow ${more}`, viewBox: "0 0 20 20", preserveAspectRatio: "xMaxYMid", "aria-hidden": "true" },
  svg("path", { d: "M1 10h16M10 2.5l7.5 7.5-7.5 7.5" }));
