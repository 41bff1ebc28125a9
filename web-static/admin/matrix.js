/*
 * Which window can do what: windows by queues, or groups by windows. Changes stand in amber until they are saved
 * together; a window works by them from its next opening.
 */
import { fill, h, tile } from "../lib/dom.js";
import { api, post } from "../lib/api.js";
import { pick, t } from "../lib/i18n.js";
import { may } from "../lib/session.js";

/** @typedef {import("./page.js").Admin} Admin */
/** @typedef {{all: boolean, groups: Set<string>}} Skill */
/** @typedef {{head: any, title: string, groups: string[]}} Bundle */

/** @param {Admin} a @returns {{queues: Bundle[], groups: Bundle[]}} */
function bundles(a) {
  /** @type {Map<string, Set<string>>} */ const of = new Map();
  for (const item of a.settings.items || []) of.set(item.queue, (of.get(item.queue) || new Set()).add(item.group));
  return {
    queues: (a.settings.queues || []).map((/** @type {any} */ q) => ({ head: [h("b", null, q.queue), pick(q.name, q.name_en)], title: q.queue, groups: [...(of.get(q.queue) || [])] })),
    groups: (a.settings.groups || []).map((/** @type {any} */ g) => ({ head: pick(g.name, g.name_en), title: g.group, groups: [g.group] })),
  };
}

/** @param {any} row @returns {Skill} */
const skillOf = (row) => ({ all: Boolean(row.all), groups: new Set(row.groups || []) });
/** @param {Skill} s @param {Bundle} b */
function stateOf(s, b) {
  const n = s.all ? b.groups.length : b.groups.filter((g) => s.groups.has(g)).length;
  return n === 0 ? "no" : n === b.groups.length ? "on" : "some";
}

/** @param {Admin} a @param {HTMLElement} el */
export function matrix(a, el) {
  const rows = a.settings.windows || [], all = bundles(a), groupNames = all.groups.flatMap((b) => b.groups);
  /** @type {Map<number, Skill>} */ const now = new Map(rows.map((/** @type {any} */ w) => [w.window, skillOf(w)]));
  let byGroup = false, trouble = "", at = [0, 0];

  const same = (/** @type {Skill} */ x, /** @type {Skill} */ y) => x.all === y.all && (x.all || (x.groups.size === y.groups.size && [...x.groups].every((g) => y.groups.has(g))));
  const changed = () => rows.filter((/** @type {any} */ w) => !same(skillOf(w), /** @type {Skill} */ (now.get(w.window))));

  function toggle(/** @type {number} */ window, /** @type {Bundle} */ b) {
    const s = /** @type {Skill} */ (now.get(window)), add = stateOf(s, b) !== "on";
    if (s.all) Object.assign(s, { all: false, groups: new Set(groupNames) });
    for (const g of b.groups) {
      if (add) s.groups.add(g);
      else s.groups.delete(g);
    }
    show();
  }

  function cell(/** @type {any} */ w, /** @type {Bundle} */ b, /** @type {number} */ r, /** @type {number} */ col) {
    const s = /** @type {Skill} */ (now.get(w.window)), state = stateOf(s, b), before = stateOf(skillOf(w), b);
    return h(`td.c.${state}${state === before ? "" : ".edit"}`, { role: "checkbox", tabindex: r === at[0] && col === at[1] ? "0" : "-1", "aria-checked": state === "some" ? "mixed" : state === "on" ? "true" : "false",
      "aria-label": t("cell", { window: w.window, what: b.title }), "data-window": w.window, "data-what": b.title, "data-at": `${r},${col}`,
      onclick: () => { at = [r, col]; toggle(w.window, b); } });
  }

  const nowText = (/** @type {any} */ w) => { const on = a.board.windows.find((/** @type {any} */ x) => x.window === w.window); return on ? `${t(`state.${on.state}`)}${on.number ? ` ${on.number}` : ""}` : ""; };

  function byQueues() {
    return h("table.a-grid", null, h("thead", null, h("tr", null, h("th"), h("th", null, t("f.role")), all.queues.map((b) => h("th.c", null, b.head)), h("th", null, t("now.is")))),
      h("tbody", null, rows.map((/** @type {any} */ w, /** @type {number} */ r) => h("tr", null, h("td", null, tile(w.window)), h("td", null, t(`place.${w.role}`)), all.queues.map((b, i) => cell(w, b, r, i)), h("td", null, nowText(w))))));
  }

  function byGroups() {
    return h("table.a-grid", null, h("thead", null, h("tr", null, h("th", null, t("tab.groups")), rows.map((/** @type {any} */ w) => h("th.c", null, tile(w.window))))),
      h("tbody", null, all.groups.map((b, r) => h("tr", null, h("td.wide", null, b.head), rows.map((/** @type {any} */ w, /** @type {number} */ i) => cell(w, b, r, i))))));
  }

  async function save() {
    const put = changed().map((/** @type {any} */ w) => { const s = /** @type {Skill} */ (now.get(w.window)); return { ...w, all: s.all, groups: s.all ? [] : groupNames.filter((g) => s.groups.has(g)) }; });
    if (!put.length) return;
    try {
      if (may(a.me, "admin")) await post("/admin/settings", { put: { windows: put } });
      else for (const w of put) await api("PATCH", `/admin/windows/${w.window}`, { all: w.all, groups: w.groups });
      await a.reload();
      a.say(t("saved"));
      matrix(a, el);
    } catch (e) {
      trouble = a.explain(e);
      show();
    }
  }

  function move(/** @type {number} */ down, /** @type {number} */ right) {
    const to = /** @type {HTMLElement | null} */ (el.querySelector(`[data-at="${at[0] + down},${at[1] + right}"]`));
    if (!to) return;
    el.querySelector('[tabindex="0"][role="checkbox"]')?.setAttribute("tabindex", "-1");
    at = [at[0] + down, at[1] + right];
    to.setAttribute("tabindex", "0");
    to.focus();
  }

  function key(/** @type {KeyboardEvent} */ e) {
    const target = /** @type {HTMLElement} */ (e.target);
    /** @type {Record<string, [number, number]>} */ const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (e.ctrlKey && e.code === "KeyS") save();
    else if (target.dataset.at && steps[e.code]) move(...steps[e.code]);
    else if (target.dataset.at && (e.code === "Space" || e.code === "Enter")) target.click();
    else return;
    e.preventDefault();
  }

  function show() {
    const n = changed(), focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.at;
    fill(el, h("section.a-box.a-matrix", { onkeydown: key }, h("h2", null, t("matrix.title"), h("span", null, t("matrix.how"))),
      h("p.a-tabs", null, h("button.btn.quiet", { type: "button", "aria-pressed": byGroup ? "false" : "true", onclick: () => { byGroup = false; at = [0, 0]; show(); } }, t("by.queue")),
        h("button.btn.quiet", { type: "button", "aria-pressed": byGroup ? "true" : "false", onclick: () => { byGroup = true; at = [0, 0]; show(); } }, t("by.group"))),
      h("div.a-scroll", null, byGroup ? byGroups() : byQueues()),
      trouble ? h("p.note.stop", { role: "alert" }, h("span", null, trouble)) : null,
      h("div.a-end", null, n.length ? h("span.tag.soon", null, t("unsaved", { n: n.length })) : h("span"), h("span.sub", null, t("matrix.when")),
        n.length ? h("button.btn.quiet", { type: "button", onclick: () => matrix(a, el) }, t("undo")) : null,
        h("button.btn.main", { type: "button", id: "save", "aria-disabled": n.length ? null : "true", onclick: save }, t("save"), h("kbd", null, "Ctrl"), h("kbd", null, "S")))));
    if (focused) /** @type {HTMLElement | null} */ (el.querySelector(`[data-at="${focused}"]`))?.focus();
  }
  show();
}

/** I go where somebody asks for help. @param {Admin} a @param {string} device */
async function answer(a, device) {
  await post(`/devices/${encodeURIComponent(device)}/help/answer`).catch((e) => a.say(a.explain(e)));
  await a.reload();
  a.show();
}

/** What somebody must do now. @param {Admin} a */
export function alarms(a) {
  return h("section.a-box", null, h("h2", null, t("alarms"), h("span", null, a.alarms.length ? "" : t("alarms.none"))),
    h("ul.a-dev.rowed", null, a.alarms.map((x) => h("li", null, h("span.dot.soon"), h("strong", null, pick(x.text, x.text_en)),
      h("span", null, x.alarm.startsWith("help/") ? h("button.btn", { type: "button", onclick: () => answer(a, x.device) }, t("help.go")) : "")))));
}
