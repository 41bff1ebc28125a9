/* Requests of pages that log in: every change carries the session's proof and an idempotency key. */
import { ask, ApiError } from "./ask.js";

export { ApiError };

/* The pages of a browser share its session, so they share its proof as well. */
const CSRF = "halld.csrf";
const csrf = () => localStorage.getItem(CSRF) || "";

/** The session's proof for changes. @param {string | undefined} value */
export function setCsrf(value) {
  if (value) localStorage.setItem(CSRF, value);
  else localStorage.removeItem(CSRF);
}

/** A fresh idempotency key. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** What a change carries. */
export const proof = (key = newKey()) => ({ "X-CSRF-Token": csrf(), "Idempotency-Key": key });

/**
 * @param {string} method @param {string} path below /api/v1 @param {unknown} [body] @param {string} [key]
 * @returns {Promise<any>}
 */
export async function api(method, path, body, key = newKey()) {
  if (method === "GET") return get(path);
  try {
    return await ask(method, path, body, proof(key));
  } catch (e) {
    if (!(e instanceof ApiError) || e.code !== "BAD_CSRF") throw e;
    const before = csrf();      /* the session may be another by now */
    setCsrf((await get("/me")).csrf);
    if (csrf() === before) throw e;
    return ask(method, path, body, proof(key));
  }
}

/** @param {string} path */
export const get = (path) => ask("GET", path, undefined, {});
/** @param {string} path @param {unknown} [body] @param {string} [key] */
export const post = (path, body = {}, key = undefined) => api("POST", path, body, key);

/** Again under the same key while the line is down: a lost answer must not become a second ticket.
 * @param {string} path @param {unknown} body @param {number} times */
export async function postSurely(path, body, times = 3) {
  const key = newKey();
  for (let i = 1; ; i++) {
    try {
      return await post(path, body, key);
    } catch (e) {
      if (!(e instanceof ApiError) || e.code !== "OFFLINE" || i >= times) throw e;
    }
  }
}
