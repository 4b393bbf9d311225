// The keys of the pages. Everything also works without this file.
"use strict";
(() => {
  const SETTING = "rekisteri.pikanappaimet";
  const find = (selector) => document.querySelector(selector);
  const typing = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable ||
      element.matches("textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=submit])"));
  // A browser that keeps nothing (a kiosk, say) has the keys on and forgets the choice.
  const recall = () => {
    try { return localStorage.getItem(SETTING) !== "pois"; } catch { return true; }
  };
  const remember = (on) => {
    try { on ? localStorage.removeItem(SETTING) : localStorage.setItem(SETTING, "pois"); } catch { /* kept for this page only */ }
  };
  let on = recall();

  const dialog = find("#nappaimet");
  const choice = find("#nappaimet-kaytossa");
  choice.checked = on;
  choice.addEventListener("change", () => { on = choice.checked; remember(on); });

  const step = (by) => {
    const hits = [...document.querySelectorAll("main .hit-link")];
    if (!hits.length) return false;
    const now = hits.indexOf(document.activeElement);
    if (now < 0 && document.activeElement !== find("#haku") && document.activeElement !== document.body) return false;
    if (now === 0 && by < 0) { find("#haku")?.focus(); return true; }
    hits[Math.min(Math.max(now + by, 0), hits.length - 1)].focus();
    return true;
  };

  // A Map has the keys it was given and nobody else's: no key leads into what every object inherits.
  const keys = new Map(Object.entries({
    "/": () => { const box = find("#haku"); box?.focus(); box?.select(); return Boolean(box); },
    "?": () => { dialog.showModal(); return true; },
    m: () => { const link = find("#maksajaan"); link?.click(); return Boolean(link); },
    h: () => { const link = find("#kortille") ?? find("#historiaan"); link?.click(); return Boolean(link); },
  }));

  const decide = (key) => {
    const mark = document.querySelector(`input[data-key="${CSS.escape(key)}"]`);
    if (!mark) return false;
    mark.checked = true;
    find("#k-perustelu").focus();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (document.activeElement?.matches("select, textarea, input[type=radio]")) return;
      if (step(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
      return;
    }
    // The keys dialog can always be reached, so that the keys can be turned on again.
    if (typing(event.target) || (!on && event.key !== "?")) return;
    if (keys.get(event.key)?.() || decide(event.key)) event.preventDefault();
  });

  // What was asked for by a button that is now gone must not leave the keyboard nowhere.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.matches("#hetu, #suojatut")) event.detail.target.querySelector("[tabindex]")?.focus();
  });

  find("#virheet")?.focus();
})();
