// Keeps the parts of a page that are marked data-live current: the server tells that something changed, and only
// then the page is asked for again and those parts are put in place. What is being typed or chosen is never touched,
// and the keyboard's place is kept.
"use strict";
(() => {
  const live = document.getElementById("live");
  const typed = /^(INPUT|SELECT|TEXTAREA)$/;
  const was = new Map(); // what the server last said of each part
  let due = false, busy = false, over = false;
  let stream = null, pause = 1000;

  function changed(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return field.selectedIndex !== Math.max(0, [...field.options].findIndex(o => o.defaultSelected));
    return field.type !== "hidden" && field.value !== field.defaultValue;
  }

  function inUse(part) {
    const at = document.activeElement;
    return part.contains(at) && typed.test(at.tagName) && at.type !== "checkbox" || [...part.querySelectorAll("input, select, textarea")].some(changed);
  }

  // nameOf tells which of a part's elements one is, whether or not it has been drawn anew.
  const nameOf = e => [e.tagName, e.id, e.getAttribute("href"), e.name, String(e.value ?? "").split(":")[0], e.tagName === "BUTTON" ? e.textContent : ""].join(" ");

  function put(old, fresh) {
    const at = old.contains(document.activeElement) ? nameOf(document.activeElement) : "";
    const box = scroller(old), reading = box && box.scrollHeight - box.scrollTop - box.clientHeight > 40 ? box.scrollTop : -1;
    old.replaceChildren(...fresh.childNodes);
    if (at) [...old.querySelectorAll("a, button, input, summary")].find(e => nameOf(e) === at)?.focus({preventScroll: true});
    const now = scroller(old);
    if (now) now.scrollTop = reading < 0 ? now.scrollHeight : reading; // who reads further up stays there
  }

  // scroller is what scrolls in a part that shows a conversation.
  const scroller = part => part.matches("[data-end]") ? part : part.querySelector(".talk");

  // take puts what changed of a fresh page in place of what is shown.
  function take(page) {
    let some = false, all = true;
    for (const old of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(old.id);
      if (!fresh || fresh.innerHTML === was.get(old.id)) continue;
      if (inUse(old)) { all = false; continue; }
      was.set(old.id, fresh.innerHTML);
      put(old, fresh);
      some = true;
    }
    // Who sees what changed may act on it: the forms that stay take its version too.
    const version = page.querySelector("input[name=version]");
    if (version && all) for (const field of document.querySelectorAll("input[name=version]")) field.value = version.value;
    const send = document.getElementById("send");
    if (send) closeReply(page.getElementById("send")?.disabled ?? true);
    if (some && live.dataset.changed) live.textContent = live.dataset.changed;
    tick();
  }

  async function refresh() {
    if (over) return;
    if (busy || document.hidden) { due = true; return; }
    busy = true;
    due = false;
    try {
      const answer = await fetch(live.dataset.page, {headers: {"X-Live": "1"}, redirect: "manual"});
      if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else if (answer.type === "opaqueredirect") end(live.dataset.ended);
      else if (answer.status === 403 || answer.status === 404) end(live.dataset.gone);
    } catch {
      // No connection: the stream tells what was missed once there is one.
    } finally {
      busy = false;
      if (due && !document.hidden) setTimeout(refresh, 1000);
    }
  }

  // end says why the page does not update any more.
  function end(words) {
    over = true;
    stream?.close();
    live.textContent = words;
    live.className = "note bad";
  }

  function connect() {
    if (over || stream || document.hidden) return;
    let opened = false;
    stream = new EventSource(live.dataset.stream);
    stream.onopen = () => { opened = true; pause = 1000; };
    stream.addEventListener("changed", refresh);
    stream.addEventListener("ended", () => end(live.dataset.ended));
    // A browser tries again by itself only after a cut connection, not after a proxy's page of a server that restarts.
    stream.onerror = () => {
      disconnect();
      if (!opened) refresh(); // finds out whether the session is over
      setTimeout(connect, pause);
      pause = Math.min(2 * pause, 60000);
    };
  }

  // A page that nobody looks at holds no connection: browsers have few of them for all their pages.
  function disconnect() {
    stream?.close();
    stream = null;
  }

  function closeReply(closed) {
    const send = document.getElementById("send"), reply = document.getElementById("reply");
    if (send) send.disabled = closed;
    if (reply) reply.readOnly = closed; // what was written can still be copied
  }

  function tick() {
    for (const e of document.querySelectorAll("[data-left]")) {
      // Counted from the server's figure: this machine's clock may be wrong.
      if (!e.dataset.from) e.dataset.from = performance.now();
      const left = Number(e.dataset.left) - (performance.now() - Number(e.dataset.from)) / 1000;
      if (left >= 60) {
        e.textContent = e.textContent.replace(/\d+(\D+)\d+/, (_, unit) => Math.floor(left / 3600) + unit + Math.floor(left % 3600 / 60));
        continue;
      }
      if (left > 0) { e.textContent = e.dataset.last; continue; }
      e.parentElement.textContent = e.dataset.closed;
      closeReply(true);
      if (live) refresh(); // the server says what can be done instead
    }
  }

  document.addEventListener("click", event => {
    const button = event.target.closest("[data-insert]"), reply = document.getElementById("reply");
    if (button && reply && !reply.readOnly) {
      reply.value += (reply.value && !reply.value.endsWith("\n") ? "\n" : "") + button.dataset.insert;
      reply.focus();
    }
    if (event.target.closest("[data-ticks]")) {
      const boxes = [...document.querySelectorAll("input[name=pick]")], on = boxes.some(b => !b.checked);
      for (const b of boxes) b.checked = on;
    }
  });
  for (const button of document.querySelectorAll("[data-ticks]")) button.hidden = false;

  if (live && window.EventSource) {
    for (const part of document.querySelectorAll("[data-live]")) was.set(part.id, part.innerHTML);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) { disconnect(); return; }
      connect();
      if (due) refresh();
    });
    connect();
  }
  for (const part of document.querySelectorAll("#live-talk")) {
    const box = scroller(part);
    if (box) box.scrollTop = box.scrollHeight;
  }
  tick();
  setInterval(tick, 5000);
})();
