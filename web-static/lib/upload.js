/* Brings a file to the hall. */
import { ApiError } from "./ask.js";
import { lang, t } from "./i18n.js";

const UPLOAD_MS = 60000, AGAIN_MS = 2000, TIMES = 5;

/** What a field of a matter then names it by. @param {string} path below /api/v1 @param {Blob} file @param {Record<string, string>} [more] headers; with them, with cookies @returns {Promise<string>} */
export async function bring(path, file, more) {
  const send = () => fetch(`/api/v1${path}`, { method: "POST", body: file, cache: "no-store", signal: AbortSignal.timeout(UPLOAD_MS), credentials: more ? "same-origin" : "omit",
    headers: { "Content-Type": file.type || "application/pdf", "Accept-Language": lang(), ...more } });
  for (let i = 1; ; i++) {
    const answer = await send().catch(() => { throw new ApiError("OFFLINE", t("offline"), 0); }), data = await answer.json().catch(() => ({}));
    if (answer.ok) return data.file;
    const { code = "INTERNAL", message = t("offline"), details } = data.error || {};
    if (code !== "TOO_MANY" || i === TIMES) throw new ApiError(code, message, answer.status, details);
    await new Promise((done) => setTimeout(done, AGAIN_MS));      /* others bring theirs: there will be room */
  }
}
