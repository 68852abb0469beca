// Pages work without this script, but for the lock: its agent has a window of its own and talks to this
// page by postMessage. A PIN is never seen here.
"use strict";
(() => {
  const READY_MS = 2500;
  const TOTAL_MS = 125000;
  const FRESH_MS = 240000;
  const started = Date.now();
  const byId = (id) => document.getElementById(id);
  const messages = byId("agent-messages");
  const form = byId("challenge-form");
  const { lang } = document.documentElement;

  // The page carries all texts in its own language.

  const say = (node, kind) => {
    const box = byId("message");
    box.className = "message" + (kind ? " " + kind : "");
    box.replaceChildren(...(node ? [node] : []));
    if (kind === "is-failure") {
      box.focus();
      box.scrollIntoView({ block: "center" });
    }
  };

  const text = (status) => messages.content.querySelector(`[data-status="${status}"]`).cloneNode(true);

  const failure = (code, retries) => {
    const known = retries === undefined && code === "pin-wrong" ? "pin-wrong-unknown" : code;
    const find = (wanted) => messages.content.querySelector(`[data-code="${CSS.escape(wanted)}"]`);
    const node = (find(known) || find("agent-failed")).cloneNode(true);
    const line = node.querySelector(".problem-message");
    line.textContent = line.textContent.replace("{n}", String(retries));
    return node;
  };

  // The server's own words for a refusal.
  const refused = (problem) => {
    const node = failure("refused");
    const fill = (place, words) => { node.querySelector(place).textContent = words; };
    fill(".problem-message", problem.message);
    fill(".advice", problem.advice);
    fill("span", problem.incident);
    return Object.assign(new Failure("refused"), { node, stale: problem.stale });
  };

  class Failure extends Error {
    constructor(code, retries) {
      super(code);
      this.code = code;
      this.retries = retries;
    }
  }

  const words = (list) => list.split(" ").filter(Boolean);
  const random = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

  // Opens the agent's window, finds its port, asks, answers with its message. Must be called straight
  // from the person's click, or the browser blocks the window.
  const askAgent = (operation, nonce, answerType) => new Promise((resolve, reject) => {
    const ports = words(form.dataset.agentPorts);
    const id = random();
    const address = (port) => `http://127.0.0.1:${ports[port]}/sign`;
    let port = 0;
    let asked = false;
    let gone = 0;
    const popup = window.open(address(0), "yzt-agent", "popup,width=480,height=680");
    if (!popup) {
      reject(new Failure("popup-blocked"));
      return;
    }
    const end = (settle, value) => {
      window.removeEventListener("message", hear);
      clearTimeout(readyTimer);
      clearTimeout(totalTimer);
      clearInterval(closedTimer);
      if (!popup.closed) popup.close();
      settle(value);
    };
    const fail = (code, retries) => end(reject, new Failure(code, retries));
    const tryNext = () => {
      port += 1;
      if (port >= ports.length) {
        fail("no-agent");
        return;
      }
      popup.location = address(port);
      readyTimer = setTimeout(tryNext, READY_MS);
    };
    const ask = async () => {
      const fresh = await nonce;
      const { purpose, statement, algorithms } = form.dataset;
      popup.postMessage({
        type: "yzt:request", id, operation, nonce: fresh, purpose, statement, algorithms: words(algorithms), lang, heartbeat: true,
      }, new URL(address(port)).origin);
      say(text("waiting"));
    };
    const hear = (event) => {
      if (event.source !== popup || event.origin !== new URL(address(port)).origin) return;
      const said = event.data;
      if (!said || typeof said !== "object") return;
      if (said.type === "yzt:ready" && !asked) {
        clearTimeout(readyTimer);
        asked = true;
        if (said.version !== 1) fail("agent-version");
        else ask().catch((problem) => end(reject, problem));
      } else if (!asked || said.id !== id) {
        // Not the answer to this request.
      } else if (said.type === "yzt:ping") {
        // The window asks nobody for a PIN when the page that wanted it has gone.
        popup.postMessage({ type: "yzt:pong", id }, event.origin);
      } else if (said.type === answerType) {
        end(resolve, said);
      } else if (said.type === "yzt:failure") {
        fail(String(said.code), Number.isInteger(said.retries_left) ? said.retries_left : undefined);
      }
    };
    const totalTimer = setTimeout(() => fail("timed-out"), TOTAL_MS);
    // Twice, so that an answer sent just before the window closed still arrives.
    const closedTimer = setInterval(() => {
      gone += popup.closed ? 1 : 0;
      if (gone > 1) fail("cancelled");
    }, 400);
    let readyTimer = setTimeout(tryNext, READY_MS);
    window.addEventListener("message", hear);
    popup.focus();
  });

  const post = async (path, body) => {
    let answer;
    try {
      answer = await fetch(`${path}?lang=${lang}`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-CSRF-Token": form.elements.csrf_token.value,
        },
        body: JSON.stringify(body),
      });
    } catch {
      throw new Failure("unavailable");
    }
    const json = await answer.json().catch(() => null);
    if (answer.ok && json) return json;
    throw json?.message ? refused(json) : new Failure("unavailable");
  };

  // A page that stood open for long asks for a fresh nonce.
  const freshNonce = async () => {
    const field = form.elements.nonce;
    if (form.dataset.refresh && Date.now() - started > FRESH_MS) {
      const fresh = await post(form.dataset.refresh, { purpose: form.dataset.purpose });
      field.value = form.dataset.nonce = fresh.nonce;
      byId("statement").textContent = form.dataset.statement = fresh.statement;
    }
    return field.value;
  };

  // One operation at a time; the button shows it.

  const send = () => HTMLFormElement.prototype.submit.call(form);
  let busy = false;
  const run = async (button, work) => {
    if (busy) return;
    busy = true;
    button.setAttribute("aria-busy", "true");
    const others = form.querySelectorAll("button");
    for (const it of others) it.setAttribute("aria-disabled", "true");
    try {
      button.parentElement.before(byId("message"));
      say(text("opening"));
      await work();
    } catch (problem) {
      // The server shows the page anew, with what was typed.
      if (problem.stale) send();
      else if (problem.node) say(problem.node, "is-failure");
      else say(failure(problem.code || "agent-failed", problem.retries), "is-failure");
    } finally {
      if (!form.elements.proof.value) {
        busy = false;
        button.removeAttribute("aria-busy");
        for (const it of others) it.removeAttribute("aria-disabled");
      }
    }
  };

  const sign = async () => {
    const nonce = freshNonce();
    nonce.catch(() => {});
    const answer = await askAgent("sign", nonce, "yzt:proof");
    form.elements.proof.value = JSON.stringify(answer.proof);
    say(text("submitting"));
    send();
  };

  const readCertificate = async () => {
    const answer = await askAgent("read", form.elements.nonce.value, "yzt:certificate");
    say(text("reading"));
    const facts = await post(form.dataset.certificatePath, {
      certificate: answer.certificate,
      media_number: answer.media_number,
    });
    for (const name of ["holder_name", "key_number", "media_number"]) {
      const cell = byId(name.replace("_", "-"));
      cell.textContent = facts[name] || form.dataset.unread;
      cell.className = facts[name] ? "strong" : "unread";
    }
    const { read_certificate, read_media_number, credit_code: code } = form.elements;
    read_certificate.value = answer.certificate;
    read_media_number.value = facts.media_number || "";
    if (facts.problem) throw refused(facts.problem);
    if (facts.credit_code && !code.value) code.value = facts.credit_code;
    setError("certificate", "");
    if (code.value) setError("credit_code", "");
    say(text("read"), "is-success");
    byId("certificate").focus();
  };

  // Fields of the binding: what is missing is said before the lock is asked.

  const setError = (name, message) => {
    const line = byId(`${name}-error`);
    if (!line) return;
    line.textContent = message;
    line.hidden = !message;
    const field = form.querySelector(`[data-field="${name}"]`);
    if (!field) return;
    field.classList.toggle("field-bad", Boolean(message));
    byId(name).setAttribute("aria-invalid", String(Boolean(message)));
  };

  // GB 32100-2015: check = (31 - sum of weight * value mod 31) mod 31.
  const isCreditCode = (code) => {
    const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    const values = [...code].map((character) => alphabet.indexOf(character));
    if (values.length !== 18 || values.includes(-1)) return false;
    const sum = values.slice(0, 17).reduce((all, value, place) => all + 3 ** place * value, 0);
    return (31 - (sum % 31)) % 31 === values[17];
  };

  const creditCodeProblem = () => {
    const field = form.elements.credit_code;
    field.value = field.value.replace(/\s/g, "").toUpperCase();
    return field.value && !isCreditCode(field.value) ? text("bad-credit-code").textContent : "";
  };

  const checkFields = () => {
    let first = null;
    for (const field of form.querySelectorAll("[data-field]")) {
      const name = field.dataset.field;
      const control = byId(name);
      const boxes = [...field.querySelectorAll("[type=checkbox]")];
      const given = boxes.length ? boxes.some((box) => box.checked) : control.value.trim();
      const { wrong, long } = field.dataset;
      let problem = "";
      if (!given && (boxes.length || control.required)) {
        problem = form.dataset.required.replace("{field}", field.querySelector("label, legend").textContent);
      } else if (name === "credit_code") problem = creditCodeProblem();
      else if (control.validity.patternMismatch) problem = wrong;
      else if (control.value?.length > control.maxLength) problem = long;
      setError(name, problem);
      if (problem) first ||= control;
    }
    first?.focus();
    return !first;
  };

  if (form && messages) {
    form.addEventListener("submit", (event) => {
      // A proof filled in by other software goes as it is; so does the form to another language.
      if ((form.elements.proof.value && !busy) || event.submitter?.formNoValidate) return;
      event.preventDefault();
      if (busy || (form.elements.credit_code && !checkFields())) return;
      run(byId("sign") || byId("submit-binding"), sign);
    });
    const read = byId("read-certificate");
    if (read) {
      read.addEventListener("click", () => run(read, readCertificate));
      // Changed fields are judged on submit.
      form.addEventListener("change", (event) => {
        const field = event.target.closest("[data-field]");
        if (field) setError(field.dataset.field, "");
      });
      form.elements.credit_code.addEventListener("blur", () => setError("credit_code", creditCodeProblem()));
    }
  }

  const consent = byId("consent-form");
  if (consent) {
    let sent = false;
    consent.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
  }

  // An answer on its way to a platform.
  const leaving = byId("leaving-form");
  if (leaving) leaving.submit();

  // A used form would offer a spent nonce or consent.
  if (form || consent) {
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) window.location.reload();
    });
  }

  // Platforms: filter while typing.
  const search = byId("search");
  if (search) {
    const count = byId("platforms-count");
    const filter = () => {
      const wanted = search.value.trim().toLowerCase();
      let shown = 0;
      for (const card of document.querySelectorAll("[data-platform]")) {
        card.hidden = !card.dataset.platform.toLowerCase().includes(wanted);
        if (!card.hidden) shown += 1;
      }
      for (const zone of document.querySelectorAll(".zone")) zone.hidden = !zone.querySelector(".card:not([hidden])");
      count.firstChild.textContent = count.dataset.text.replace("{n}", String(shown));
      byId("platforms-none").hidden = shown > 0;
    };
    search.addEventListener("input", filter);
  }

  // A file that would be refused is refused before it is sent: the page is not left, and nothing that was typed is lost.
  for (const input of document.querySelectorAll("input[type=file][data-most]")) {
    input.addEventListener("change", () => {
      const isTooLarge = [...input.files].some((file) => file.size > Number(input.dataset.most));
      input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
      input.reportValidity();
    });
  }

  document.querySelector("[data-autofocus]")?.focus();
})();
