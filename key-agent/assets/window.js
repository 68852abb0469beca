// The agent's own window: asks the page that opened it what to do, shows it, and answers that page alone.
//
// Every text from outside is put in with textContent. The PIN leaves this script only in a POST to the agent itself.
"use strict";

(() => {
  const token = document.body.dataset.windowToken;
  const version = Number(document.body.dataset.version);
  const opener = window.opener;
  const part = (id) => document.getElementById(id);

  // What the window knows: `page` is the origin that the browser attested and the agent accepted.
  const now = { page: null, request: null, texts: {}, locks: null, chosen: null, ended: false, asking: false, working: false, lastCode: null, gone: null, deadline: 0, unanswered: 0 };

  /** So many times the page is asked in vain whether it is there, a second apart. */
  const SILENCE_MAX = 4;

  const text = (key) => now.texts[key] ?? document.querySelector(`[data-text="${key}"]`)?.textContent ?? key;

  // ── messages to the page ──

  function tell(message) {
    if (now.page && opener && !opener.closed) opener.postMessage(message, now.page);
  }

  /** Ends the operation, once. */
  function finish(message) {
    if (now.ended || !now.request) return;
    now.ended = true;
    tell({ ...message, id: now.request.id });
  }

  function fail(code, more = {}) {
    finish({ type: "yzt:failure", code, ...more });
  }

  /** How it ends when the person closes the window: what stood in the way says more than "cancelled". */
  function abandon() {
    if (now.ended || !now.request) return;
    const obstacle = now.locks?.obstacle;
    if (obstacle && now.lastCode?.code !== "lock-removed") fail(obstacle);
    else if (now.lastCode) fail(now.lastCode.code, now.lastCode.more);
    else fail("cancelled");
  }

  // ── calls to the agent ──

  async function call(path, body) {
    let response;
    try {
      response = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Agent-Window": token },
        body: JSON.stringify(body),
        credentials: "omit",
        keepalive: path === "/api/end",
      });
    } catch {
      throw { code: null, final: false, message: text("window-unreachable") };
    }
    const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
    if (!response.ok) throw { code: answer.code ?? "bad-request", final: answer.final ?? true, message: answer.message ?? "", tries: answer.tries, retries_left: answer.retries_left };
    return answer;
  }

  // ── what is shown ──

  function say(message, kind = "") {
    const place = part("message");
    place.className = `message ${kind}`.trim();
    place.textContent = message;
  }

  function show(id, visible) {
    part(id).hidden = !visible;
  }

  function speak(answer) {
    now.texts = answer.texts;
    document.documentElement.lang = answer.lang;
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
    if (answer.operation === "read") {
      part("title").textContent = text("window-title-read");
      part("confirm").textContent = text("window-confirm-read");
    }
    document.title = part("title").textContent;
  }

  function element(name, className, content) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (content !== undefined) made.textContent = content;
    return made;
  }

  function facts(pairs) {
    const list = element("dl", "facts");
    for (const [key, value] of pairs) {
      if (value) list.append(element("dt", "", text(key)), element("dd", "", value));
    }
    return list;
  }

  function row(lock, certificate) {
    const label = element("label", "certificate");
    const radio = element("input");
    radio.type = "radio";
    radio.name = "certificate";
    radio.value = certificate.id;
    radio.disabled = now.request.operation === "sign" && !(certificate.usable && lock.tries !== "none");
    radio.checked = certificate.id === now.chosen;
    radio.addEventListener("change", () => choose(certificate.id));
    const body = element("div");
    const subject = element("p", "subject", certificate.subject_name + " ");
    if (certificate.sealed) {
      body.append(subject, element("p", "note", text("certificate-sealed")), facts([["certificate-media-number", lock.media_number]]));
    } else {
      const kinds = { signing: text("certificate-signing"), encryption: text("certificate-encryption"), other: text("certificate-other") };
      subject.append(element("span", "badge", kinds[certificate.kind]));
      if (certificate.expired) subject.append(" ", element("span", "badge bad", text("certificate-expired")));
      if (lock.tries === "none") subject.append(" ", element("span", "badge bad", text("certificate-pin-locked")));
      subject.title = certificate.subject;
      body.append(subject, facts([
        ["certificate-issuer", certificate.issuer_name],
        ["certificate-validity", `${certificate.not_before} ${text("certificate-to")} ${certificate.not_after}`],
        ["certificate-key-number", certificate.key_number],
        ["certificate-serial-number", certificate.serial_number],
        ["certificate-media-number", lock.media_number],
        ["certificate-lock", lock.label],
      ]));
    }
    if (lock.software) body.append(element("p", "warning", text("window-software")));
    label.append(radio, body);
    return label;
  }

  function renderLocks(locks) {
    const before = now.locks;
    if (before && JSON.stringify(before) === JSON.stringify(locks)) return;
    now.locks = locks;
    const choices = locks.locks.flatMap((lock) => lock.certificates.map((certificate) => ({ lock, certificate })));
    // The one chosen last for this website comes first, so that what is preselected is in sight; then those that can be chosen.
    const rank = ({ certificate }) => {
      if (!certificate.usable) return 3;
      if (certificate.id === now.remembered) return 0;
      return certificate.sealed ? 2 : 1;
    };
    choices.sort((one, other) => rank(one) - rank(other));
    const able = choices.filter(({ lock, certificate }) => now.request.operation === "read" || (certificate.usable && lock.tries !== "none"));
    const isAble = (id) => able.some(({ certificate }) => certificate.id === id);
    const left = now.chosen && !choices.some(({ certificate }) => certificate.id === now.chosen);
    const back = Boolean(now.gone) && isAble(now.gone);
    if (left) now.gone = now.chosen;
    if (back) {
      now.chosen = now.gone;
      now.gone = null;
      part("pin").value = "";
    }
    if (!left && before?.obstacle && !locks.obstacle) now.gone = null;
    if (now.gone) {
      // Nobody's choice but the person's: a PIN must not go to another lock because this one was pulled out.
      now.chosen = isAble(now.chosen) ? now.chosen : null;
      part("pin").value = "";
    } else if (!isAble(now.chosen)) {
      const promising = able.filter(({ certificate }) => certificate.kind === "signing" && !certificate.expired);
      // One that is read only after its PIN is nobody's guess, but it may be what the person chose last.
      const preferred = promising.filter(({ certificate }) => !certificate.sealed);
      const remembered = promising.find(({ certificate }) => certificate.id === now.remembered);
      now.chosen = (remembered ?? preferred[0] ?? able[0])?.certificate.id ?? null;
      part("pin").value = "";
    }
    const held = document.activeElement?.name === "certificate";
    const list = part("certificates");
    list.replaceChildren(...choices.map(({ lock, certificate }) => row(lock, certificate)));
    // There may be more than are in sight.
    part("how-many").textContent = choices.length > 1 ? ` (${choices.length})` : "";
    for (const lock of locks.unreadable) list.append(element("p", "warning", `${lock.label}: ${text("certificate-unreadable")}`));
    const checked = list.querySelector("input:checked");
    if (held) checked?.focus();
    // Only where the list scrolls by itself: what is to be signed must not be scrolled away.
    const { scrollHeight, clientHeight } = list.closest(".scroll");
    if (scrollHeight > clientHeight) checked?.closest("label").scrollIntoView({ block: "nearest" });

    show("choice", list.childElementCount > 0);
    show("insert", locks.obstacle === "no-lock");
    if (locks.obstacle === "only-encryption-certificate") say(text("window-only-encryption"), "bad");
    else if (left) {
      now.lastCode = { code: "lock-removed", more: {} };
      say(text("window-lock-gone"), "bad");
    } else if (back || (before?.obstacle && !locks.obstacle)) {
      now.lastCode = null;
      say(text("window-lock-came"), "good");
    } else if (!before) say("");
    renderChoice(!before || Boolean(before.obstacle));
  }

  function chosenLock() {
    return now.locks?.locks.find((lock) => lock.certificates.some((certificate) => certificate.id === now.chosen));
  }

  function renderChoice(focus) {
    const lock = chosenLock();
    const chosen = lock?.certificates.find((certificate) => certificate.id === now.chosen);
    part("chosen-name").textContent = chosen?.subject_name ?? "";
    show("chosen", Boolean(chosen));
    const needsPin = Boolean(lock) && (now.request.operation === "sign" || now.chosen.endsWith("/sealed"));
    show("pin-part", needsPin);
    show("pin-note", needsPin);
    show("software", Boolean(lock?.software));
    show("read-note", Boolean(lock) && !needsPin);
    show("confirm", true);
    part("confirm").disabled = !lock || now.working;
    if (lock) renderTries(lock);
    // Who asks and what for stays in sight.
    if (focus && lock) part(needsPin ? "pin" : "confirm").focus({ preventScroll: true });
  }

  /** The number where the lock counts; in words where it does not: no number is made up. */
  function renderTries(lock) {
    const words = { untold: text("window-tries-untold"), fewer: text("window-tries-fewer"), last: text("window-tries-last") };
    part("retries-left").textContent = words[lock.tries] ?? String(lock.retries_left);
  }

  function choose(id) {
    now.chosen = id;
    now.gone = null;
    now.lastCode = null;
    part("pin").value = "";
    renderChoice(false);
  }

  /** The operation is over, but the window stays to say why. */
  function close(message, kind = "bad") {
    for (const id of ["statement-part", "insert", "choice", "chosen", "pin-part", "pin-note", "software", "read-note", "confirm", "clock"]) show(id, false);
    part("pin").value = "";
    say(message, kind);
    part("cancel").textContent = text("window-close");
    part("cancel").focus();
    document.body.dataset.state = "ended";
  }

  // ── the course of an operation ──

  async function begin(page, message) {
    now.asking = true;
    now.request = { id: message.id, operation: message.operation, heartbeat: message.heartbeat === true };
    const wish = { origin: page, operation: String(message.operation) };
    for (const member of ["version", "nonce", "purpose", "statement", "algorithms", "lang"]) {
      if (message[member] !== undefined) wish[member] = message[member];
    }
    // Failures of the first step are answered too, to this page and to nobody else.
    now.page = page === "null" ? null : page;
    let answer;
    try {
      answer = await call("/api/begin", wish);
    } catch (failure) {
      part("origin").textContent = page;
      show("request", true);
      for (const line of document.querySelectorAll(".who .line")) line.hidden = true;
      fail(failure.code ?? "bad-request");
      close(failure.message);
      return;
    }
    speak(answer);
    part("origin").textContent = answer.origin;
    part("purpose").textContent = answer.purpose;
    part("statement").textContent = answer.statement;
    show("request", true);
    show("statement-part", answer.operation === "sign");
    now.remembered = answer.remembered;
    now.deadline = Date.now() + answer.seconds * 1000;
    document.body.dataset.state = "asked";
    renderLocks(answer.locks);
    tick();
    setInterval(tick, 1000);
    setTimeout(poll, 1500);
    attend();
  }

  /** Stays connected to the agent: a browser that ends in any way lets go, and the lock is free for another window. */
  async function attend() {
    while (!now.ended) {
      try {
        const answer = await fetch("/api/attend", { method: "POST", headers: { "Content-Type": "application/json", "X-Agent-Window": token }, credentials: "omit" });
        if (!answer.ok) return;
        const reader = answer.body.getReader();
        while (!(await reader.read()).done);
      } catch {
        // The service stops, or the connection broke: once more.
      }
      await new Promise((done) => { setTimeout(done, 500); });
    }
  }

  /** Nobody is asked for a PIN for a page that has gone. One that leads elsewhere in the same tab no longer answers. */
  function watchPage() {
    if (now.ended || !opener) return;
    if (opener.closed) return pageGone();
    if (!now.request?.heartbeat || document.body.dataset.state !== "asked") return;
    if (now.unanswered >= SILENCE_MAX) return pageGone();
    now.unanswered += 1;
    opener.postMessage({ type: "yzt:ping", id: now.request.id }, now.page);
  }

  function pageGone() {
    now.ended = true;
    end();
    close(text("window-page-gone"));
  }

  function tick() {
    if (now.ended) return;
    const seconds = Math.max(0, Math.ceil((now.deadline - Date.now()) / 1000));
    part("seconds").textContent = String(seconds);
    show("clock", true);
    if (seconds === 0) {
      fail(now.locks?.obstacle ?? "timed-out");
      end();
      close(text("window-timed-out"));
    }
  }

  async function poll() {
    if (now.ended) return;
    if (!now.working) {
      try {
        const locks = await call("/api/locks", {});
        if (!now.ended && !now.working) renderLocks(locks);
      } catch (failure) {
        if (!now.ended && !now.working) failed(failure);
      }
    }
    setTimeout(poll, 1500);
  }

  function failed(failure) {
    if (failure.final) {
      fail(failure.code, failure.retries_left === undefined ? {} : { retries_left: failure.retries_left });
      close(failure.message);
      return;
    }
    say(failure.message, "bad");
    if (failure.code) now.lastCode = { code: failure.code, more: failure.retries_left === undefined ? {} : { retries_left: failure.retries_left } };
    const lock = chosenLock();
    if (lock && failure.code === "pin-wrong") {
      lock.tries = failure.tries;
      lock.retries_left = failure.retries_left ?? null;
      renderTries(lock);
      part("pin").focus({ preventScroll: true });
    }
  }

  async function confirm() {
    if (now.ended || now.working || !now.locks) return;
    if (!now.chosen) return say(text("window-choose"), "bad");
    const needsPin = !part("pin-part").hidden;
    const body = { certificate: now.chosen };
    if (needsPin) {
      if (!part("pin").value) {
        say(text("window-enter-pin"), "bad");
        part("pin").focus({ preventScroll: true });
        return;
      }
      body.pin = part("pin").value;
      part("pin").value = "";
    }
    now.working = true;
    part("confirm").disabled = true;
    if (needsPin) say(text("window-working"));
    try {
      const answer = await call(now.request.operation === "sign" ? "/api/sign" : "/api/read", body);
      now.working = false;
      if (now.ended) return;
      if (now.request.operation === "sign") finish({ type: "yzt:proof", proof: answer.proof });
      else finish({ type: "yzt:certificate", ...answer });
      close(text("window-done"), "good");
      window.close();
    } catch (failure) {
      now.working = false;
      delete body.pin;
      part("confirm").disabled = false;
      if (!now.ended) failed(failure);
    }
  }

  /** Tells the agent that this window's operation is over. */
  function end() {
    call("/api/end", {}).catch(() => {});
  }

  // ── what the person and the page do ──

  part("form").addEventListener("submit", (event) => {
    event.preventDefault();
    confirm();
  });

  part("cancel").addEventListener("click", () => window.close());

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) window.close();
  });

  window.addEventListener("pagehide", () => {
    abandon();
    end();
  });

  window.addEventListener("message", (event) => {
    const message = event.data;
    if (!opener || event.source !== opener || message === null || typeof message !== "object") return;
    if (message.type === "yzt:pong" && event.origin === now.page && message.id === now.request?.id) now.unanswered = 0;
    if (message.type !== "yzt:request") return;
    if (typeof message.id !== "string" || message.id.length > 128) return;
    if (now.asking) {
      // One operation in the life of a window.
      if (event.origin === now.page && message.id !== now.request.id) opener.postMessage({ type: "yzt:failure", id: message.id, code: "busy" }, now.page);
      return;
    }
    begin(event.origin, message);
  });

  setInterval(watchPage, 1000);
  if (opener) opener.postMessage({ type: "yzt:ready", version }, "*");
  else close(text("window-no-page"));
})();
