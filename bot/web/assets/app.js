// The chat page: sends words and choices, shows replies. It keeps the open tab's conversation and the words not
// yet sent in sessionStorage, so that a reload or a lost network loses nothing, and nothing else.
"use strict";
(() => {
  // The page's own words. What the bot says follows the language people write in, not this table.
  const tables = {
    "zh-CN": {
      about: "问政策、找服务平台、登记需求", notice: "个人信息说明", label: "输入您的问题", send: "发送", talk: "对话",
      me: "您：", bot: "助手：", choices: "可选的回答", working: "正在回复", still: "网络不通，正在重发……", retry: "重发", reload: "刷新",
      net: "网络不通，消息没有送达。", busy: "暂时没有办好，请稍后重发。", long: "这条消息太长了，请分几条发。", bad: "这条消息无法读取，请重新输入。",
      session: "页面已过期，请刷新。刷新后仍这样，请允许使用 Cookie，并从服务公布的网址打开。", foreign: "请从服务公布的网址打开本页再发。",
    },
    "zh-Hant": {
      about: "問政策、找服務平台、登記需求", notice: "個人資料說明", label: "輸入您的問題", send: "傳送", talk: "對話",
      me: "您：", bot: "助手：", choices: "可選的回答", working: "正在回覆", still: "網絡不通，正在重發……", retry: "重發", reload: "重新整理",
      net: "網絡不通，訊息沒有送達。", busy: "暫時沒有辦好，請稍後重發。", long: "這則訊息太長了，請分幾則發。", bad: "這則訊息無法讀取，請重新輸入。",
      session: "頁面已過期，請重新整理。重新整理後仍這樣，請允許使用 Cookie，並從服務公佈的網址開啟。", foreign: "請從服務公佈的網址開啟本頁再發。",
    },
    en: {
      about: "Policies, service platforms, referrals", notice: "Privacy notice", label: "Type your question", send: "Send", talk: "Conversation",
      me: "You: ", bot: "Assistant: ", choices: "Possible answers", working: "Replying", still: "No connection, trying again …", retry: "Send again", reload: "Reload",
      net: "No connection: the message was not delivered.", busy: "That did not work just now. Please send it again in a moment.",
      long: "This message is too long. Please send it in parts.", bad: "This message could not be read. Please type it again.",
      session: "This page has expired, please reload it. If that does not help, allow cookies and use the address the service publishes.",
      foreign: "Please open this page at the address the service publishes.",
    },
  };
  const lang = (() => {
    for (const l of navigator.languages || [navigator.language || ""]) {
      if (/^(zh|yue)-(hant|tw|hk|mo)/i.test(l)) return "zh-Hant";
      if (/^(zh|yue)\b/i.test(l)) return "zh-CN";
      if (/^en\b/i.test(l)) return "en";
    }
    return "zh-CN"; // neither: the people this serves read Chinese
  })();
  const words = tables[lang];

  const at = id => document.getElementById(id);
  const log = at("log"), form = at("form"), text = at("text"), send = at("send"), status = at("status");
  document.documentElement.lang = lang;
  document.querySelectorAll("[data-say]").forEach(e => { e.textContent = words[e.dataset.say]; });
  text.placeholder = words.label;
  log.setAttribute("aria-label", words.talk);

  const finger = matchMedia("(pointer: coarse)").matches;

  // The story: {id, me, press} what was said, {id, hello} the first visit, each with done once it is answered,
  // {reply} what came back, and {news} what came by itself, with done once its question is answered. told holds the
  // ids of news that the server need not send again.
  const saved = "smebot", most = 80;
  let story = [], told = [], busy = false;
  const save = () => {
    try { sessionStorage.setItem(saved, JSON.stringify({ story, told, draft: text.value })); } catch { /* a full or forbidden store only costs the reload */ }
  };
  const newID = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), b => b.toString(16).padStart(2, "0")).join("");
  const make = (tag, kind, inside) => {
    const e = document.createElement(tag);
    if (kind) e.className = kind;
    if (inside) e.textContent = inside;
    return e;
  };

  // languageOf tells screen readers and fonts what a text is in.
  function languageOf(s) {
    const han = (s.match(/\p{Script=Han}/gu) || []).length, latin = (s.match(/[A-Za-z]/g) || []).length;
    if (latin > 2 * han) return "en";
    return /[們對這後術實產請問業與為來沒會]/.test(s) ? "zh-Hant" : "zh-CN";
  }

  function bubble(kind, said) {
    const p = make("div", "msg " + kind);
    p.lang = languageOf(said);
    const who = make("span", "hidden", words[kind]);
    who.lang = lang;
    p.append(who, said);
    log.append(p);
    return p;
  }

  // offer draws choices. Those of news stay beside the reply's until one is taken: they belong to no question.
  function offer(reply, entry) {
    const box = make("div", entry ? "choices standing" : "choices");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", words.choices);
    reply.choices.forEach((c, i) => {
      const b = make("button", "", c.label);
      b.type = "button";
      b.lang = languageOf(c.label);
      b.addEventListener("click", () => {
        if (busy) return;
        if (entry) { entry.done = true; box.remove(); }
        say(c.label, { menu: reply.menu, index: i });
      });
      box.append(b);
    });
    log.append(box);
  }

  // show draws one entry. Only the choices of the last reply are offered: older ones would be refused.
  function show(entry) {
    if (entry.me) bubble("me", entry.me);
    if (entry.reply) {
      log.querySelectorAll(".choices:not(.standing)").forEach(e => e.remove());
      if (entry.reply.text) bubble("bot", entry.reply.text);
      if (entry.reply.choices) offer(entry.reply);
    }
    if (entry.news) {
      bubble("bot", entry.news.text);
      if (entry.news.choices && !entry.done) offer(entry.news, entry);
    }
  }

  function add(entry) {
    story.push(entry);
    story = story.slice(-most);
    save();
    show(entry);
  }

  const toEnd = () => { log.scrollTop = log.scrollHeight; };

  // settle scrolls to the end, but never past the beginning of a reply that is taller than the view.
  function settle() {
    toEnd();
    const last = log.querySelectorAll(".bot");
    if (!last.length) return;
    const above = last[last.length - 1].getBoundingClientRect().top - log.getBoundingClientRect().top;
    if (above < 0) log.scrollTop += above - 12;
  }

  function setBusy(on) {
    busy = on;
    log.querySelectorAll(".choices button").forEach(b => b.setAttribute("aria-disabled", on));
    send.setAttribute("aria-disabled", on);
    log.setAttribute("aria-busy", on);
  }

  // The dots appear only when a reply takes its time, else they would flicker.
  function waiting() {
    let dots;
    const timer = setTimeout(() => {
      dots = make("div", "msg bot wait");
      dots.setAttribute("aria-hidden", "true");
      dots.append(make("i"), make("i"), make("i"));
      log.append(dots);
      status.textContent = words.working;
      toEnd();
    }, 250);
    return () => { clearTimeout(timer); dots?.remove(); status.textContent = ""; };
  }

  const pauses = [500, 1000, 2000, 4000, 8000];
  // pause ends early when the network comes back.
  const pause = ms => new Promise(done => {
    const end = () => { clearTimeout(timer); removeEventListener("online", end); done(); };
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
  });

  // post sends a message until it is answered. Each try has the same id: the server takes it once, and answers
  // a repeat with the reply it has stored.
  async function post(body) {
    for (let tries = 0; ; tries++) {
      let fault = "net";
      try {
        const r = await fetch("/chat/send", {
          method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout?.(20000),
        });
        fault = "busy";
        if (r.status < 500) {
          const a = await r.json();
          return r.ok ? a : { fault: a.code in words ? a.code : "bad" };
        }
      } catch { /* no answer, or one that is not ours: try again */ }
      if (tries >= pauses.length) return { fault };
      if (fault === "net") status.textContent = words.still;
      await pause(pauses[tries]);
    }
  }

  // turns sends what is not answered yet, oldest first, until all is or one fails.
  async function turns() {
    if (busy) return;
    setBusy(true);
    log.querySelectorAll(".fault").forEach(e => e.remove());
    for (let entry; (entry = story.find(e => e.id && !e.done));) {
      const done = waiting();
      toEnd();
      const body = entry.hello ? { id: entry.id, hello: true } : { id: entry.id, text: entry.me, press: entry.press };
      const a = await post(body);
      done();
      if (a.fault) {
        failed(entry, a.fault);
        break;
      }
      entry.done = true;
      if (a.text || a.choices) add({ reply: { text: a.text, choices: a.choices, menu: a.menu } });
      settle();
    }
    save();
    setBusy(false);
  }

  // news fetches what came by itself and says what was shown, so that it is not sent again.
  async function news() {
    try {
      const said = told.slice(-100);
      const r = await fetch("/chat/news", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ shown: said }), signal: AbortSignal.timeout?.(20000),
      });
      if (!r.ok) return;
      const fresh = (await r.json()).filter(n => !told.includes(n.id));
      told = told.filter(id => !said.includes(id)).concat(fresh.map(n => n.id));
      for (const n of fresh) add({ news: { text: n.text, choices: n.choices, menu: n.menu } });
      if (fresh.length) { settle(); await news(); }
    } catch { /* the next look will do */ }
  }
  const look = () => { if (!document.hidden) news(); };
  let wrote = -Infinity, looked = 0;

  // failed says why there is no reply and offers what helps. The message stays in the story with its id.
  function failed(entry, fault) {
    const p = make("div", "msg fault", words[fault]);
    p.setAttribute("role", "alert");
    const button = (caption, act) => {
      const b = make("button", "", caption);
      b.type = "button";
      b.addEventListener("click", act);
      p.append(b);
    };
    if (fault === "net" || fault === "busy") {
      button(words.retry, turns);
      addEventListener("online", () => { if (p.isConnected) turns(); }, { once: true });
    } else if (fault === "session") {
      button(words.reload, () => location.reload());
    } else {
      entry.done = true; // it would be refused again
      if (!text.value && entry.me && !entry.press) { text.value = entry.me; grow(); }
    }
    log.append(p);
    toEnd();
  }

  function say(said, press) {
    if (busy || !said.trim()) return;
    add({ id: newID(), me: said, press });
    wrote = performance.now();
    turns();
    // A pressed button goes away with its reply; the input is where the talk goes on. A finger did not ask for a keyboard.
    if (press && !finger) text.focus();
  }

  function submit() {
    if (busy || !text.value.trim()) return; // what is typed while waiting stays
    const said = text.value.trim();
    text.value = "";
    grow();
    say(said);
    text.focus();
  }
  form.addEventListener("submit", e => { e.preventDefault(); submit(); });
  text.addEventListener("keydown", e => {
    // keyCode 229 is Safari's Enter that ends an input method's composition.
    if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return;
    e.preventDefault();
    submit();
  });
  function grow() {
    text.style.height = "auto";
    text.style.height = text.scrollHeight + 2 + "px";
  }
  text.addEventListener("input", () => { grow(); save(); });

  try {
    const kept = JSON.parse(sessionStorage.getItem(saved)) || {};
    story = kept.story || [];
    told = kept.told || [];
    text.value = kept.draft || "";
  } catch { story = []; }
  grow();
  story.forEach(show);
  settle();
  if (!story.length) add({ id: newID(), hello: true });
  turns();
  look();
  // Who has just written may be answered by staff at any moment; otherwise once a minute will do.
  setInterval(() => {
    const now = performance.now();
    if (now - looked < (now - wrote < 600000 ? 5000 : 60000)) return;
    looked = now;
    look();
  }, 2500);
  document.addEventListener("visibilitychange", look);
  if (!finger) text.focus();
})();
