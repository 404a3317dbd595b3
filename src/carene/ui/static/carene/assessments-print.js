// SPDX-License-Identifier: EUPL-1.2
// Paper has nothing to unfold: lists are printed whole, then folded again.

let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details.more:not([open])")];
  for (const box of opened) box.open = true;
});
window.addEventListener("afterprint", () => {
  for (const box of opened) box.open = false;
});
