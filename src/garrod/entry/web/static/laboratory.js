// Optional: says how much of a file was sent, takes one that is dropped, and looks again while one is
// being read. The form and the page work without it.
"use strict";
const LOOK = 2000; // milliseconds between two looks at a file that is being read
const size = (bytes) =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;

for (const form of document.querySelectorAll("form[data-upload]")) {
  const field = form.querySelector("input[type=file]");
  const going = form.querySelector("[data-going]");
  const bar = going.querySelector("progress");
  const said = going.querySelector("[data-said]");
  const heard = going.querySelector("[data-heard]");
  const button = form.querySelector("button[type=submit]");
  let told = -1;

  function show(sent, all) {
    const part = all ? Math.floor((100 * sent) / all) : 0;
    const words = part < 100 ? `${size(sent)} of ${size(all)} sent` : "Sent: it is being read";
    bar.value = part;
    bar.textContent = `${part} %`;
    said.textContent = words;
    if (Math.floor(part / 25) !== told) {
      told = Math.floor(part / 25); // read out at each quarter, not at each step
      heard.textContent = words;
    }
  }
  function failed(words) {
    going.hidden = false;
    said.textContent = words;
    heard.textContent = words;
    delete form.dataset.sent;
    button.disabled = false;
  }
  function answered(request) {
    const there = new URL(request.responseURL || location.href);
    if (request.status < 400 && there.pathname !== new URL(form.action).pathname) {
      location.assign(there);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = page.querySelector("main");
    if (!main) return failed("Something went wrong: nothing was kept. Try it again.");
    document.querySelector("main").replaceChildren(...main.childNodes);
    const problem = document.querySelector("main .problem") || document.querySelector("main h1");
    problem.tabIndex = -1;
    problem.focus();
  }
  form.addEventListener("submit", (event) => {
    const file = field.files[0];
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    if (file.size > Number(form.dataset.most)) {
      failed(`The file has ${size(file.size)}: that is more than is taken. Nothing was sent.`);
      return;
    }
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (step) => show(step.loaded, step.total));
    request.addEventListener("load", () => answered(request));
    request.addEventListener("error", () => failed("The connection was lost: nothing was kept. Send it again."));
    going.hidden = false;
    button.disabled = true;
    show(0, file.size);
    request.send(new FormData(form));
  });
  const place = form.querySelector("[data-drop]");
  place.querySelector("[data-may-drop]").hidden = false;
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
    field.focus();
  });
}
if (document.querySelector("[data-reading]")) {
  const looking = setInterval(async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.querySelector("[data-reading]")) return;
    clearInterval(looking);
    location.reload();
  }, LOOK);
}
