// Ctrl-K: find a page, a case, an account, a clause, a queue, or a command of this page; all by keys.
import { actions, labelled, press } from "./keys.js";

const WAIT_MS = 120;
const CARRIED = "assize.carried";
const dialog = document.getElementById("palette");

if (dialog !== null) {
  const input = dialog.querySelector("input");
  const found = dialog.querySelector("ul");
  let items = [];
  let chosen = 0;
  let asked = 0;
  let waiting = 0;
  let moved = false;  // somebody chose: what comes later doesn't change it
  let pending = false;  // the server has not answered yet
  let wanted = false;  // the first that it finds is to be gone to

  const commands = () => {
    const pairs = actions(document).filter(([, element]) => element.closest("main") !== null);
    return labelled(pairs).map(([key, title], at) => ({ title, kind: `key ${key}`, run: () => press(pairs[at][1]) }));
  };

  const pages = () => [...document.querySelectorAll(".top nav a, .sheet a")]
    .map((link) => ({ title: link.textContent.trim(), kind: "page", url: link.href }));

  const show = (list) => {
    const before = moved ? items[chosen] : undefined;
    items = list.slice(0, 40);
    found.replaceChildren(...items.map((item, index) => {
      const option = document.createElement("li");
      option.id = `palette-${index}`;
      option.setAttribute("role", "option");
      const title = document.createElement("span");
      title.textContent = item.title;
      const hint = document.createElement("span");
      hint.className = "faint small-text";
      hint.textContent = item.hint ?? "";
      const kind = document.createElement("span");
      kind.className = "kind";
      kind.textContent = item.kind;
      option.append(title, hint, kind);
      option.addEventListener("click", () => go(index));
      return option;
    }));
    if (items.length === 0 && !pending) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = "Nothing by that name that you may see.";
      found.append(none);
    }
    choose(Math.max(0, items.findIndex((one) => one.title === before?.title && one.kind === before?.kind)));
  };

  const choose = (index) => {
    if (items.length === 0) { input.removeAttribute("aria-activedescendant"); return; }
    chosen = (index + items.length) % items.length;
    for (const [number, option] of [...found.children].entries()) option.setAttribute("aria-selected", String(number === chosen));
    input.setAttribute("aria-activedescendant", `palette-${chosen}`);
    found.children[chosen].scrollIntoView({ block: "nearest" });
  };

  const go = (index) => {
    const item = items[index];
    if (item === undefined) return;
    dialog.close();
    if (item.fills) sessionStorage.setItem(CARRIED, JSON.stringify({ field: item.fills, words: input.value.trim() }));
    if (item.run) item.run();
    else location.assign(item.url);
  };

  const words = () => input.value.trim().toLowerCase();
  const local = () => [...commands(), ...pages()].filter((one) => one.title.toLowerCase().includes(words()));
  const ask = async () => {
    const mine = ++asked;
    const answer = await fetch(`/palette?q=${encodeURIComponent(words())}`).catch(() => null);
    const told = answer?.ok ? await answer.json() : { items: [] };
    if (mine !== asked) return;
    pending = false;
    const here = local();
    const known = new Set(here.map((one) => one.url));
    show([...here, ...told.items.filter((one) => !known.has(new URL(one.url, location).href))]);
    if (wanted && dialog.open) go(chosen);
  };
  const search = () => {
    moved = wanted = false;
    pending = words() !== "";
    asked += 1;
    clearTimeout(waiting);
    show(local());
    if (pending) waiting = setTimeout(ask, WAIT_MS);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
    input.select();
    search();
  });
  document.querySelector('[data-opens="palette"]')?.addEventListener("click", search);
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); moved = true; choose(chosen + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); moved = true; choose(chosen - 1); }
    else if (event.key === "Enter") { event.preventDefault(); if (items.length > 0) go(chosen); else wanted = pending; }
  });
}

// What was typed is carried to the form that asks what for; it never stands in an address.
const fill = () => {
  const carried = JSON.parse(sessionStorage.getItem(CARRIED) ?? "null");
  const field = carried === null ? null : document.getElementById(carried.field);
  if (field === null) return;
  sessionStorage.removeItem(CARRIED);
  field.value = carried.words;
};
addEventListener("hashchange", fill);
fill();
