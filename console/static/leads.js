// Keeps the parts of a page that are marked data-live current: the server tells that something changed, and only
// then the page is asked for again and those parts are put in place. What is being typed is never touched.
"use strict";
(() => {
  const live = document.getElementById("live");
  let due = false;
  let busy = false;

  async function refresh() {
    if (busy || document.hidden) { due = true; return; }
    busy = true;
    due = false;
    try {
      const answer = await fetch(location.pathname + location.search, {headers: {"X-Live": "1"}, redirect: "manual"});
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const old of document.querySelectorAll("[data-live]")) {
          const fresh = page.getElementById(old.id);
          if (!fresh || old.querySelector("input:checked")) continue;
          if (fresh.innerHTML !== old.innerHTML) {
            old.innerHTML = fresh.innerHTML;
            if (old.id === "live-talk") showEnd(old);
          }
        }
        tick();
      }
    } finally {
      busy = false;
      if (due && !document.hidden) setTimeout(refresh, 1000);
    }
  }

  function showEnd(part) {
    for (const e of [part, ...part.querySelectorAll(".talk")]) e.scrollTop = e.scrollHeight;
  }

  function tick() {
    for (const e of document.querySelectorAll("[data-left]")) {
      // Counted from the server's figure: this machine's clock may be wrong.
      if (!e.dataset.from) e.dataset.from = performance.now();
      const left = Number(e.dataset.left) - (performance.now() - Number(e.dataset.from)) / 1000;
      if (left > 0) {
        e.textContent = e.textContent.replace(/\d+(\D+)\d+/, (_, unit) => Math.floor(left / 3600) + unit + Math.floor(left % 3600 / 60));
        continue;
      }
      e.parentElement.textContent = e.dataset.closed;
      for (const id of ["send", "reply"]) {
        const field = document.getElementById(id);
        if (field) field.disabled = true;
      }
    }
  }

  document.addEventListener("click", event => {
    const button = event.target.closest("[data-insert]");
    const reply = document.getElementById("reply");
    if (!button || !reply || reply.disabled) return;
    reply.value += (reply.value && !reply.value.endsWith("\n") ? "\n" : "") + button.dataset.insert;
    reply.focus();
  });

  if (live && window.EventSource) {
    const stream = new EventSource(live.dataset.stream);
    stream.addEventListener("changed", refresh);
    stream.addEventListener("ended", () => {
      stream.close();
      live.textContent = live.dataset.ended;
      live.className = "note bad";
      live.hidden = false;
    });
    document.addEventListener("visibilitychange", () => { if (due && !document.hidden) refresh(); });
  }
  document.querySelectorAll("#live-talk").forEach(showEnd);
  tick();
  setInterval(tick, 15000);
})();
