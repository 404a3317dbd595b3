// SPDX-License-Identifier: EUPL-1.2
// The whole questionnaire: answers saved as they are chosen, filters, texts of the levels on demand.

import { Saver, askWhy, dropUndo, saidWithUndo } from "./assessments-save.js";

const list = document.getElementById("list");
const rows = [...list.querySelectorAll(".qrow")];
const byCriterion = new Map(rows.map((row) => [row.dataset.c, row]));
const savestate = document.getElementById("savestate");
const ARROWS_WAIT = 350; // arrows walk through the levels: only the one where they stop is an answer

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const title = (row) => row.querySelector("a").textContent;
const notApplicable = (row) => row.querySelector(".lv-na");
const chosen = (row) => (notApplicable(row).ariaPressed === "true" ? "na" : row.querySelector("input:checked")?.value ?? "");
const stored = new Map(rows.map((row) => [row, chosen(row)]));

const saver = new Saver({
  url: list.dataset.save,
  key: list.dataset.key,
  onState: (text, late) => { savestate.textContent = text; savestate.classList.toggle("late", late); },
  onStored: (criterion, answer, theirs) => { const row = byCriterion.get(criterion); if (row) show(row, answer, theirs); },
  onRefused: (criterion) => { const row = byCriterion.get(criterion); if (row) put(row, stored.get(row)); },
});

for (const row of rows) {
  saver.know(row.dataset.c, Number(row.dataset.v));
  const waiting = saver.waiting(row.dataset.c)?.change;
  if (waiting && "level" in waiting) put(row, String(waiting.level));
}

/** Shows a value: a level, "na", or "" for none. */
function put(row, value) {
  for (const input of row.querySelectorAll("input")) input.checked = input.value === value;
  notApplicable(row).setAttribute("aria-pressed", String(value === "na"));
}

/** The row as the server now holds it. */
function show(row, answer) {
  row.dataset.v = answer.version;
  const value = answer.not_applicable ? "na" : answer.level === null ? "" : String(answer.level);
  put(row, value);
  stored.set(row, value);
  const states = new Set(row.dataset.s.split(" "));
  states[answer.answered ? "delete" : "add"]("sans-reponse");
  if (answer.answered) { states.delete("anciennes"); states.delete("a-moi"); row.querySelector("[data-o]")?.closest("li").remove(); }
  if (row.dataset.m !== undefined) {
    const differs = answer.level !== null && answer.level !== Number(row.dataset.m);
    states[differs ? "add" : "delete"]("desaccord");
    const fact = row.querySelector("[data-d]");
    fact.className = differs ? "soon strong" : "measured";
    fact.textContent = differs ? `Déclaré ${answer.level}, mesuré ${row.dataset.m}` : `mesuré : ${row.dataset.m}`;
  }
  row.dataset.s = [...states].join(" ");
  count();
}

const timers = new Map();
list.addEventListener("click", async (event) => {
  const button = event.target.closest(".lv-na");
  if (!button) return;
  const row = button.closest(".qrow");
  dropUndo();
  const why = await askWhy(title(row));
  if (why === null) return;
  put(row, "na");
  await saver.save(row.dataset.c, { not_applicable: true, justification: why });
  offerUndo(row, "Non applicable");
});
list.addEventListener("change", (event) => {
  const input = event.target.closest(".lv input");
  if (!input) return;
  const row = input.closest(".qrow");
  dropUndo();
  put(row, input.value);
  clearTimeout(timers.get(row));
  timers.set(row, setTimeout(async () => {
    await saver.save(row.dataset.c, { level: Number(input.value) });
    offerUndo(row, `Niveau ${input.value}`);
  }, arrowed ? ARROWS_WAIT : 0));
});

function offerUndo(row, what) {
  if (saver.waiting(row.dataset.c)) return; // not sent yet: choosing again is enough
  saidWithUndo(`${what} : ${title(row)}`, () => saver.undo(row.dataset.c));
}

let arrowed = false;
list.addEventListener("keydown", (event) => {
  arrowed = event.key.startsWith("Arrow");
  const row = event.target.closest(".qrow");
  if (!row || event.ctrlKey || event.metaKey || event.altKey || !/^[0-9]$/.test(event.key) || !event.target.matches(".lv input")) return;
  const input = row.querySelector(`input[value="${event.key}"]`);
  if (input && !input.matches(":disabled")) { event.preventDefault(); input.focus(); input.click(); }
});
list.addEventListener("pointerdown", () => { arrowed = false; });

// Texts of the levels: fetched once, shown under the level that is pointed at or focused.
let texts = null;
function fetchTexts() {
  texts ??= fetch(list.dataset.texts, { headers: { Accept: "application/json" } }).then((r) => (r.ok ? r.json() : {})).catch(() => { texts = null; return {}; });
  return texts;
}
let open = null;
let byPointer = false; // what the keyboard opened does not close because the mouse rests somewhere else
async function showText(input, pointed) {
  byPointer = pointed;
  const row = input.closest(".qrow");
  const box = row.querySelector(".lv-text");
  input.setAttribute("aria-describedby", box.id);
  const levels = (await fetchTexts())[row.dataset.c];
  const text = levels?.[Number(input.value)];
  if (open && open !== box) open.classList.remove("on");
  open = box;
  box.textContent = text ? `${input.value} : ${text}` : "";
  box.classList.toggle("on", Boolean(box.textContent));
}
function hideText() {
  open?.classList.remove("on");
  open = null;
}
list.addEventListener("pointerover", (event) => {
  const label = event.target.closest(".lv-one");
  if (label) showText(label.querySelector("input"), true);
  else if (byPointer && !event.target.closest(".lv-text")) hideText();
});
list.addEventListener("focusin", (event) => { if (event.target.matches(".lv input")) showText(event.target, false); });
list.addEventListener("focusout", hideText);
list.addEventListener("pointerleave", () => { if (byPointer) hideText(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideText(); });
(window.requestIdleCallback ?? setTimeout)(fetchTexts);

// Filters
const form = document.getElementById("filters");
const words = new Map();
function filter() {
  const wanted = plain(form.cherche.value).split(/\s+/).filter(Boolean);
  let any = false;
  for (const row of rows) {
    if (!words.has(row)) words.set(row, plain(`${row.dataset.c} ${row.querySelector(".qrow-text").textContent}`));
    const states = ` ${row.dataset.s} `;
    row.hidden = Boolean(
      (form.axe.value && row.dataset.a !== form.axe.value)
      || (form.montrer.value && !states.includes(` ${form.montrer.value} `))
      || !wanted.every((word) => words.get(row).includes(word)),
    );
    any ||= !row.hidden;
  }
  for (const group of list.querySelectorAll("[data-objective], [data-axis]")) group.hidden = !group.querySelector(".qrow:not([hidden])");
  document.getElementById("nothing").hidden = any;
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value)).toString();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });

/** Counters of the head, of the axes and of the filters, from the rows. */
function count() {
  const answered = (scope) => scope.querySelectorAll(".qrow").length - scope.querySelectorAll('.qrow[data-s~="sans-reponse"]').length;
  document.querySelector("[data-answered]").textContent = answered(list);
  for (const group of list.querySelectorAll("[data-objective], [data-axis]")) {
    group.querySelector("[data-done]").textContent = `${answered(group)} sur ${group.querySelectorAll(".qrow").length}`;
  }
  for (const option of form.montrer.options) {
    const found = option.value ? list.querySelectorAll(`.qrow[data-s~="${option.value}"]`).length : rows.length;
    option.textContent = `${option.dataset.label} (${found})`;
  }
}
