// SPDX-License-Identifier: EUPL-1.2
// A slider says its level in words, beside it and to screen readers, while it moves.

for (const slider of document.querySelectorAll("input[type=range][data-texts]")) {
  const texts = document.getElementById(slider.dataset.texts);
  const output = slider.parentElement.querySelector("output");
  slider.addEventListener("input", () => {
    const text = texts.querySelector(`[data-value="${slider.value}"]`).textContent;
    output.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  });
}
