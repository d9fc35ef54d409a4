// What every page of the console has: a form goes out once, buttons that print or copy, small screens, and typing counts as work.
"use strict";
(() => {
  // A double click must not do a thing twice. After a while a form may go again: one that fetches a file leaves its
  // page as it is.
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (event.defaultPrevented) return;
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 3000);
  });
  addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

  // What a small screen has no room for is folded, unless it is in use.
  if (innerWidth < 640) for (const part of document.querySelectorAll("details[data-narrow]:not([data-keep])")) part.open = false;

  for (const button of document.querySelectorAll("[data-print], [data-copy]")) button.hidden = false; // of no use without this script
  document.addEventListener("click", async event => {
    if (event.target.closest("[data-print]")) print();
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) return; // the clipboard is for https only; the field is marked, Ctrl-C copies it
    }
    button.textContent = button.dataset.done;
  });

  // A session ends when nobody has done anything for a while; who writes a long note is doing something.
  const often = 5 * 60 * 1000;
  let told = performance.now();
  document.addEventListener("input", () => {
    if (!document.body.dataset.account || performance.now() - told < often) return;
    told = performance.now();
    fetch("/console/account", {method: "HEAD", redirect: "manual"}).catch(() => {});
  });
})();
