/* Search in the catalogue by name, English name or pinyin initials; kinds of one main item are one result. */

/** @typedef {{item: string, name: string, name_en: string, queue: string, group: string, initials: string, main_item: string,
 *   promised_days?: number, example: boolean}} Item */
/** @typedef {{title: string, items: Item[], kinds: string[]}} Hit */

const MOST = 40, SHARED_LEAST = 4, KIND_MOST = 14, KINDS_MOST = 9;

/** Lower is better; -1 does not fit. @param {Item} item @param {string} typed lower case */
function rank(item, typed) {
  const at = [item.initials.indexOf(typed), item.name.toLowerCase().indexOf(typed), item.name_en.toLowerCase().indexOf(typed)].filter((i) => i >= 0);
  return at.length ? Math.min(...at) : -1;
}

/** @param {string[]} names */
function sharedBeginning(names) {
  let n = 0;
  while (n < names[0].length && names.every((name) => name[n] === names[0][n])) n++;
  return names[0].slice(0, n);
}

/** Names that differ in their last characters only cannot be told apart in a list: their ends become buttons.
 * @param {Item[]} items @returns {Hit[]} */
function together(items) {
  const shared = items.length > 1 ? sharedBeginning(items.map((i) => i.name)) : "";
  const kinds = items.map((i) => i.name.slice(shared.length).replace(/^[（(]|[）)]$/g, ""));
  if (shared.length >= SHARED_LEAST && items.length <= KINDS_MOST && kinds.every((k) => k && k.length <= KIND_MOST)) {
    return [{ title: shared.replace(/[（(、，]$/, ""), items, kinds }];
  }
  return items.map((i) => ({ title: i.name, items: [i], kinds: [] }));
}

/** @param {Item[]} items @param {string} typed @returns {{hits: Hit[], count: number}} */
export function find(items, typed) {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return { hits: [], count: 0 };
  const found = items.map((item) => ({ item, at: rank(item, wanted) })).filter((f) => f.at >= 0)
    .sort((a, b) => a.at - b.at || a.item.name.length - b.item.name.length).map((f) => f.item);
  /** @type {Map<string, Item[]>} */ const groups = new Map();
  for (const item of found) {
    const key = item.main_item ? `${item.main_item} ${item.queue}` : item.item;
    groups.set(key, [...(groups.get(key) || []), item]);
  }
  return { hits: [...groups.values()].flatMap(together).slice(0, MOST), count: found.length };
}

/** What was typed, where it stands in a name: [before, match, after]. @param {Item} item @param {string} title @param {string} typed */
export function mark(item, title, typed) {
  const wanted = typed.trim().toLowerCase(), n = wanted.length;
  const plain = title.toLowerCase().indexOf(wanted);
  const at = plain >= 0 ? plain : item.initials.length === item.name.length ? item.initials.indexOf(wanted) : -1;
  return at < 0 || !n || at >= title.length ? [title, "", ""] : [title.slice(0, at), title.slice(at, at + n), title.slice(at + n)];
}
