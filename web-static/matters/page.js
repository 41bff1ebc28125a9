/* Any kind of matter without a page of its own: ?flow=NAME; without a name, the kinds to choose from. */
import { $, fill, h } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { loadTexts, otherLang, setLang, t } from "../lib/i18n.js";
import { logIn, logOut, may, whoAmI } from "../lib/session.js";
import { start } from "../matter/page.js";
import { named } from "../matter/words.js";

const main = $("#page"), flow = new URLSearchParams(location.search).get("flow");

/** @param {any} k */
const kind = (k) => h("li", null, h("a.card", { href: k.page || `/matters/?flow=${k.flow.name}`, "data-flow": k.flow.name }, h("strong", null, named(k.flow)),
  h("p", null, t("kind.open", { n: k.open }), k.red ? ["　", h("span.tag.stop", null, t("red", { n: k.red }))] : null, k.yellow ? ["　", h("span.tag.soon", null, t("yellow", { n: k.yellow }))] : null), k.opens.length ? h("span.sub", null, t("kind.opens")) : null));

/** @param {string} [why] */
async function choose(why) {
  let me = await whoAmI();
  while (!may(me, "clerk") && !may(me, "auditor")) me = await logIn(main, me.kind === "user" ? t("login.role", { name: me.name }) : why);
  const { kinds } = await get("/flows"), mine = kinds.filter((/** @type {any} */ k) => k.reads || k.opens.length);
  document.title = t("title.matters");
  const quiet = (/** @type {string} */ text, /** @type {() => void} */ act) => h("button.btn.quiet", { type: "button", onclick: act }, text);
  fill(main, h("header.m-head", null, h("h1", null, t("title.matters")), h("span.r", null, h("span", null, me.display || me.name), quiet(t("language"), () => setLang(otherLang()).then(() => choose())), quiet(t("logout"), () => logOut().catch(() => {}).then(() => choose())))), mine.length ? h("ul.d-kinds", null, mine.map(kind)) : h("p.d-none", null, t("kind.none"))).className = "d-kinds-page";
}

await loadTexts("common", "days", "login", "matter");
if (flow) start({ name: "matters", title: (w) => named(w.kinds.find((k) => k.flow.name === flow)?.flow || { zh: flow }), texts: true, calls: false, tabs: [{ id: "all", query: { flow }, flows: [flow] }, { id: "mine", query: { flow, mine: true }, flows: [flow], none: "none.mine" }] });
else choose().catch((e) => fill(main, h("p.note.stop", null, h("span", null, e.message))));
