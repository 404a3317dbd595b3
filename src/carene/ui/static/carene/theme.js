// SPDX-License-Identifier: EUPL-1.2
// Loaded in the head, before the first paint: light or dark, as the person or their system chose.
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let chosen = null;
    try { chosen = localStorage.getItem("carene-theme"); } catch { chosen = null; }
    root.dataset.bsTheme = chosen === "light" || chosen === "dark" ? chosen : system.matches ? "dark" : "light";
  };
  apply();
  system.addEventListener("change", apply);
  // Paper is white whatever the screen is.
  window.addEventListener("beforeprint", () => { root.dataset.bsTheme = "light"; });
  window.addEventListener("afterprint", apply);
  window.careneTheme = {
    toggle() {
      const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
      try { localStorage.setItem("carene-theme", next); } catch { /* private window: the choice lasts for the page */ }
      root.dataset.bsTheme = next;
      return next;
    },
  };
})();
