/* The tables of the hall's settings: which fields a row has and how each is edited. A row's key is its first field. */

/**
 * kind: text, number, moment (a date and time of the hall), minutes (kept in seconds), bool, lines (a list, one a line), limit (working days), materials,
 * or a list of words to choose from, by the name of their texts ("role." and so on).
 * @typedef {{id: string, label?: string, kind?: string, words?: string[], prefix?: string, list?: boolean, wide?: boolean}} Field
 * @typedef {{id: string, key: string, single?: boolean, search?: boolean, fields: Field[]}} Table
 */

const ROLES = ["unified", "special", "issue", "desk", "helper", "tidal", "video", "kiosk"];
const names = [{ id: "name", list: true }, { id: "name_en", list: true }];

/** @type {Table[]} */
export const TABLES = [
  { id: "queues", key: "queue", fields: [{ id: "queue", list: true }, ...names, { id: "default_item", list: true }, { id: "max_tickets", kind: "number", list: true }, { id: "planned_windows", kind: "number" }] },
  { id: "groups", key: "group", fields: [{ id: "group", list: true }, ...names] },
  { id: "items", key: "item", search: true, fields: [{ id: "item", list: true }, ...names, { id: "queue", list: true }, { id: "group", list: true }, { id: "kind", words: ["instant", "promised"], prefix: "kind." },
    { id: "promised", kind: "limit" }, { id: "statutory", kind: "limit" }, { id: "example", kind: "bool", list: true }, { id: "initials" }, { id: "mean_service_s", kind: "minutes" }, { id: "main_item" }, { id: "materials", kind: "materials", wide: true }] },
  { id: "classes", key: "class", fields: [{ id: "class", list: true }, ...names, { id: "head_start_s", kind: "minutes", list: true }, { id: "kiosk", kind: "bool", list: true }] },
  { id: "places", key: "window", fields: [{ id: "window", kind: "number", list: true }, ...names, { id: "role", words: ROLES, prefix: "place.", list: true }, { id: "all", kind: "bool", list: true }] },
  { id: "hours", key: "weekday", fields: [{ id: "weekday", kind: "number", list: true }, { id: "open", kind: "lines", list: true, wide: true }] },
  { id: "special", key: "date", fields: [{ id: "date", list: true }, { id: "open", kind: "lines", list: true, wide: true }, { id: "reason", list: true }] },
  { id: "notices", key: "notice", fields: [{ id: "notice", label: "notice_code", list: true }, { id: "text", list: true, wide: true }, { id: "text_en", wide: true }, { id: "from_at", kind: "moment", list: true }, { id: "to_at", kind: "moment", list: true }] },
  { id: "duty", key: "date", fields: [{ id: "date", list: true }, { id: "leader", list: true }, { id: "stands_in", list: true }, { id: "reason", list: true }, { id: "substitutes", kind: "lines", wide: true }] },
  { id: "policy", key: "", single: true, fields: ["repeat_after_s", "miss_after_s", "report_back_within_s", "max_misses", "report_back_behind", "start_inferred_after_s", "last_ticket_before_close_s",
    "sweep_after_close_s", "appointment_grace_s", "appointment_head_start_s", "gate_before_s", "return_head_s"].map((id) => ({ id, kind: "number" })) },
  { id: "booking", key: "", single: true, fields: ["slot_minutes", "share_percent", "days_ahead", "per_week", "per_month", "strikes", "strike_days", "hold_s", "default_service_s"].map((id) => ({ id, kind: "number" })) },
  { id: "hall", key: "", single: true, fields: [{ id: "name" }, { id: "name_en" }, { id: "notice", wide: true }, { id: "notice_en", wide: true }, { id: "source", wide: true }] },
];

/** What an unset rule of the policy, or of booking, means. @type {Record<string, number>} */
export const DEFAULTS = { repeat_after_s: 45, miss_after_s: 90, report_back_within_s: 1200, max_misses: 2, report_back_behind: 3, start_inferred_after_s: 15, last_ticket_before_close_s: 0,
  sweep_after_close_s: 3600, appointment_grace_s: 600, appointment_head_start_s: 3600, gate_before_s: 300, return_head_s: 1800,
  slot_minutes: 30, share_percent: 60, days_ahead: 7, per_week: 2, per_month: 5, strikes: 3, strike_days: 90, hold_s: 300, default_service_s: 600 };

/** The name of a table in the API; the windows' names stand apart from their skills here. @param {Table} table */
export const apiName = (table) => (table.id === "places" ? "windows" : table.id);
