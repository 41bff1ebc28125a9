/* One request to the hall's API. Without cookies it is as anybody, or by a link. */
import { lang, t } from "./i18n.js";

export class ApiError extends Error {
  /** @param {string} code @param {string} message @param {number} status @param {Record<string, string>} [details] */
  constructor(code, message, status, details = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

const TIMEOUT_MS = 10000;

/**
 * @param {string} method @param {string} path below /api/v1 @param {unknown} [body] @param {Record<string, string>} [more] headers @param {boolean} [own] with cookies
 * @returns {Promise<any>}
 */
export async function ask(method, path, body, more, own = !!more) {
  const cut = new AbortController(), timer = setTimeout(() => cut.abort(), TIMEOUT_MS);
  let status = 0, data;
  try {
    const answer = await fetch(`/api/v1${path}`, {
      method, signal: cut.signal, cache: "no-store", credentials: own ? "same-origin" : "omit", headers: { "Accept-Language": lang(), "Content-Type": "application/json", ...more },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    status = answer.status;
    data = JSON.parse(await answer.text() || "{}");
  } catch {
    throw new ApiError("OFFLINE", t("offline"), status);
  } finally {
    clearTimeout(timer);
  }
  if (status < 300) return data;
  const { code = "INTERNAL", message = t("offline"), details } = data.error || {};
  throw new ApiError(code, message, status, details);
}
