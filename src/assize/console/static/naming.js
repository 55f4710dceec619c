// Typing @ in a note offers the people who may see the case. Without this a page of its own lists them.
const WAIT_MS = 100;
const TYPED = /(?:^|[\s(,;:])@([^@\n]{0,40})$/;

let field = null;  // where a name is typed now
let list = null;
let chosen = 0;
let waiting = 0;
let asked = null;

const typed = () => TYPED.exec(field.value.slice(0, field.selectionStart));
const options = () => [...(list?.children ?? [])];

const shut = () => {
  clearTimeout(waiting);
  asked?.abort();
  list?.remove();
  list = null;
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
};

const choose = (index) => {
  const all = options();
  chosen = (index + all.length) % all.length;
  for (const [number, one] of all.entries()) one.setAttribute("aria-selected", String(number === chosen));
  field.setAttribute("aria-activedescendant", all[chosen].id);
};

const take = (name) => {
  const found = typed();
  shut();
  if (found === null) return;
  const end = field.selectionStart;
  field.setRangeText(`@${name} `, end - found[1].length - 1, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
};

const show = (names) => {
  shut();
  if (names.length === 0) return;
  list = document.createElement("ul");
  list.className = "names";
  list.id = "names-offered";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People who may see this case");
  list.append(...names.map((name, number) => {
    const one = document.createElement("li");
    one.id = `names-offered-${number}`;
    one.setAttribute("role", "option");
    one.textContent = name;
    one.addEventListener("pointerdown", (event) => { event.preventDefault(); take(name); });  // the field keeps the focus
    return one;
  }));
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  choose(0);
};

const ask = async () => {
  const found = typed();
  if (found === null) { shut(); return; }
  asked?.abort();
  asked = new AbortController();
  const answer = await fetch(`${field.dataset.people}&q=${encodeURIComponent(found[1])}`, { signal: asked.signal }).catch(() => null);
  if (!answer?.ok) return;
  const { names } = await answer.json();
  const still = typed();
  if (still === null || still[1] !== found[1]) return;
  show(names.some((name) => `${name} ` === found[1]) ? [] : names);
};

document.addEventListener("input", (event) => {
  if (!(event.target instanceof HTMLTextAreaElement) || event.target.dataset.people === undefined) return;
  if (field !== event.target) shut();
  field = event.target;
  field.setAttribute("aria-autocomplete", "list");
  clearTimeout(waiting);
  if (typed() === null) { shut(); return; }
  waiting = setTimeout(ask, WAIT_MS);
});
document.addEventListener("keydown", (event) => {
  if (list === null || event.target !== field || event.isComposing) return;
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Enter" || event.key === "Tab") take(options()[chosen].textContent);
  else if (event.key === "Escape") shut();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("focusout", (event) => { if (event.target === field) shut(); });
document.addEventListener("page:swapped", shut);
