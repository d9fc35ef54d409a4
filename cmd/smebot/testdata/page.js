// What must hold of every page of the console, whoever drew it: called in the page, it returns a sentence for each
// thing that does not. Contrast is computed from the colours that are drawn (WCAG 2.2, 1.4.3 and 1.4.11). With focus
// it looks only whether one sees which element has the keyboard (2.4.7).
focus => {
  const faults = [], counts = {};
  const fault = (what, e) => {
    counts[what] = (counts[what] || 0) + 1;
    if (counts[what] <= 2) faults.push(what + (e ? ": " + (e.outerHTML || String(e)).slice(0, 140).replace(/\s+/g, " ") : ""));
  };
  const all = selector => [...document.querySelectorAll(selector)];
  const shown = e => {
    if (e.closest("[hidden]") || !e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) return false;
    const r = e.getBoundingClientRect();
    return r.width > 1 && r.height > 1 && r.right > 0;
  };

  // Colours as they are drawn, over what lies behind.
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const known = new Map();
  const rgba = colour => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = (top, ground) => top.slice(0, 3).map((c, i) => c * top[3] + ground[i] * (1 - top[3]));
  const behind = e => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const c = rgba(getComputedStyle(at).backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] === 1) break;
    }
    return layers.reverse().reduce((ground, c) => over(c, ground), [255, 255, 255]);
  };
  const light = c => {
    const [r, g, b] = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const opacity = e => { let o = 1; for (let at = e; at; at = at.parentElement) o *= Number(getComputedStyle(at).opacity); return o; };
  const read = (e, colour, ground) => {
    const [r, g, b, a] = rgba(colour);
    return contrast(over([r, g, b, a * opacity(e)], ground), ground);
  };

  if (focus) {
    const e = document.activeElement, c = getComputedStyle(e), r = e.getBoundingClientRect();
    if (c.outlineStyle === "none" || parseFloat(c.outlineWidth) < 2 || read(e, c.outlineColor, behind(e.parentElement)) < 3) fault("one does not see that it has the keyboard", e);
    if (r.bottom < 0 || r.top > innerHeight) fault("it has the keyboard, out of sight", e);
    return faults;
  }

  // The frame of the page.
  if (!/^(zh-CN|en)$/.test(document.documentElement.lang)) fault("the page names no language");
  if (!document.title.trim()) fault("the page has no title");
  for (const [what, n] of [["main", 1], ["h1", 1]]) if (all(what).length !== n) fault(`${all(what).length} of <${what}>`);
  if (!document.querySelector("header")) fault("no header");
  if (!all('a[href="#main"]').length) fault("no link past the menu");
  let level = 1;
  for (const h of all("h1, h2, h3, h4, h5, h6").filter(shown)) {
    const n = Number(h.tagName[1]);
    if (n > level + 1) fault("a heading leaves a level out", h);
    level = n;
  }
  const ids = all("[id]").map(e => e.id);
  for (const id of new Set(ids)) if (ids.filter(i => i === id).length > 1) fault("two elements of the id " + id);
  for (const e of all("[aria-describedby], [aria-labelledby], label[for]")) {
    for (const id of (e.getAttribute("aria-describedby") || e.getAttribute("aria-labelledby") || e.getAttribute("for")).split(/\s+/)) {
      if (!document.getElementById(id)) fault("names an id that is not there", e);
    }
  }
  for (const e of all("[tabindex]")) if (e.tabIndex > 0) fault("takes its own place in the order of the keyboard", e);

  // Names.
  const nameOf = e => (e.getAttribute("aria-label") || [...(e.labels || [])].map(l => l.textContent).join(" ") ||
    (e.getAttribute("aria-labelledby") || "").split(/\s+/).map(i => document.getElementById(i)?.textContent || "").join(" ") ||
    (/^(A|BUTTON|SUMMARY)$/.test(e.tagName) ? e.textContent : "")).trim();
  for (const e of all("input:not([type=hidden]), select, textarea, button, a[href], summary")) if (!nameOf(e)) fault("has no name", e);
  for (const e of all("nav")) if (all("nav").length > 1 && !nameOf(e)) fault("one of several menus without a name", e);
  for (const e of all("img")) if (!e.hasAttribute("alt")) fault("a picture without words", e);
  for (const e of all("svg").filter(shown)) if (!(e.getAttribute("aria-hidden") === "true" || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.querySelector("title"))) fault("a drawing without words", e);
  for (const e of all("table")) {
    if (!e.querySelector("th")) fault("a table without heads", e);
    for (const th of e.querySelectorAll("th")) if (!th.getAttribute("scope")) fault("a head of a table without scope", th);
  }
  for (const e of all("fieldset")) if (!e.querySelector("legend")) fault("a group of fields without a name", e);

  // Room.
  if (document.documentElement.scrollWidth > innerWidth) {
    fault(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);
    for (const e of all("body *")) {
      if (e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, .menu") && shown(e)) { fault("sticks out", e); break; }
    }
  }
  for (const e of all("button, .button, select, input:not([type=hidden]), nav a, summary").filter(shown)) {
    const r = (e.closest("label") && /checkbox|radio/.test(e.type) ? e.closest("label") : e).getBoundingClientRect();
    if (Math.min(r.width, r.height) < 23.5 && !/checkbox|radio/.test(e.type) || Math.min(r.width, r.height) < 16) fault(`${Math.round(r.width)} by ${Math.round(r.height)} is too small to hit`, e);
  }
  if (innerWidth < 500) {
    for (const e of all("input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, textarea").filter(shown)) {
      if (parseFloat(getComputedStyle(e).fontSize) < 16) fault("a phone zooms into it", e);
    }
  }

  for (const e of all("body *").filter(shown)) { // who has no mouse scrolls by the arrows, in what has the focus
    const s = getComputedStyle(e), scrolls = /auto|scroll/;
    const cut = scrolls.test(s.overflowY) && e.scrollHeight > e.clientHeight + 1 || scrolls.test(s.overflowX) && e.scrollWidth > e.clientWidth + 1;
    if (cut && e.tabIndex < 0 && e.tagName !== "TEXTAREA" && !e.querySelector("a[href], button, input, [tabindex]")) fault("scrolls, but not by the keyboard", e);
  }

  // Contrast.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const looked = new Set();
  for (let t = texts.nextNode(); t; t = texts.nextNode()) {
    const e = t.parentElement;
    if (!t.data.trim() || looked.has(e) || !shown(e) || e.closest("script, style, :disabled, [aria-disabled=true]")) continue;
    looked.add(e);
    const s = getComputedStyle(e), size = parseFloat(s.fontSize), large = size >= 24 || size >= 18.66 && Number(s.fontWeight) >= 700;
    const got = read(e, e.namespaceURI.endsWith("svg") ? s.fill : s.color, behind(e));
    if (got < (large ? 3 : 4.5)) fault(`contrast ${got.toFixed(2)}`, e);
  }
  for (const e of all("input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, textarea").filter(shown)) {
    if (e.disabled) continue;
    const s = getComputedStyle(e);
    if (read(e, s.color, behind(e)) < 4.5) fault("what is typed is hard to read", e);
    if (e.placeholder && !e.value && read(e, getComputedStyle(e, "::placeholder").color, behind(e)) < 4.5) fault("its hint is hard to read", e);
    if (Math.max(read(e, s.borderTopColor, behind(e.parentElement)), contrast(behind(e), behind(e.parentElement))) < 3) fault("its edge is hard to see", e);
  }
  return faults;
}
