/* Administration: what each role may change, every change an event in the journal. */
import { $, fill, h } from "../lib/dom.js";
import { ApiError, get } from "../lib/api.js";
import { setHallTime } from "../lib/format.js";
import { loadTexts, otherLang, setLang, t } from "../lib/i18n.js";
import { logIn, logOut, may, whoAmI } from "../lib/session.js";
import { edit } from "./editor.js";
import { log } from "./log.js";
import { alarms, matrix } from "./matrix.js";
import { devices, users } from "./people.js";
import { reprint } from "./reprint.js";
import { TABLES } from "./tables.js";

const main = $("#page");

const a = {
  /** @type {import("../lib/session.js").Me} */ me: { name: "", role: "public", kind: "", groups: [], display: "" },
  /** @type {any} */ settings: {},
  /** @type {any} */ board: { windows: [] },
  /** @type {any[]} */ alarms: [],
  async reload() {
    const [view, board, list] = await Promise.all([get("/admin/settings"), get("/board"), get("/alarms")]);
    a.settings = view.settings;
    a.board = board;
    a.alarms = list.alarms;
    setHallTime(board.at);
  },
  show: () => render(),
  /** @param {string} text */ say(text) {
    fill($("#said"), text);
    setTimeout(() => fill($("#said")), 4000);
  },
  /** What went wrong, with the field at fault. @param {any} e */ explain(e) {
    if (e.status === 401) begin(t("login.again"));
    const at = e instanceof ApiError && (e.details.field || e.details.value) ? `（${[e.details.field, e.details.value].filter((x) => x).join(" ")}）` : "";
    return e.message + at;
  },
};
/** @typedef {typeof a} Admin */

/** Each tab: who may see it, and what it shows. @type {{id: string, role: "manager" | "admin" | "auditor", show: (el: HTMLElement) => any}[]} */
const TABS = [
  { id: "windows", role: "manager", show: (el) => { const box = h("div.a-left"); fill(el, box, h("div.a-right", null, alarms(a), reprint(a))); matrix(a, box); } },
  ...TABLES.map((table) => ({ id: table.id, role: /** @type {"manager"} */ ("manager"), show: (/** @type {HTMLElement} */ el) => edit(a, table, el) })),
  { id: "users", role: "admin", show: (el) => users(a, el) },
  { id: "devices", role: "admin", show: (el) => devices(a, el) },
  { id: "log", role: "auditor", show: (el) => log(a, el) },
];

const mine = () => TABS.filter((tab) => may(a.me, tab.role));

async function render() {
  const tabs = mine(), tab = tabs.find((x) => `#${x.id}` === location.hash) || tabs[0];
  const body = h("div.a-body");
  document.title = `${t("title")} ${t(`tab.${tab.id}`)}`;
  fill(main, h("header.m-head", null, h("h1", null, t("title")), h("nav", { "aria-label": t("title") }, tabs.map((x) => h("a", { href: `#${x.id}`, "aria-current": x === tab ? "page" : null }, t(`tab.${x.id}`)))),
    h("span.r", null, h("span", { id: "said", role: "status" }), h("span", null, `${t(`role.${a.me.role}`)}　${a.me.display || a.me.name}`),
      h("button.btn.quiet", { type: "button", onclick: () => setLang(otherLang()).then(render) }, t("language")),
      h("button.btn.quiet", { type: "button", onclick: async () => { await logOut().catch(() => {}); begin(); } }, t("logout")))), body).className = "page";
  try {
    await tab.show(body);
  } catch (e) {
    fill(body, h("p.note.stop", { role: "alert" }, h("span", null, a.explain(e))));
  }
}

const isStaff = () => may(a.me, "manager") || may(a.me, "auditor");

/** @param {string} [why] */
async function begin(why = "") {
  main.className = "";
  try {
    a.me = await whoAmI();
    while (!isStaff()) a.me = await logIn(main, a.me.kind === "user" ? t("login.role", { name: a.me.name }) : why);
    if (may(a.me, "manager")) await a.reload();
    await render();
  } catch (e) {
    fill(main, h("p.note.stop", null, h("span", null, /** @type {Error} */ (e).message)));
    setTimeout(() => begin(why), 3000);
  }
}

await loadTexts("common", "days", "login", "slip", "admin");
document.title = t("title");
addEventListener("hashchange", () => main.className === "page" && render());
fill(main, h("p.sub", null, t("title")));      /* something to see while the hall is asked who is here */
begin();
