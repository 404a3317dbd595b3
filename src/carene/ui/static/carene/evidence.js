// SPDX-License-Identifier: EUPL-1.2
// The form of a piece of evidence: find a criterion in a long list, propose a title from the name of the file.

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const search = document.querySelector("[data-filter]");
const list = search && document.getElementById(search.dataset.filter);

function filter() {
  const words = plain(search.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const group of list.querySelectorAll("fieldset")) {
    const about = plain(group.querySelector("legend").textContent);
    let inGroup = 0;
    for (const item of group.querySelectorAll(".form-check")) {
      const text = `${about} ${plain(item.textContent)}`;
      item.hidden = !words.every((word) => text.includes(word));
      if (!item.hidden) inGroup += 1;
    }
    group.hidden = inGroup === 0;
    shown += inGroup;
  }
  list.querySelector("[data-none]").hidden = shown > 0;
}

function count() {
  const chosen = list.querySelectorAll(":checked").length;
  const words = chosen === 0 ? "Aucune question choisie." : chosen === 1 ? "Une question choisie." : `${chosen} questions choisies.`;
  document.querySelector("[data-chosen]").textContent = words;
}

if (list) {
  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  list.addEventListener("change", count);
  count();
  const first = list.querySelector(":checked");
  if (first) list.scrollTop = first.closest("fieldset").offsetTop - 8;
}

const upload = document.querySelector("input[type=file][name=upload]");
const title = document.querySelector("input[name=title]");
upload?.addEventListener("change", () => {
  const [file] = upload.files;
  if (file && !title.value.trim()) title.value = file.name.replace(/\.[^.]+$/, "").replace(/[_-]+/g, " ").slice(0, 200);
});
