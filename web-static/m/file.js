/* Papers from a phone: photographed or chosen, made small enough to be brought, and brought when the step is sent. */
import { fill, h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { bring } from "../lib/upload.js";

const TAKEN = ["image/jpeg", "image/png", "application/pdf"], BIG = 1 << 20, MOST = 4 << 20, EDGES = [2400, 1600, 1000], QUALITY = 0.85;

/** @param {ImageBitmap} picture @param {number} edge @returns {Promise<Blob | null>} */
function drawn(picture, edge) {
  const scale = Math.min(1, edge / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}

/** A photo of a paper as the hall takes it: a phone's own has many megabytes. What cannot be drawn goes as it is. @param {File} file @returns {Promise<Blob>} */
async function small(file) {
  if (!file.type.startsWith("image/") || (file.size <= BIG && TAKEN.includes(file.type))) return file;
  const picture = await createImageBitmap(file).catch(() => null);
  for (const edge of picture ? EDGES : []) {
    const made = await drawn(/** @type {ImageBitmap} */ (picture), edge);
    if (made && made.size <= MOST) return made;
  }
  return file;
}

/** The file field of a step; those that are there already stay. @param {any} field @param {string[]} there @param {string} token the matter's link */
export function fileInput(field, there, token) {
  const el = /** @type {HTMLInputElement} */ (h("input", { id: `f-${field.name}`, type: "file", accept: TAKEN.join(), multiple: Number(field.most) > 0, onchange: () => say() }));
  const said = h("span.sub", { role: "status" }), /** @type {Map<File, string>} */ brought = new Map();
  const say = () => { fill(said, el.files?.length ? t("file.chosen", { n: el.files.length }) : t("file.why")); };
  say();
  return { el: [h("label.btn.m-pick", null, t("file.choose"), el), said], read: async () => {
    const chosen = [...(el.files || [])];
    if (!chosen.length) return undefined;
    fill(said, t("bringing"));
    try {
      for (const file of chosen) if (!brought.has(file)) brought.set(file, await bring(`/files/by-token/${encodeURIComponent(token)}`, await small(file)));
    } finally {
      say();
    }
    const names = chosen.map((file) => brought.get(file));
    return Number(field.most) > 0 ? [...there, ...names] : names[0];
  } };
}
