// Says on an open page that the record behind it has changed, or that the page is not live.
// Any page may have it: <div data-live="ADDRESS" data-after="NUMBER"> with [data-state] and [data-show].
// It never moves the focus and never changes anything but its own line.
"use strict";
const SILENCE = 4000; // milliseconds without a word: the server says something every two seconds
const LOOK = 500;
for (const strip of document.querySelectorAll("[data-live]")) {
  const state = strip.querySelector("[data-state]");
  const show = strip.querySelector("[data-show]");
  let after = strip.dataset.after;
  let stream = null;
  let heard = Date.now();
  let kind = "";
  let over = "";
  let changed = false;

  const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  // What is said is written once, when it becomes so: a line that is written again is read out again.
  function say(now, words) {
    if (now === kind) return;
    kind = now;
    state.textContent = words;
    strip.classList.toggle("is-live", now === "live");
    strip.classList.toggle("is-stale", now === "stale");
  }
  function alive(event) {
    heard = Date.now();
    if (event.lastEventId) after = event.lastEventId;
    say("live", "Live: a change by anybody shows here");
  }
  function open() {
    if (over || stream) return;
    heard = Date.now();
    const address = new URL(strip.dataset.live, location.href);
    address.searchParams.set("after", after);
    stream = new EventSource(address);
    stream.addEventListener("beat", alive);
    stream.addEventListener("changed", (event) => {
      alive(event);
      if (changed) return;
      changed = true;
      strip.classList.add("is-changed");
      show.hidden = false;
    });
    stream.addEventListener("ending", (event) => {
      const why = JSON.parse(event.data).why;
      if (why === "the server ends") return;
      over = why === "signed out" ? "You are signed out here: sign in again." : "You may not see this record any more.";
      close();
    });
    stream.addEventListener("error", () => {
      // Closed for good (a refusal, a fault): asked anew a little later, as after a cut
      if (stream && stream.readyState === EventSource.CLOSED) close();
    });
  }
  function close() {
    if (stream) stream.close();
    stream = null;
  }
  setInterval(() => {
    if (document.hidden) return;
    if (over || Date.now() - heard > SILENCE) {
      say("stale", `Not live since ${clock(heard)}. ${over || "Load the page again to be sure."}`);
      if (!over && !stream) open();
    }
  }, LOOK);
  // A browser holds few connections to one place: a page that nobody looks at gives its own back.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  if (!document.hidden) open();
}
