// Optional: matches appear while typing, a form is sent once, what went wrong is where one is, and
// Escape folds what was unfolded; a page that answers a form is asked for, not sent again, when one
// goes back to it. Every page works without it.
"use strict";
if ("sent" in document.body.dataset) history.replaceState(history.state, "", location.href);
const problem = document.querySelector(".problem[role=alert]");
if (problem) {
  problem.tabIndex = -1;
  problem.focus();
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const folded = event.target.closest("details[open]");
  if (!folded || event.target.matches("input, textarea, select")) return;
  folded.open = false;
  folded.querySelector("summary").focus();
});
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});
const search = document.querySelector("form[data-search]");
if (search) {
  const field = search.querySelector("input[type=search]");
  let waiting = 0;
  let asked = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++asked;
      const url = new URL(search.action);
      url.searchParams.set("q", field.value);
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      if (!answer.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("found");
      if (found) document.getElementById("found").replaceChildren(...found.childNodes);
    }, 150);
  });
}
