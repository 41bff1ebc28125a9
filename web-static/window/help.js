/* Somebody who asks for help at a kiosk or screen: whoever is at a window hears of it. */
import { h } from "../lib/dom.js";
import { get, post } from "../lib/api.js";
import { pick, t } from "../lib/i18n.js";

/** @typedef {import("./page.js").Console} Console */

const LOOK_MS = 15000;

/** Looks for calls for help again and again while there is a window. @param {Console} c */
export function watchHelp(c) {
  const look = async () => {
    if (!c.n || !c.live) return;
    const { alarms } = await get("/alarms").catch(() => ({ alarms: c.calls })), before = JSON.stringify(c.calls);
    c.calls = alarms.filter((/** @type {any} */ a) => a.alarm.startsWith("help/"));
    if (JSON.stringify(c.calls) !== before) c.render();
  };
  setInterval(look, LOOK_MS);
  return look;
}

/** I go: whoever answers first is in the journal. @param {Console} c */
export async function answerHelp(c) {
  const [call] = c.calls;
  if (!call) return;
  await c.command(`/devices/${call.device}/help/answer`);
  c.calls = c.calls.slice(1);
  c.render();
}

/** @param {Console} c */
export const helpBand = (c) => (c.calls.length ? h("p.note.soon.win-help", { role: "alert" }, h("span", null, pick(c.calls[0].text, c.calls[0].text_en)),
  h("button.btn", { type: "button", onclick: () => answerHelp(c) }, h("kbd", null, "H"), t("help.go"))) : null);
