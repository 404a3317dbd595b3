// SPDX-License-Identifier: EUPL-1.2
// Roadmaps: a measure opens in a dialog; the form of means shows the years of its period.

// The fragment has arrived: show it, with its title first for those who listen.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "measure-panel") return;
  const dialog = document.getElementById("measure");
  const title = dialog.querySelector("h2");
  dialog.setAttribute("aria-label", title.textContent);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  title.tabIndex = -1;
  title.focus();
});

// A point of the curve does what the button of its row does, without asking first.
document.addEventListener("click", (event) => {
  const point = event.target.closest(".chart-frontier a");
  if (!point || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const share = new URL(point.getAttribute("href"), location.href).searchParams.get("share");
  const making = document.querySelector(`form[data-share="${share}"]`);
  if (!share || !making) return;
  event.preventDefault();
  making.requestSubmit();
});

const form = document.querySelector("form[data-period]");
if (form) {
  const start = form.querySelector("[name=start]");
  const months = form.querySelector("[name=months]");
  const boxes = [...form.querySelectorAll("[data-year]")];
  const show = () => {
    const [year, month] = start.value.split("-").map(Number);
    const length = Math.min(60, Math.max(1, Number(months.value) || 1));
    const last = year + Math.floor((month - 1 + length - 1) / 12);
    for (const box of boxes) {
      const own = Number(box.dataset.year);
      box.hidden = own < year || own > last;
    }
  };
  start.addEventListener("change", show);
  months.addEventListener("input", show);
  show();
}
