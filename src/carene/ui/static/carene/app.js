// SPDX-License-Identifier: EUPL-1.2
// Behaviour shared by every page: drawer, theme, dialogs, messages, forms that must not lose what was typed.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Shows a short message; `undo` (a function) adds a button. Errors stay until they are closed. */
export function toast(text, { error = false, undo = null } = {}) {
  const same = error && $$(".toast-q.late > span").find((words) => words.textContent === text);
  if (same) return same.parentElement; // what asks again each second says it once
  const box = document.createElement("div");
  box.className = error ? "toast-q late" : "toast-q";
  box.setAttribute("role", error ? "alert" : "status");
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  const button = document.createElement("button");
  button.type = "button";
  if (undo) {
    button.textContent = "Annuler";
    button.addEventListener("click", () => { box.remove(); undo(); });
    box.append(button);
  } else if (error) {
    button.textContent = "Fermer";
    button.addEventListener("click", () => box.remove());
    box.append(button);
  }
  $(".toasts").append(box);
  if (!error) setTimeout(() => box.remove(), undo ? 8000 : 4000);
  return box;
}

/** The CSRF token of the page. */
export function token() {
  return $("meta[name=csrf-token]").content;
}

/** Posts nothing to an address and follows where it leads, as a form would. */
function send(action) {
  const form = Object.assign(document.createElement("form"), { method: "post", action, hidden: true });
  form.append(Object.assign(document.createElement("input"), { name: "csrfmiddlewaretoken", value: token() }));
  document.body.append(form);
  form.submit();
}

function drawer() {
  const rail = $("#rail");
  const opener = $("#rail-open");
  if (!rail || !opener) return;
  let veil = null;
  const close = () => {
    rail.classList.remove("open");
    opener.setAttribute("aria-expanded", "false");
    veil?.remove();
    veil = null;
  };
  opener.addEventListener("click", () => {
    if (veil) { close(); return; }
    rail.classList.add("open");
    opener.setAttribute("aria-expanded", "true");
    veil = document.createElement("div");
    veil.className = "rail-veil";
    veil.addEventListener("click", close);
    document.body.append(veil);
    $("a", rail)?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && veil) { close(); opener.focus(); }
  });
}

// One listener for the page: also serves what htmx brings later.
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-dialog],[data-close],[data-theme-toggle],[data-print],[data-back]");
  if (!target) return;
  if (target.matches("[data-dialog]")) {
    const dialog = document.getElementById(target.dataset.dialog);
    dialog?.showModal();
    $("[autofocus]", dialog)?.focus();
  } else if (target.matches("[data-close]")) {
    target.closest("dialog")?.close();
  } else if (target.matches("[data-back]")) {
    history.back(); // what was typed is still there
  } else if (target.matches("[data-theme-toggle]")) {
    window.careneTheme.toggle();
  } else {
    window.print();
  }
});

// Submit buttons are disabled while their form leaves: no double submission; given back on return.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.dataset.confirm;
  if (question && !window.confirm(question)) { event.preventDefault(); return; }
  if (form.dataset.htmx === undefined) {
    setTimeout(() => $$("button[type=submit]", form).forEach((b) => { b.disabled = true; }), 0);
  }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => $$("form button[type=submit]").forEach((b) => { b.disabled = false; }));

// Forms marked data-guard ask before the page is left with unsent words.
window.addEventListener("beforeunload", (event) => {
  const dirty = $$("form[data-guard]").some((form) => !form.dataset.sent && form.dataset.dirty);
  if (dirty) event.preventDefault();
});
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) form.dataset.dirty = "1";
});
// A select or checkbox marked data-autosubmit sends its form as soon as it changes.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
});

document.addEventListener("htmx:responseError", (event) => {
  const text = event.detail.xhr.getResponseHeader("X-Carene-Message");
  toast(text ? decodeURIComponent(text) : "Le serveur n'a pas pu répondre. Rien n'a été changé ; réessayez.", { error: true });
});
document.addEventListener("htmx:sendError", () => toast("Le réseau ne répond pas. Rien n'a été changé ; réessayez.", { error: true }));

drawer();
$(".is-invalid")?.focus(); // a form that comes back: what is wrong first, even below the fold
$$("[data-back]").forEach((button) => { button.hidden = history.length < 2; });
// Extra tags of a message are the address that undoes what it tells.
$$(".messages-data > li").forEach((item) => toast(item.textContent, {
  error: item.dataset.level === "error",
  undo: item.dataset.undo ? () => send(item.dataset.undo) : null,
}));
