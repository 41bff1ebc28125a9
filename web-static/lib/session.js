/* Who I am: a person by name and password, or a device by its pairing. Texts of the part "login". */
import { get, post, api, setCsrf } from "./api.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {{name: string, role: string, kind: string, csrf?: string, window?: number, groups: string[], display: string}} Me */

const RANK = { clerk: ["clerk", "desk", "manager", "admin"], manager: ["manager", "admin"], admin: ["admin"], auditor: ["auditor", "admin"] };

/** @returns {Promise<Me>} */
export async function whoAmI() {
  const me = await get("/me");
  setCsrf(me.csrf);
  return me;
}

/** Does my role include this one? @param {Me} me @param {keyof typeof RANK} role */
export const may = (me, role) => RANK[role].includes(me.role);

export async function logOut() {
  await api("DELETE", "/session");
  setCsrf("");
}

/** @param {string} id @param {string} label @param {Record<string, string>} attributes */
function field(id, label, attributes) {
  return h("label", { for: id }, label, h("input.field", { id, name: id, required: true, spellcheck: "false", autocapitalize: "off", ...attributes }));
}

/**
 * Fills el with the login form; resolves when somebody is in.
 * @param {HTMLElement} el @param {string} [why] @returns {Promise<Me>}
 */
export function logIn(el, why = "") {
  return new Promise((resolve) => {
    const trouble = h("p.note.stop", { role: "alert", hidden: !why }, h("span", null, why));
    const button = h("button.btn.main", { type: "submit" }, t("login"));
    const form = /** @type {HTMLFormElement} */ (h("form.login.card", {
      onsubmit: async (/** @type {Event} */ e) => {
        e.preventDefault();
        button.setAttribute("aria-disabled", "true");
        fill(button, t("login.wait"));
        try {
          const data = new FormData(form);
          const me = await post("/session", { name: data.get("name"), password: data.get("password") });
          setCsrf(me.csrf);
          resolve(me);
        } catch (error) {
          fill(trouble, h("span", null, /** @type {Error} */ (error).message)).hidden = false;
          fill(button, t("login")).removeAttribute("aria-disabled");
          /** @type {HTMLInputElement} */ (form.elements.namedItem("password")).select();
        }
      },
    }, h("h1", null, t("login.title")), field("name", t("login.name"), { autocomplete: "username" }),
    field("password", t("login.password"), { type: "password", autocomplete: "current-password" }), trouble, button));
    fill(el, h("div.login-page", null, form));
    /** @type {HTMLElement} */ (form.elements.namedItem("name")).focus();
  });
}

/** Pairs this page. @param {string} code @returns {Promise<Me>} */
export async function pair(code) {
  const me = await post("/pair", { code });
  setCsrf(me.csrf);
  return me;
}

/** A code that came with the page's address; it is taken out of it at once. */
export function codeInAddress() {
  const code = /^#pair=(\d{8})$/.exec(location.hash)?.[1] || "";
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

/**
 * Fills el with the entry of a pairing code; resolves when the page is paired.
 * @param {HTMLElement} el @param {string} [why] @returns {Promise<Me>}
 */
export function pairByCode(el, why = "") {
  addEventListener("hashchange", () => location.reload());    /* the address with its code, given to a page that is open */
  return new Promise((resolve) => {
    let code = "", trouble = why;
    const shown = h("p.pair-code", { "aria-live": "polite" }), note = h("p.note.stop", { role: "alert" });
    const press = async (/** @type {string} */ key) => {
      code = key === "clear" ? "" : key === "delete" ? code.slice(0, -1) : (code + key).slice(0, 8);
      trouble = "";
      show();
      if (code.length < 8) return;
      try {
        const me = await pair(code);
        removeEventListener("keydown", typed);
        resolve(me);
      } catch (e) {
        code = "";
        trouble = /** @type {Error} */ (e).message;
        show();
      }
    };
    const show = () => {
      fill(shown, ...Array.from({ length: 8 }, (_, i) => h("span", null, code[i] || "–")));
      fill(note, h("span", null, trouble)).hidden = !trouble;
    };
    const typed = (/** @type {KeyboardEvent} */ e) => {
      if (/^\d$/.test(e.key)) press(e.key);
      else if (e.key === "Backspace") press("delete");
    };
    const key = (/** @type {string} */ k, /** @type {string} */ label = k) => h("button.btn", { type: "button", onclick: () => press(k) }, label);
    addEventListener("keydown", typed);
    fill(el, h("div.pair-page", null, h("h1", null, t("pair.title")), h("p", null, t("pair.text")), shown, note,
      h("div.pair-keys", null, ..."123456789".split("").map((k) => key(k)), key("clear", t("pair.clear")), key("0"), key("delete", t("pair.delete"))),
      h("p.sub", null, t("pair.where"))));
    show();
  });
}
