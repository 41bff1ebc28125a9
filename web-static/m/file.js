/* Papers from a phone: photographed or chosen, made small enough to be brought, and brought when the step is sent. */
import { fill, h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { bring } from "../lib/upload.js";

const TAKEN = ["image/jpeg", "image/png", "application/pdf"], BIG = 1 << 20, MOST = 4 << 20, EDGES = [2400, 1600, 1000], QUALITY = 0.85;

/** @param {ImageBitmap} picture @param {number} edge @returns {Promise<Blob | null>} */
function drawn(picture, edge) {
  const scale = Math.min(1, edge / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  const paper = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  paper.fillStyle = "white";      /* behind what is transparent: a JPEG knows only black there */
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
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

/**
 * The file field of a step. A camera gives one picture at a time: what is taken is added to what is there, and each can be
 * taken off again. @param {any} field @param {{value: string, text: string}[]} there @param {string} token the matter's link
 */
export function fileInput(field, there, token) {
  const most = Number(field.most) || 1, said = h("span.sub", { role: "status" }), list = h("ul.m-files");
  const el = /** @type {HTMLInputElement} */ (h("input", { id: `f-${field.name}`, type: "file", accept: TAKEN.join(), multiple: most > 1, onchange: add }));
  /** What is chosen; brought under its name once. @type {{text: string, file?: File, value: string}[]} */ let chosen = most > 1 ? [...there] : [];

  function show() {
    fill(list, chosen.map((c) => h("li", null, h("span", null, c.text), h("button.btn.quiet", { type: "button", "aria-label": `${t("file.off")} ${c.text}`, onclick: () => { chosen = chosen.filter((x) => x !== c); show(); } }, "×"))));
    fill(said, chosen.length > most ? t("file.most", { n: most }) : t("file.why"));
  }
  function add() {
    const more = [...(el.files || [])].map((file) => ({ text: file.name, file, value: "" }));
    chosen = most > 1 ? [...chosen, ...more] : more.slice(0, 1);
    el.value = "";      /* the same picture may be taken again after it was taken off */
    show();
  }
  show();
  return { el: [list, h("label.btn.m-pick", null, t("file.choose"), el), said], read: async () => {
    if (chosen.length > most) throw new Error(t("file.most", { n: most }));
    if (!chosen.some((c) => c.file)) return undefined;
    fill(said, t("bringing"));
    try {
      for (const c of chosen) if (!c.value && c.file) c.value = await bring(`/files/by-token/${encodeURIComponent(token)}`, await small(c.file));
    } finally {
      show();
    }
    return most > 1 ? chosen.map((c) => c.value) : chosen[0].value;
  } };
}
