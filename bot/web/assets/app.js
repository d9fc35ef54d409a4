// The chat page: sends words and choices, shows replies. It keeps the open tab's conversation in
// sessionStorage, so that a reload loses nothing, and nothing else.
"use strict";
(() => {
  const log = document.getElementById("log"), form = document.getElementById("form");
  const text = document.getElementById("text"), send = document.getElementById("send");
  const saved = "smebot";
  let story = [], busy = false;

  const id = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), b => b.toString(16).padStart(2, "0")).join("");

  function bubble(kind, words) {
    const p = document.createElement("div");
    p.className = "msg " + kind;
    p.textContent = words;
    log.append(p);
    return p;
  }

  function choices(reply) {
    const box = document.createElement("div");
    box.className = "choices";
    reply.choices.forEach((c, i) => {
      const b = document.createElement("button");
      b.type = "button";
      b.textContent = c.label;
      b.addEventListener("click", () => say(c.label, { menu: reply.menu, index: i }));
      box.append(b);
    });
    log.append(box);
  }

  function show(entry) {
    if (entry.me) bubble("me", entry.me);
    if (entry.reply) {
      document.querySelectorAll(".choices button").forEach(b => { b.disabled = true; });
      if (entry.reply.text) bubble("bot", entry.reply.text);
      if (entry.reply.choices) choices(entry.reply);
    }
    log.scrollTop = log.scrollHeight;
  }

  function keep(entry) {
    story.push(entry);
    story = story.slice(-60);
    try { sessionStorage.setItem(saved, JSON.stringify(story)); } catch { /* a full or forbidden store only costs the reload */ }
    show(entry);
  }

  // A request that got no answer is sent again with the same id: the server then gives the stored reply.
  async function post(body) {
    for (let tries = 0; ; tries++) {
      try {
        const r = await fetch("/chat/send", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
        const a = await r.json();
        if (r.status === 503 && tries < 2) throw new Error(a.error);
        return r.ok ? a : { fault: a.error || "暂时没有办好，请稍后再试。" };
      } catch (e) {
        if (tries >= 2) return { fault: "网络不通，消息没有送达，请稍后再发一次。" };
        await new Promise(done => setTimeout(done, 600 * (tries + 1)));
      }
    }
  }

  async function turn(body) {
    if (busy) return;
    busy = send.disabled = true;
    const wait = bubble("bot wait", "……");
    log.scrollTop = log.scrollHeight;
    const a = await post({ id: id(), ...body });
    wait.remove();
    if (a.fault) bubble("fault", a.fault);
    else if (a.text || a.choices) keep({ reply: a });
    log.scrollTop = log.scrollHeight;
    busy = send.disabled = false;
  }

  function say(words, press) {
    if (busy || !words.trim()) return;
    keep({ me: words });
    turn(press ? { text: words, press } : { text: words });
  }

  form.addEventListener("submit", e => {
    e.preventDefault();
    if (busy) return;
    const words = text.value;
    text.value = "";
    grow();
    say(words);
    text.focus();
  });
  text.addEventListener("keydown", e => {
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); form.requestSubmit(); }
  });
  function grow() { text.style.height = "auto"; text.style.height = Math.min(text.scrollHeight, 160) + "px"; }
  text.addEventListener("input", grow);

  try { story = JSON.parse(sessionStorage.getItem(saved)) || []; } catch { story = []; }
  if (story.length) story.slice().forEach(show); else turn({ hello: true });
  text.focus();
})();
