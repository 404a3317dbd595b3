// SPDX-License-Identifier: EUPL-1.2
// The line under the pointer or the keyboard is ringed on the map.

const drawing = document.querySelector(".map-q svg.chart");
const NAMESPACE = "http://www.w3.org/2000/svg";
let ring = null;

function show(line) {
  hide();
  ring = document.createElementNS(NAMESPACE, "circle");
  for (const [name, value] of Object.entries({ cx: line.dataset.x, cy: line.dataset.y, r: 11, class: "map-ring" })) {
    ring.setAttribute(name, value);
  }
  drawing.append(ring);
}

function hide() {
  ring?.remove();
  ring = null;
}

if (drawing) {
  document.querySelectorAll(".map-list [data-x]").forEach((line) => {
    line.addEventListener("mouseenter", () => show(line));
    line.addEventListener("mouseleave", hide);
    line.addEventListener("focusin", () => show(line));
    line.addEventListener("focusout", hide);
  });
}
