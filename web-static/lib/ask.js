/* One request to the hall's API. Whoever gives no headers, or only a key, asks without cookies: as anybody, or by a link. */
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

/** A fresh idempotency key. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} method @param {string} path below /api/v1 @param {unknown} [body] @param {Record<string, string>} [more] headers
 * @param {boolean} [cookies] as whoever is logged in
 * @returns {Promise<any>}
 */
export async function ask(method, path, body, more, cookies = Boolean(more)) {
  const cut = new AbortController(), timer = setTimeout(() => cut.abort(), TIMEOUT_MS);
  let status = 0, data;
  try {
    const answer = await fetch(`/api/v1${path}`, {
      method, signal: cut.signal, cache: "no-store", credentials: cookies ? "same-origin" : "omit", headers: { "Accept-Language": lang(), "Content-Type": "application/json", ...more },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    status = answer.status;
    const text = await answer.text();
    data = text ? JSON.parse(text) : {};
  } catch {
    throw new ApiError("OFFLINE", t("offline"), status);
  } finally {
    clearTimeout(timer);
  }
  if (status < 300) return data;
  const { code = "INTERNAL", message = t("offline"), details } = data.error || {};
  throw new ApiError(code, message, status, details);
}
