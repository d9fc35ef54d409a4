// While a file is being made the page asks every second how far it is, and puts the list of files in its place.
"use strict";
(() => {
  const files = document.getElementById("files");
  const told = document.getElementById("told");
  const pause = 700;

  async function look() {
    try {
      const answer = await fetch("/console/export/files", {redirect: "manual"});
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        show([...page.querySelectorAll("#files > .file")]);
      } else if (answer.status < 500) {
        location.reload(); // the session is over: the page itself says so
        return;
      }
    } catch {
      // No connection: the next look may have one.
    }
    wait();
  }

  function show(fresh) {
    const running = files.querySelectorAll("[data-running]").length;
    const held = files.contains(document.activeElement) && document.activeElement.closest("form")?.getAttribute("action");
    files.querySelectorAll(":scope > .file").forEach(e => e.remove());
    files.prepend(...fresh);
    if (held) [...files.querySelectorAll("form")].find(f => f.getAttribute("action") === held)?.querySelector("button").focus();
    if (running && !files.querySelector("[data-running]") && files.querySelector(".s-ready")) told.textContent = files.dataset.done;
  }

  function wait() {
    if (files.querySelector("[data-running]")) setTimeout(look, pause);
  }

  wait();
})();
