/* News must not take a button away from under a finger: while one is down, what is to be shown waits. */

const CLICK_MS = 60;    /* from the finger's lifting to the click */
let isDown = false;
/** @type {(() => void) | null} */ let waiting = null;

function lifted() {
  setTimeout(() => {
    const show = waiting;
    isDown = false;
    waiting = null;
    show?.();
  }, CLICK_MS);
}

addEventListener("pointerdown", () => { isDown = true; }, true);
addEventListener("pointerup", lifted, true);
addEventListener("pointercancel", lifted, true);

/** Shows now, or once the finger is up. @param {() => void} show */
export function calmly(show) {
  if (isDown) waiting = show;
  else show();
}

/** True when the value is another than last time. */
export function watcher() {
  let last = "";
  return (/** @type {unknown} */ value) => {
    const now = JSON.stringify(value), isNew = now !== last;
    last = now;
    return isNew;
  };
}
