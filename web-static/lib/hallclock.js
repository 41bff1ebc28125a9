/* A simulated hall's clock runs faster than this machine's: in a quiet hall it is asked for now and then. */
import { get } from "./api.js";
import { setHallTime } from "./format.js";

const FIRST_MS = 1500, AGAIN_MS = 5000;
let follows = false;

/** @param {any} hall the HallView */
export function followHallTime(hall) {
  if (!hall.simulated || follows) return;
  follows = true;
  const look = async () => {
    await get("/hall").then((h) => setHallTime(h.at, true), () => {});
    setTimeout(look, AGAIN_MS);
  };
  setTimeout(look, FIRST_MS);
}
