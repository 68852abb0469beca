// The assistant's pages, which are whole without it: looks again at what changes, sends forms in place, tries the
// window, copies, and finds among the questions.
//
// What is put into a page came from this service, escaped, like the page itself; nothing else is read as HTML.
"use strict";

(() => {
  const part = (id) => document.getElementById(id);
  let shown = part("live")?.innerHTML;

  // ── what changes by itself ──

  /** Puts the live part of an answered page in place of ours, if it differs. */
  function take(html) {
    const next = new DOMParser().parseFromString(html, "text/html").getElementById("live");
    const live = part("live");
    if (!live || !next) return false;
    const changed = next.innerHTML !== shown;
    shown = next.innerHTML;
    live.dataset.live = next.dataset.live ?? "";
    if (!changed) return true;
    const open = [...live.querySelectorAll("details[open]")].map(({ id }) => id);
    const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
    live.replaceChildren(...next.childNodes);
    for (const id of open) part(id)?.setAttribute("open", "");
    if (focused) (part(focused) ?? live.querySelector("button"))?.focus({ preventScroll: true });
    if (next.dataset.say) part("aloud").textContent = next.dataset.say;
    dress();
    return true;
  }

  async function look() {
    const period = Number(part("live")?.dataset.live);
    if (!period) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, { cache: "no-store" });
        if (answer.ok) take(await answer.text());
      } catch {
        // The service is stopping or starting anew; the next look tells.
      }
    }
    later();
  }

  let timer;
  function later() {
    clearTimeout(timer);
    const period = Number(part("live")?.dataset.live);
    if (period) timer = setTimeout(look, period);
  }

  // ── forms in place ──

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-live-form]")) return;
    event.preventDefault();
    if ("windowTest" in form.dataset) tryWindow();
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    send(form);
  });

  async function send(form) {
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!take(await answer.text())) location.assign(location.pathname + location.search);
    } catch {
      location.reload();
    }
    later();
  }

  // ── whether the browser opens the agent's window, and the window answers ──

  let windowTold = null;
  let trying = null;

  function tryWindow() {
    const popup = window.open("/sign", "key-agent-test", "popup,width=480,height=680");
    if (!popup) return told("blocked");
    trying = { popup, end: setTimeout(() => told("silent"), 5000) };
  }

  window.addEventListener("message", (event) => {
    if (trying && event.source === trying.popup && event.origin === location.origin && event.data?.type === "yzt:ready") told("opened");
  });

  function told(what) {
    if (trying) {
      clearTimeout(trying.end);
      trying.popup.close();
      trying = null;
    }
    windowTold = what;
    showWindow();
  }

  function showWindow() {
    const row = part("window-finding");
    if (!row) return;
    row.hidden = false;
    if (!windowTold) return;
    const good = windowTold === "opened";
    row.className = `finding ${good ? "pass" : "fail"}`;
    const verdict = row.querySelector(".verdict");
    verdict.textContent = good ? verdict.dataset.pass : verdict.dataset.fail;
    const line = part("window-told");
    line.textContent = line.dataset[windowTold];
    part("window-repair").hidden = good;
    const repair = part("window-repair").querySelector("span");
    if (!good) repair.textContent = repair.dataset[windowTold];
  }

  // ── copying, searching ──

  async function copy(button) {
    const text = part(button.dataset.copy)?.querySelector("pre")?.textContent ?? "";
    await navigator.clipboard.writeText(text);
    button.textContent = button.dataset.done;
    part("aloud").textContent = button.dataset.done;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.id === "window-test") tryWindow();
    else if (button?.dataset.copy) copy(button).catch(() => part(button.dataset.copy)?.setAttribute("open", ""));
  });

  function find() {
    const words = part("find").value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const question of document.querySelectorAll(".question")) {
      const text = question.textContent.toLocaleLowerCase();
      const fits = words.every((word) => text.includes(word));
      question.hidden = !fits;
      question.open = fits && words.length > 0;
      if (fits) count += 1;
    }
    const found = part("found");
    found.textContent = words.length === 0 ? "" : count ? `${found.dataset.count} ${count}` : found.dataset.none;
  }

  /** What only a script can do appears with it. */
  function dress() {
    for (const button of document.querySelectorAll("button.copy")) button.hidden = false;
    showWindow();
  }

  if (part("find")) {
    part("find-part").hidden = false;
    part("find").addEventListener("input", find);
  }
  if (location.hash.startsWith("#faq-")) part(location.hash.slice(1))?.setAttribute("open", "");
  dress();
  later();
})();
