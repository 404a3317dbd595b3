// SPDX-License-Identifier: EUPL-1.2
// One question a screen: saved as one answers, by hand or by keyboard.

import { Saver, askWhy, dropUndo, saidWithUndo } from "./assessments-save.js";

const TYPING_WAIT = 800;
const LEAVING_WAIT = 1500;
const KEYS = "carene-keys"; // "off" when the person does not want single-key shortcuts

const $ = (selector, root = document) => root.querySelector(selector);
const form = $("#answer");
const criterion = form.dataset.criterion;
const radios = [...form.querySelectorAll("input[name=level]")];
const writable = !radios[0].matches(":disabled");
const comment = $("#comment");
const justification = $("#justification");
const savestate = $("#savestate");

const stored = { level: chosen(), notApplicable: form.dataset.na !== undefined, comment: comment?.value ?? "", justification: justification?.value ?? "" };

function chosen() {
  const input = radios.find((radio) => radio.checked);
  return input ? Number(input.value) : null;
}

function put(level) {
  for (const radio of radios) radio.checked = level !== null && Number(radio.value) === level;
  for (const said of document.querySelectorAll("[data-disagree]")) said.hidden = Number(said.dataset.disagree) !== level;
}

const saver = new Saver({
  url: form.dataset.save,
  key: form.dataset.key,
  onState: (text, late) => { savestate.textContent = text; savestate.classList.toggle("late", late); },
  onStored: (key, answer, theirs) => { if (key === criterion) show(answer, theirs); },
  onRefused: (key) => { if (key === criterion) put(stored.level); },
});
saver.know(criterion, Number(form.dataset.version));

function show(answer, theirs) {
  Object.assign(stored, { level: answer.level, notApplicable: answer.not_applicable, comment: answer.comment, justification: answer.justification });
  form.elements.version.value = answer.version;
  if (!saver.waiting(criterion)) put(answer.level);
  if (theirs) { comment.value = answer.comment; justification.value = answer.justification; }
  $(".segments [aria-current]")?.classList.toggle("answered", answer.answered);
  const button = $("[data-na-save]");
  if (button) button.textContent = answer.not_applicable ? "Enregistrer la justification" : "Répondre « non applicable »";
  $("[data-panel=na]")?.classList.toggle("chosen", answer.not_applicable);
}

async function save(change, said) {
  dropUndo();
  await saver.save(criterion, change);
  if (said && !saver.waiting(criterion)) saidWithUndo(said, () => saver.undo(criterion));
}

if (writable) {
  const waiting = saver.waiting(criterion)?.change;
  if (waiting && "level" in waiting) put(waiting.level);
  if (waiting && "comment" in waiting) comment.value = waiting.comment;

  form.addEventListener("change", (event) => {
    if (event.target.name !== "level") return;
    put(chosen());
    save({ level: chosen() }, `Niveau ${chosen()} enregistré.`).then(() => { const note = $("#confirm"); if (note) note.hidden = true; });
  });

  let timer = null;
  const typed = () => {
    clearTimeout(timer);
    const change = {};
    if (comment.value.trim() !== stored.comment) change.comment = comment.value;
    if (stored.notApplicable && justification.value.trim() && justification.value.trim() !== stored.justification) change.justification = justification.value;
    if (Object.keys(change).length) save(change);
  };
  for (const field of [comment, justification]) {
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(typed, TYPING_WAIT); });
    field.addEventListener("blur", typed);
  }
  document.addEventListener("visibilitychange", () => { if (document.hidden) typed(); });

  // Buttons of the form work without this script: here they save without leaving the page.
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    typed();
    if (button?.name === "confirm") {
      await save({ confirm: true });
      if (!saver.waiting(criterion)) $("#confirm").hidden = true;
    } else if (button?.dataset.naSave !== undefined) {
      await notApplicable();
    } else {
      go(form.dataset.next);
    }
  }, { capture: true });
}

async function notApplicable() {
  const text = justification.value.trim() || (await askWhy($("h1").textContent, ""));
  if (!text) return;
  justification.value = text;
  put(null);
  await save({ not_applicable: true, justification: text }, "Non applicable : enregistré.");
}

async function go(url) {
  if (!url) return;
  await saver.idle(LEAVING_WAIT);
  location.assign(url);
}

// Panels that open below the buttons
function toggle(name, focus) {
  const panel = $(`#panel-${name}`);
  const button = $(`[data-panel=${name}]`);
  if (!panel || !button) return;
  const open = !panel.hasAttribute("data-open") || focus;
  panel.toggleAttribute("data-open", open);
  button.setAttribute("aria-expanded", String(open));
  if (!open) return;
  const field = $("textarea", panel);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}
for (const button of form.querySelectorAll("[data-panel]")) button.addEventListener("click", () => toggle(button.dataset.panel, false));
$("#assign-link")?.addEventListener("click", (event) => {
  const dialog = $("#assign-dialog");
  if (dialog && !event.ctrlKey && !event.metaKey) { event.preventDefault(); dialog.showModal(); }
});

// Escape gives the keys back to the page: the field is left, an empty panel is closed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || $("dialog[open]")) return;
  const panel = event.target.closest(".panel");
  if (panel) {
    const button = $(`[aria-controls=${panel.id}]`);
    if (!$("textarea", panel).value.trim()) { panel.removeAttribute("data-open"); button.setAttribute("aria-expanded", "false"); }
    button.focus();
  } else if (event.target.closest("#attach")) {
    $("#attach > summary").focus();
  }
});

// A justification counts only once « non applicable » is answered: the browser asks before it is left behind.
window.addEventListener("beforeunload", (event) => {
  const text = justification?.value.trim();
  if (writable && text && text !== stored.justification && !stored.notApplicable) event.preventDefault();
});

// Keyboard; a person may turn the single keys off, and they never act while one types.
const keysOn = $("#keys-on");
try { keysOn.checked = localStorage.getItem(KEYS) !== "off"; } catch { /* private window: on */ }
keysOn.addEventListener("change", () => {
  try { localStorage.setItem(KEYS, keysOn.checked ? "on" : "off"); } catch { /* private window: for this page only */ }
});
const typing = (target) => target.closest("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");

document.addEventListener("keydown", (event) => {
  if (!keysOn.checked || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
  const acts = {
    ArrowLeft: () => go(form.dataset.previous),
    ArrowRight: () => go(form.dataset.next),
    n: () => toggle("comment", true),
    x: () => toggle("na", true),
    c: () => $("#confirm:not([hidden]) button")?.click(),
    p: () => { const box = $("#attach"); if (box) { box.open = true; $("input:not([type=hidden])", box).focus(); } },
  };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const radio = /^[0-9]$/.test(key) && radios.find((one) => one.value === key);
  if (radio && writable) {
    event.preventDefault();
    radio.focus();
    if (!radio.checked) radio.click();
  } else if (key in acts) {
    event.preventDefault();
    acts[key]();
  } else if (event.key === "Enter" && event.target.matches("input[name=level]")) {
    event.preventDefault();
    go(form.dataset.next);
  }
});
