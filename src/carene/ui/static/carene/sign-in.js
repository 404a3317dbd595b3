// SPDX-License-Identifier: EUPL-1.2
// Around allauth's scripts for security keys: what went wrong is said, and the keyboard does what the button does.
// Also copies the link of an invitation.
import { toast } from "./app.js";

const SAID = {
  NotAllowedError: "La clé n'a pas répondu, ou vous avez renoncé. Rien n'a été changé ; recommencez.",
  InvalidStateError: "Cette clé est déjà enregistrée sur votre compte.",
  SecurityError: "Ce navigateur refuse les clés à cette adresse : il faut une adresse en https.",
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const text = SAID[event.detail.exception?.name] ?? "La clé n'a pas pu être lue. Rien n'a été changé ; recommencez.";
  toast(text, { error: true });
});

// Enter in a field would send the form without the key.
document.querySelectorAll("form[data-passkey]").forEach((form) => form.addEventListener("submit", (event) => {
  event.preventDefault();
  document.getElementById(form.dataset.passkey).click();
}));

document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    toast("Lien copié.");
  } catch {
    toast("Le lien est sélectionné : le copier avec Ctrl+C.");
  }
}));
