/* Users and devices. A generated password, a token and a pairing code are shown once, and never again. */
import { fill, h } from "../lib/dom.js";
import { api, get, post } from "../lib/api.js";
import { date, clockSeconds } from "../lib/days.js";
import { ms } from "../lib/format.js";
import { t } from "../lib/i18n.js";

/** @typedef {import("./page.js").Admin} Admin */

const USER_ROLES = ["clerk", "desk", "manager", "admin", "auditor"], DEVICE_ROLES = ["kiosk", "screen", "clerk"];

/** @param {string} id @param {string} label @param {Record<string, any>} [more] */
const input = (id, label, more) => h("label", null, label, h("input.field", { id, name: id, autocomplete: "off", spellcheck: "false", ...more }));
/** @param {string} label @param {string[]} roles @param {string} [chosen] */
const roleField = (label, roles, chosen) => h("label", null, label, h("select.field", { name: "role", id: "role" }, roles.map((r) => h("option", { value: r, selected: r === chosen }, t(`role.${r}`)))));

/** What is said once, until it is put away. @param {string} title @param {[string, string][]} lines @param {() => void} close */
function once(title, lines, close) {
  return h("section.a-box.a-once", { role: "alert" }, h("h2", null, title), h("p.note.soon", null, h("span", null, t("once"))),
    h("dl", null, lines.map(([term, value]) => [h("dt", null, term), h("dd", null, h("code", null, value))])),
    h("div.a-end", null, h("button.btn.main", { type: "button", onclick: close }, t("once.done"))));
}

/** @param {Admin} a @param {HTMLElement} trouble @param {() => Promise<any>} what */
async function attempt(a, trouble, what) {
  try {
    await what();
  } catch (e) {
    fill(trouble, h("span", null, a.explain(e))).hidden = false;
  }
}

/** Asks once more before it acts. @param {string} text @param {string} sure @param {() => void} act @param {string} [kind] */
function careful(text, sure, act, kind = "button.btn.no") {
  const button = h(kind, { type: "button", onclick: () => {
    if (button.dataset.sure) act();
    else { button.dataset.sure = "1"; fill(button, sure); }
  } }, text);
  return button;
}

/** @param {Admin} a @param {HTMLElement} el @param {any} [said] */
export async function users(a, el, said) {
  const { users: list } = await get("/admin/users"), trouble = h("p.note.stop", { role: "alert", hidden: true });
  const again = (/** @type {any} */ answer) => users(a, el, answer);
  const row = (/** @type {any} */ u) => h("tr", { "data-user": u.name }, h("td", null, h("strong", null, u.name)), h("td", null, u.display), h("td", null, t(`role.${u.role}`)), h("td", null, u.groups.join("　")),
    h("td", null, u.disabled ? h("span.tag.stop", null, t("disabled")) : t("active")),
    h("td.acts", null, careful(t("new.password"), t("new.password.sure"), () => attempt(a, trouble, async () => again(await post("/admin/users", { name: u.name, role: u.role, display: u.display, groups: u.groups, disabled: u.disabled }))), "button.btn"),
      h("button.btn", { type: "button", onclick: () => attempt(a, trouble, async () => { await api("PATCH", `/admin/users/${encodeURIComponent(u.name)}`, { disabled: !u.disabled }); again(null); }) }, u.disabled ? t("enable") : t("disable")),
      careful(t("remove"), t("remove.sure"), () => attempt(a, trouble, async () => { await api("DELETE", `/admin/users/${encodeURIComponent(u.name)}`); again(null); }))));
  const form = /** @type {HTMLFormElement} */ (h("form.a-form", { onsubmit: (/** @type {Event} */ e) => {
    e.preventDefault();
    const data = new FormData(form), password = String(data.get("password"));
    if (list.some((/** @type {any} */ u) => u.name === data.get("name"))) return void (fill(trouble, h("span", null, t("exists", { key: String(data.get("name")) }))).hidden = false);
    attempt(a, trouble, async () => again(await post("/admin/users", { name: data.get("name"), role: data.get("role"), display: data.get("display"), groups: String(data.get("groups")).split(/[\s,，]+/).filter((x) => x), ...(password ? { password } : {}) })));
  } }, h("div.a-fields", null, input("name", t("login.name"), { required: true }), input("display", t("f.display")), roleField(t("f.role"), USER_ROLES, "clerk"), input("groups", t("f.user_groups")),
    input("password", t("password.optional"), { type: "password", autocomplete: "new-password" })), trouble, h("div.a-end", null, h("button.btn.main", { type: "submit" }, t("add.user")))));
  fill(el, said && said.password ? once(t("password.of", { name: said.name }), [[t("login.name"), said.name], [t("login.password"), said.password]], () => again(null)) : null,
    h("section.a-box", null, h("h2", null, t("tab.users"), h("span", null, t("users.n", { n: list.length }))), h("div.a-scroll", null, h("table.a-list", null, h("tbody", null, list.map(row))))),
    h("section.a-box", null, h("h2", null, t("add.user")), form));
}

const PRINTERS = ["ok", "low", "out", "failed"];

/** How bad it is: those that need somebody stand first. @param {any} d */
const needOf = (d) => (d.help_at ? PRINTERS.length : Math.max(0, PRINTERS.indexOf(d.printer)));

/** What the device says of itself. @param {any} d */
function stateOf(d) {
  const words = [d.help_at ? h("span.tag.stop", null, t("device.help")) : null, d.printer ? h(d.printer === "ok" ? "span.tag" : d.printer === "low" ? "span.tag.soon" : "span.tag.stop", null, t(`printer.${d.printer}`)) : null,
    h("span", null, d.heard_at ? t("heard", { time: clockSeconds(ms(d.heard_at)) }) : t("heard.none"))];
  return words.filter((x) => x).flatMap((x, i) => (i ? [" ", x] : [x]));
}

/** @param {Admin} a @param {HTMLElement} el @param {any} [said] */
export async function devices(a, el, said) {
  const { devices: list } = await get("/admin/devices"), trouble = h("p.note.stop", { role: "alert", hidden: true });
  const again = (/** @type {any} */ answer) => devices(a, el, answer);
  const until = (/** @type {any} */ d) => (ms(d.expires_at) ? `${date(ms(d.expires_at))} ${clockSeconds(ms(d.expires_at))}` : t("no.end"));
  const row = (/** @type {any} */ d) => h("tr", { "data-device": d.name }, h("td", null, h("strong", null, d.name)), h("td", null, t(`role.${d.role}`)), h("td", null, d.place), h("td", null, stateOf(d)), h("td", null, until(d)),
    h("td.acts", null, careful(t("new.code"), t("new.code.sure"), () => attempt(a, trouble, async () => again(await post(`/admin/devices/${encodeURIComponent(d.name)}/token`))), "button.btn"),
      careful(t("remove"), t("remove.sure"), () => attempt(a, trouble, async () => { await api("DELETE", `/admin/devices/${encodeURIComponent(d.name)}`); again(null); }))));
  const form = /** @type {HTMLFormElement} */ (h("form.a-form", { onsubmit: (/** @type {Event} */ e) => {
    e.preventDefault();
    const data = new FormData(form), days = Number(data.get("days"));
    if (list.some((/** @type {any} */ d) => d.name === data.get("name"))) return void (fill(trouble, h("span", null, t("exists", { key: String(data.get("name")) }))).hidden = false);
    attempt(a, trouble, async () => again(await post("/admin/devices", { name: data.get("name"), role: data.get("role"), place: data.get("place"), ...(days ? { days } : {}) })));
  } }, h("div.a-fields", null, input("name", t("f.device"), { required: true }), roleField(t("f.kind"), DEVICE_ROLES, "kiosk"), input("place", t("f.place")), input("days", t("days.optional"), { inputmode: "numeric" })), trouble,
  h("div.a-end", null, h("button.btn.main", { type: "submit" }, t("add.device")))));
  const page = said && (said.role === "kiosk" || said.role === "screen") ? `${location.origin}/${said.role}/` : "";
  fill(el, said && said.code ? once(t("code.of", { name: said.name }), [[t("code.code"), said.code.replace(/(\d{4})/, "$1 ")], ...(page ? [/** @type {[string, string]} */ ([t("code.page"), page])] : []), [t("code.token"), said.token]], () => again(null)) : null,
    h("section.a-box", null, h("h2", null, t("tab.devices"), h("span", null, t("devices.n", { n: list.length }))), h("div.a-scroll", null, h("table.a-list", null, h("tbody", null, list.sort((/** @type {any} */ x, /** @type {any} */ y) => needOf(y) - needOf(x)).map(row))))),
    h("section.a-box", null, h("h2", null, t("add.device")), h("p.sub", null, t("code.how")), form));
}
