// SPDX-License-Identifier: EUPL-1.2
// Saving answers: at once, in order, never lost. What could not be sent stays in the browser and is sent again.

import { toast, token } from "./app.js";

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30000;

export const LATE = "Pas encore enregistré, nouvel essai…";

/** One for a page. `url` holds `__criterion__`; `key` is "user:assessment", so that nobody sends what another one typed. */
export class Saver {
  constructor({ url, key, onState, onStored, onRefused }) {
    this.url = url;
    this.store = `carene-answers:${key}`;
    this.onState = onState; // (text, late)
    this.onStored = onStored; // (criterion, stored answer)
    this.onRefused = onRefused; // (criterion)
    this.versions = new Map();
    this.busy = new Set();
    this.wait = FIRST_WAIT;
    this.pending = new Map(Object.entries(this.#read()));
    window.addEventListener("online", () => this.flushAll());
    window.addEventListener("storage", (event) => {
      // Another window of the same person sent something: what it no longer holds need not be sent from here.
      if (event.key !== this.store) return;
      const theirs = this.#read();
      for (const criterion of this.pending.keys()) if (!(criterion in theirs) && !this.busy.has(criterion)) this.pending.delete(criterion);
    });
    if (this.pending.size) queueMicrotask(() => this.flushAll());
  }

  /** What waits to be sent for a question: `{version, change}` or undefined. */
  waiting(criterion) {
    return this.pending.get(criterion);
  }

  know(criterion, version) {
    this.versions.set(criterion, version);
  }

  /** `change` holds what changes: level, not_applicable, justification, comment, confirm. */
  save(criterion, change) {
    const before = this.pending.get(criterion);
    const merged = { ...(before?.change ?? {}), ...change };
    if ("level" in change && !("not_applicable" in change)) delete merged.not_applicable;
    if (change.not_applicable) delete merged.level;
    this.pending.set(criterion, { version: before?.version ?? this.versions.get(criterion) ?? 0, change: merged });
    this.#write();
    return this.#flush(criterion);
  }

  undo(criterion) {
    this.pending.delete(criterion);
    this.#write();
    return this.#send(criterion, { undo: true, version: this.versions.get(criterion) ?? 0 }).then((reply) => this.#settle(criterion, reply));
  }

  flushAll() {
    for (const criterion of [...this.pending.keys()]) this.#flush(criterion);
  }

  /** Resolves when nothing is on its way any more, or after `limit` ms. */
  async idle(limit) {
    const end = Date.now() + limit;
    while ((this.busy.size || this.pending.size) && Date.now() < end) await new Promise((go) => { setTimeout(go, 30); });
  }

  async #flush(criterion) {
    if (this.busy.has(criterion)) return;
    const sent = this.pending.get(criterion);
    if (!sent) return;
    this.busy.add(criterion);
    this.onState("Enregistrement…", false);
    const reply = await this.#send(criterion, { ...sent.change, version: sent.version });
    this.busy.delete(criterion);
    if (reply.kind === "lost") {
      this.onState(reply.words ?? LATE, true);
      setTimeout(() => this.flushAll(), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      return;
    }
    this.wait = FIRST_WAIT;
    const now = this.pending.get(criterion);
    if (now === sent) {
      this.pending.delete(criterion);
    } else if (now && reply.kind === "ok") {
      now.version = reply.data.version; // typed while the former was on its way
    }
    this.#write();
    await this.#settle(criterion, reply, sent);
    if (this.pending.has(criterion)) this.#flush(criterion);
  }

  async #settle(criterion, reply, sent) {
    if (reply.kind === "ok") {
      this.versions.set(criterion, reply.data.version);
      this.onState(reply.data.saved, false);
      this.onStored(criterion, reply.data, false);
    } else if (reply.kind === "conflict") {
      this.onState("À décider", true);
      this.versions.set(criterion, reply.data.stored.version);
      const mine = sent && (await chooseMine(reply.data, sent.change));
      if (mine) {
        this.pending.set(criterion, { version: reply.data.stored.version, change: sent.change });
        this.#write();
        this.#flush(criterion);
      } else {
        this.pending.delete(criterion);
        this.#write();
        this.onStored(criterion, reply.data.stored, true);
        this.onState(reply.data.stored.saved, false);
      }
    } else if (reply.kind === "refused") {
      this.pending.delete(criterion);
      this.#write();
      toast(reply.words, { error: true });
      this.onState("", false);
      this.onRefused(criterion);
    } else {
      this.onState(LATE, true);
    }
  }

  async #send(criterion, body) {
    let response;
    try {
      response = await fetch(this.url.replace("__criterion__", encodeURIComponent(criterion)), {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
        body: JSON.stringify(body),
        redirect: "manual",
        keepalive: true,
      });
    } catch {
      return { kind: "lost" };
    }
    if (response.type === "opaqueredirect") return { kind: "lost", words: "Session fermée : reconnectez-vous dans un autre onglet, vos réponses sont gardées ici." };
    const json = response.headers.get("Content-Type")?.startsWith("application/json");
    if (!json && response.status === 403) return { kind: "lost", words: "Rechargez la page : vos réponses sont gardées." };
    if (!json || response.status >= 500) return { kind: "lost" };
    const data = await response.json();
    if (response.ok) return { kind: "ok", data };
    if (response.status === 409) return { kind: "conflict", data };
    return { kind: "refused", words: data.detail ?? "La réponse n'a pas été acceptée." };
  }

  #read() {
    try { return JSON.parse(localStorage.getItem(this.store) ?? "{}"); } catch { return {}; }
  }

  #write() {
    try {
      if (this.pending.size) localStorage.setItem(this.store, JSON.stringify(Object.fromEntries(this.pending)));
      else localStorage.removeItem(this.store);
    } catch { /* private window: unsent answers live as long as the page */ }
  }
}

/** « niveau 2 », « non applicable », « le commentaire »: what a change says. */
export function spoken(change) {
  if (change.not_applicable) return "non applicable";
  if ("level" in change) return change.level === null ? "sans réponse" : `niveau ${change.level}`;
  return "comment" in change ? "mon commentaire" : "ma justification";
}

/** Asks which answer to keep; resolves to true for mine. */
function chooseMine(data, change) {
  const dialog = document.getElementById("conflict-dialog");
  dialog.querySelector("[data-sentence]").textContent = data.detail;
  const quote = dialog.querySelector("[data-comment]");
  quote.textContent = data.stored.comment;
  quote.hidden = !data.stored.comment;
  const theirs = dialog.querySelector("[data-theirs]");
  const mine = dialog.querySelector("[data-mine]");
  theirs.textContent = `Garder sa réponse : ${data.stored.said}`;
  mine.textContent = `Mettre la mienne : ${spoken(change)}`;
  return new Promise((resolve) => {
    const end = (value) => { dialog.close(); resolve(value); };
    theirs.onclick = () => end(false);
    mine.onclick = () => end(true);
    dialog.oncancel = (event) => event.preventDefault(); // a choice is needed: closing would hide which one stands
    dialog.showModal();
  });
}

/** Asks why a question does not apply; resolves to the text, or null. */
export function askWhy(question, text = "") {
  const dialog = document.getElementById("na-dialog");
  const field = dialog.querySelector("textarea");
  dialog.querySelector("[data-question]").textContent = question;
  field.value = text;
  return new Promise((resolve) => {
    let answer = null;
    dialog.querySelector("[data-ok]").onclick = () => {
      if (!field.reportValidity() || !field.value.trim()) return;
      answer = field.value.trim();
      dialog.close();
    };
    dialog.onclose = () => resolve(answer);
    dialog.showModal();
  });
}

let shown = null;
/** One message at a time, with the way back. */
export function saidWithUndo(text, undo) {
  shown?.remove();
  shown = toast(text, { undo });
}

export function dropUndo() {
  shown?.remove();
  shown = null;
}
