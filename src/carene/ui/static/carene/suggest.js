// SPDX-License-Identifier: EUPL-1.2
// Suggestions under a search field (WAI-ARIA combobox with a list): arrows choose, Enter opens, Escape closes.
// Without this script the form searches as any form.

const WAIT = 160; // milliseconds without a key

function equip(field, number) {
  const box = field.parentElement;
  const list = Object.assign(document.createElement("ul"), { id: `suggest-${number}`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Propositions");
  const voice = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  voice.setAttribute("aria-live", "polite");
  box.append(list, voice);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", list.id);
  let chosen = -1;
  let timer = 0;
  let asking = null;

  const options = () => [...list.children];
  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    voice.className = "visually-hidden";
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (rank) => {
    const all = options();
    chosen = all.length ? (rank + all.length) % all.length : -1;
    all.forEach((option, n) => option.setAttribute("aria-selected", String(n === chosen)));
    if (chosen < 0) return;
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const show = ({ items, said }) => {
    list.replaceChildren(...items.map((item, n) => {
      const option = Object.assign(document.createElement("li"), { id: `${list.id}-${n}` });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = item.url;
      const detail = Object.assign(document.createElement("span"), { className: "sub", textContent: item.detail });
      option.append(item.name, detail);
      return option;
    }));
    voice.textContent = said;
    voice.className = items.length ? "visually-hidden" : "nothing";
    chosen = -1;
    field.removeAttribute("aria-activedescendant");
    list.hidden = items.length === 0;
    field.setAttribute("aria-expanded", String(items.length > 0));
  };
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const address = new URL(field.dataset.suggest, location.href);
    address.searchParams.set("q", field.value);
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok && document.activeElement === field) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") close(); // no network: the form still searches
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (field.value.trim().length < 2) { close(); return; }
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1));
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(options()[chosen].dataset.url);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
  field.addEventListener("blur", close);
}

document.querySelectorAll("[data-suggest]").forEach(equip);
