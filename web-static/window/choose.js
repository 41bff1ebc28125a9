/* Which window today: one's own, a free one, or, for a manager, somebody's. */
import { fill, h, tile } from "../lib/dom.js";
import { get, post } from "../lib/api.js";
import { pick, t } from "../lib/i18n.js";
import { may } from "../lib/session.js";

/** @typedef {import("../lib/session.js").Me} Me */

/**
 * Fills el with the windows; resolves with the number of the one that is open now and mine. 0: somebody logs out.
 * @param {HTMLElement} el @param {Me} me @param {{logOut: () => void, otherLanguage: () => void}} actions @returns {Promise<number>}
 */
export async function chooseWindow(el, me, actions) {
  /** @type {any[]} */ let windows = (await get("/windows")).windows;
  const free = windows.findIndex((w) => w.window.state === "closed");
  let at = Math.max(0, free), typed = "", trouble = me.window ? t("choose.elsewhere", { n: me.window }) : "", taking = 0;
  return new Promise((resolve) => {
    const done = (/** @type {number} */ n) => { removeEventListener("keydown", key); resolve(n); };
    const mayEnter = (/** @type {any} */ w) => w.clerk === me.name || me.kind === "device";
    const action = (/** @type {any} */ w) => (w.window.state === "closed" ? "open" : mayEnter(w) ? "go" : may(me, "manager") ? "take" : "");

    async function enter() {
      const w = windows[at], what = w && action(w), n = w?.window.window;
      if (!what) return;
      try {
        if (what === "open") await post(`/windows/${n}/open`);
        if (what === "take" && taking !== n) { taking = n; return show(); }
        if (what === "take") {
          const reason = /** @type {HTMLInputElement} */ (el.querySelector("#reason")).value.trim();
          if (!reason) { trouble = t("take.need"); return show(); }
          await post(`/windows/${n}/take-over`, { reason });
        }
        done(n);
      } catch (e) {
        trouble = /** @type {Error} */ (e).message;
        windows = (await get("/windows").catch(() => ({ windows }))).windows;
        show();
      }
    }

    function row(/** @type {any} */ w, /** @type {number} */ i) {
      const what = action(w), used = w.window.state !== "closed";
      return h(`li${i === at ? ".on" : ""}${what ? "" : ".off"}`, { role: "option", "aria-selected": i === at ? "true" : "false", "data-window": w.window.window, onclick: () => { at = i; enter(); } },
        tile(w.window.window), h("strong", null, pick(w.window.name, w.window.name_en)),
        h("span", null, !used ? t("choose.free") : mayEnter(w) && w.clerk ? t("choose.mine") : t("choose.used", { clerk: w.clerk || "–" }), `　${t(`state.${w.window.state}`)}`), h("span.sub", null, what ? t(`choose.${what}`) : ""));
    }

    function show() {
      const w = windows[at];
      fill(el, h("div.win-choose", null, h("header", null, h("h1", null, t("choose.title")), h("p.sub", null, `${me.display || ""}　${me.name}　${t(`role.${me.role}`)}`),
        h("button.btn.quiet", { type: "button", onclick: () => { done(0); actions.otherLanguage(); } }, t("language")),
        h("button.btn.quiet", { type: "button", onclick: () => { done(0); actions.logOut(); } }, t("logout"))),
      h("p", null, t("choose.text")), trouble ? h("p.note.stop", { role: "alert" }, h("span", null, trouble)) : null,
      taking ? h("div.card", null, h("h2", null, t("take.title", { n: taking })), h("p", null, t("take.text", { clerk: w.clerk || "–" })), h("label.win-field", null, t("class.reason"), h("input.field", { id: "reason", maxlength: 200 })),
        h("button.btn.main", { type: "button", onclick: enter }, t("choose.take"))) : null,
      h("ol.win-pick", { role: "listbox" }, windows.map(row))));
      /** @type {HTMLElement | null} */ (el.querySelector("#reason"))?.focus();
      el.querySelector(".on")?.scrollIntoView({ block: "nearest" });
    }

    function key(/** @type {KeyboardEvent} */ e) {
      const digit = /(\d)$/.exec(e.code)?.[1], isField = /** @type {HTMLElement} */ (e.target).matches("input");
      if (e.repeat || e.isComposing) return;
      if (e.code === "ArrowDown" || e.code === "ArrowUp") at = Math.min(windows.length - 1, Math.max(0, at + (e.code === "ArrowDown" ? 1 : -1)));
      else if (e.code === "Escape") { taking = 0; typed = trouble = ""; }
      else if (e.code === "Enter" || e.code === "NumpadEnter") { typed = ""; e.preventDefault(); return void enter(); }
      else if (digit && !isField) {
        typed = (typed + digit).slice(-3);
        let i = windows.findIndex((w) => String(w.window.window) === typed);
        if (i < 0) { typed = digit; i = windows.findIndex((w) => String(w.window.window) === digit); }
        if (i >= 0) at = i;
      } else return;
      if (!isField || e.code === "Escape") show();
      e.preventDefault();
    }

    addEventListener("keydown", key);
    show();
  });
}
