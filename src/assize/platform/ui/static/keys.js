// Keys for what a page already offers: an element with data-key is pressed (or, a field, entered) by its key, one stroke
// ("s") or two ("g n"), unless somebody is typing. Buttons to which no template gives a key have one by their place: "j",
// then a letter, two where there are more than the alphabet has. `?` lists all.
const SECOND_STROKE_MS = 1200;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const UNNAMED = "main button:not([data-key]), main a.button:not([data-key])";
const UNTYPED = new Set(["checkbox", "radio", "button", "submit", "reset", "range", "color", "file"]);

const isField = (element) =>
  element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement ||
  (element instanceof HTMLInputElement && !UNTYPED.has(element.type));
const typing = (element) => element instanceof Element && (isField(element) || element.isContentEditable);
const shown = (element) => !element.disabled && (element.closest("details.menu .sheet") !== null || element.checkVisibility());
const scope = () => [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;

/** Return what can be done within a part of the page, as pairs of key and element. */
export const actions = (within = scope()) => {
  const named = [...within.querySelectorAll("[data-key]")].filter(shown);
  const others = [...within.querySelectorAll(UNNAMED)].filter((element) => !element.disabled && element.checkVisibility());
  const letter = (place) => LETTERS[place % LETTERS.length];
  const many = others.length > LETTERS.length;
  const place = (at) => (many ? `${letter(Math.floor(at / LETTERS.length))} ${letter(at)}` : letter(at));
  return [...named.map((element) => [element.dataset.key, element]), ...others.map((element, at) => [`j ${place(at)}`, element])];
};

export const press = (element) => {
  element.focus();
  if (isField(element)) { if (element.select) element.select(); }
  else element.click();
};

let first = "";
let forget = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (event.key === "?" && scope() === document) {
    event.preventDefault();
    list();
    return;
  }
  if (event.key === "Enter" && event.target.closest("a, button, summary, input")) return;
  const stroke = first ? `${first} ${event.key}` : event.key;
  const offered = actions();
  const target = offered.find(([key]) => key === stroke)?.[1];
  clearTimeout(forget);
  first = "";
  if (target !== undefined) {
    event.preventDefault();
    press(target);
  } else if (offered.some(([key]) => key.startsWith(`${stroke} `))) {
    first = stroke;
    forget = setTimeout(() => { first = ""; }, SECOND_STROKE_MS);
  }
});

export const labelOf = (element) => {
  if (element.dataset.label) return element.dataset.label;
  if (element.getAttribute("aria-label")) return element.getAttribute("aria-label");
  const labelled = element.labels?.[0] ?? element;
  const copy = labelled.cloneNode(true);
  for (const kbd of copy.querySelectorAll("kbd")) kbd.remove();
  return short(copy);
};
const short = (element) => element.textContent.trim().replace(/\s+/g, " ").slice(0, 60);

/** Return pairs of key and label: where several say the same, each says what it is about. */
export const labelled = (pairs) => {
  const times = new Map();
  for (const [, element] of pairs) times.set(labelOf(element), (times.get(labelOf(element)) ?? 0) + 1);
  return pairs.map(([key, element]) => {
    const label = labelOf(element);
    const about = times.get(label) > 1 ? element.closest("tr, li, article, section, form.panel")?.querySelector("th, td, h2, h3, strong, a") : null;
    return [key, about ? `${label}: ${short(about)}` : label];
  });
};

const list = () => {
  const dialog = document.getElementById("keys");
  if (dialog === null) return;
  const entries = [["?", "These keys"], ["Ctrl K", "Find anything"], ["Esc", "Close"]];
  entries.push(...labelled(actions()));
  dialog.querySelector("ul").replaceChildren(...entries.map(([key, label]) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = label;
    const strokes = document.createElement("span");
    strokes.className = "nowrap";
    for (const stroke of key.split(" ")) {
      const kbd = document.createElement("kbd");
      kbd.textContent = stroke;
      strokes.append(kbd, " ");
    }
    item.append(name, strokes);
    return item;
  }));
  dialog.showModal();
};
document.querySelector('[data-opens="keys"]')?.addEventListener("click", () => { document.getElementById("keys").close(); list(); });
