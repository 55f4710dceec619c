// The decision panel. Without this each page works by its fields and buttons; with it digits choose, what belongs to other
// clauses is out of the way, and the server says at every answer what the form comes to.
import { follow } from "./following.js";
import { keep } from "./leasing.js";
import { mark } from "./marking.js";

const ASK_MS = 120;

const choose = (form, signal) => {
  const blocks = form.querySelector("#blocks");
  const outcome = form.querySelector("#outcome");
  const search = form.querySelector(".clause-search");
  const others = form.querySelector("[name=other_clause]");
  const touched = form.querySelector("[name=touched]");
  let group = "clauses";

  const value = (name) => form.querySelector(`[name="${name}"]:checked`)?.value ?? "";
  const clause = () => (value("clause") === "other" || value("clause") === "" ? others.value : value("clause"));
  const block = (id) => [...blocks.children].find((one) => one.dataset.of === id);
  const further = () => [...form.querySelectorAll("[name=finding]")].map((one) => one.value.split("|")[0]);

  // Digits: those of one group at a time, in the order in which a case is decided.
  const digits = () => {
    for (const input of form.querySelectorAll("[data-digits] input")) {
      if (/^\d$/.test(input.dataset.key ?? "")) delete input.dataset.key;
      const kbd = input.parentElement.querySelector("kbd.digit");
      if (kbd !== null) kbd.hidden = true;
    }
    const within = [...form.querySelectorAll(`[data-digits="${group}"] input:is([type=radio], [type=checkbox])`)];
    within.filter((one) => !one.disabled && one.checkVisibility()).slice(0, 9).forEach((input, index) => {
      const kbd = input.parentElement.querySelector("kbd.digit");
      input.dataset.key = String(index + 1);
      if (kbd !== null) { kbd.textContent = String(index + 1); kbd.hidden = false; }
    });
    for (const one of form.querySelectorAll("[data-digits]")) one.classList.toggle("active", one.dataset.digits === group);
  };
  const turn = (to, focus = false) => {
    group = to;
    digits();
    if (focus) form.querySelector(`[data-digits="${to}"] input:is([type=radio], [type=checkbox]):enabled`)?.focus();
  };

  // An exception holds where something is excepted, and may be claimed beside some other verdicts.
  const standing = form.querySelector(".standing");
  const claims = (verdict) => {
    const excepted = verdict === "excepted";
    const claimable = standing.dataset.claimable.split(" ").includes(verdict);
    for (const one of form.querySelectorAll(".exceptions")) {
      one.hidden = !claimable;
      const none = one.querySelector(".none");
      none.hidden = excepted;
      none.firstElementChild.disabled = excepted || none.firstElementChild.disabled;
      if (!claimable || (excepted && none.firstElementChild.checked)) for (const input of one.querySelectorAll("input")) input.checked = false;
    }
    standing.hidden = !claimable || excepted || value("exception_of") === "";
    if (!standing.hidden) form.querySelector("[name=exception_of]:checked").closest(".exceptions").append(standing);
  };

  const arrange = () => {
    const id = clause();
    const verdict = value("verdict");
    const wanted = [id, ...further()];
    for (const one of blocks.children) {
      const on = id === "" || wanted.includes(one.dataset.of);
      one.hidden = !on;
      for (const input of one.querySelectorAll("input")) input.disabled = !on;
    }
    claims(verdict);
    for (const one of form.querySelectorAll(".question")) {
      one.hidden = id !== "" && one.dataset.provisional === "0" && !one.dataset.of.split(" ").some((each) => wanted.includes(each));
      const below = one.querySelector(".lowering");
      const chosen = Number(one.querySelector("select").value || 0);
      below.hidden = !(below.dataset.below !== undefined && chosen < Number(below.dataset.below));
    }
    for (const one of form.querySelectorAll(".params")) {
      one.hidden = !one.closest("li").querySelector("[name=disposition]").checked;
    }
    digits();
  };

  const propose = () => {
    if (touched.value === "yes") return;
    const found = value("verdict") === "violation" ? (block(clause())?.dataset.proposed ?? "").split(" ").filter(Boolean) : [];
    for (const input of form.querySelectorAll("[name=disposition]")) {
      const key = input.dataset.row;
      const fits = found.find((one) => { const [kind, , action] = one.split("|"); return key === (kind === "enforce" ? `enforce|${action}` : kind); });
      input.checked = fits !== undefined;
      const level = input.closest("li").querySelector("select[name^='target.']");
      if (fits !== undefined && level !== null) level.value = fits.split("|")[1];
    }
  };

  const fetchBlock = async (id) => {
    if (id === "" || block(id) !== undefined) return;
    const answer = await fetch(`/tasks/${form.dataset.task}/clause?part=block&clause=${encodeURIComponent(id)}`).catch(() => null);
    if (!answer?.ok || block(id) !== undefined) return;
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    blocks.append(made.content);
    arrange();
    propose();
  };

  // The severity stays in sight beside the button.
  const sum = () => {
    const brief = form.querySelector("#brief");
    const told = outcome?.querySelector(".comes-to .sev");
    if (brief !== null) brief.replaceChildren(...(told ? [told.cloneNode(true)] : []));
  };
  let asked = null;
  let waiting = 0;
  const ask = () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      asked?.abort();
      asked = new AbortController();
      const answer = await fetch(outcome.dataset.ask, { method: "POST", body: new FormData(form), signal: asked.signal, headers: { "X-CSRF-Token": form.elements.csrf.value } }).catch(() => null);
      if (!answer?.ok) return;
      const focused = document.activeElement?.name === "confirm" ? document.activeElement.value : null;
      outcome.innerHTML = await answer.text();
      sum();
      if (focused !== null) outcome.querySelector(`[value="${CSS.escape(focused)}"]`)?.focus();
      digits();
    }, ASK_MS);
  };

  signal.addEventListener("abort", () => { clearTimeout(waiting); asked?.abort(); });
  form.addEventListener("submit", () => { clearTimeout(waiting); asked?.abort(); });  // the server has better to do now

  form.addEventListener("change", (event) => {
    const { name } = event.target;
    if (name === "disposition" && event.isTrusted) touched.value = "yes";
    if (name === "other_clause" && event.target.value !== "") form.querySelector("#other-clause").checked = true;
    if (["clause", "other_clause", "verdict"].includes(name)) {
      fetchBlock(clause());
      propose();
    }
    arrange();
    if (name === "verdict" && value(name) === "excepted") for (const one of form.querySelectorAll(".exceptions")) one.open = true;
    if (name === "verdict" && clause() !== "") turn(value("verdict") === "excepted" ? "exceptions" : "reasons");
    else if (name === "clause" && value("verdict") !== "") turn("reasons");
    else if (name === "exception_of") turn("reasons");
    if (outcome !== null) ask();
  });
  form.addEventListener("click", (event) => {
    const shut = event.target.closest(".exceptions:not([open]) > summary");
    if (shut !== null) {  // opened here, not by the browser a moment later: the next digit may be on its way
      event.preventDefault();
      shut.parentElement.open = true;
      turn("exceptions", true);
    }
    const legend = event.target.closest("legend[data-key]");
    if (legend !== null) turn(legend.parentElement.dataset.digits, true);
  });
  // Enter decides from a choice; in a line of text it does nothing, so that nobody decides by the way.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const { target } = event;
    const choice = target instanceof HTMLInputElement && ["radio", "checkbox"].includes(target.type);
    if (choice || event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const send = form.querySelector("#send");
      if (!send.disabled) form.requestSubmit(send);
    } else if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) event.preventDefault();
  });

  // Type to filter the list of all clauses; the first that fits is chosen by Enter.
  if (search !== null) {
    const all = [...others.options].map((one) => ({ id: one.value, text: one.textContent, words: `${one.textContent} ${one.dataset.words ?? ""}`.toLowerCase() }));
    search.hidden = false;
    search.addEventListener("input", () => {
      const words = search.value.trim().toLowerCase();
      const found = words === "" ? all : all.filter((one) => one.id !== "" && words.split(/\s+/).every((word) => one.words.includes(word)));
      others.replaceChildren(...found.map((one) => new Option(one.text, one.id)));
      others.size = words === "" ? 1 : Math.min(6, Math.max(2, found.length));
      if (words !== "" && found.length > 0) others.value = found[0].id;
    });
    const take = () => { others.size = 1; others.dispatchEvent(new Event("change", { bubbles: true })); form.querySelector("#other-clause").focus(); };
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); if (others.value !== "") take(); }
      else if (event.key === "ArrowDown") { event.preventDefault(); others.focus(); }
      else if (event.key === "Escape") search.blur();
    });
    others.addEventListener("keydown", (event) => { if (event.key === "Enter" && others.value !== "") { event.preventDefault(); event.stopPropagation(); take(); } });
  }

  // The words of a clause are loaded when they are asked for.
  form.addEventListener("toggle", async (event) => {
    const details = event.target;
    if (!details.open || details.dataset.words === undefined || details.dataset.loaded) return;
    details.dataset.loaded = "yes";
    const answer = await fetch(`${details.dataset.words}&part=text`).catch(() => null);
    if (answer?.ok) { details.querySelector("p")?.remove(); details.insertAdjacentHTML("beforeend", await answer.text()); }
    else delete details.dataset.loaded;
  }, true);

  // With the outcome always shown these two are for those without JavaScript.
  for (const one of form.querySelectorAll("#show, #save")) one.hidden = true;
  arrange();
  propose();
  sum();
  if (value("verdict") !== "" && clause() !== "") turn("reasons");
  const exceptionsOf = async (id) => {
    await fetchBlock(id);
    return [...(block(id)?.querySelectorAll("[name=exception_of]") ?? [])].filter((one) => one.value !== "").map((one) => ({ id: one.value, title: one.dataset.title }));
  };
  return { arrange, exceptionsOf };
};

// Where the next thing happens: what is wrong, what became of a batch, what was lost, opening, or the first choice.
const open = (id) => { const one = document.getElementById(id); return one !== null && !one.hidden ? one : null; };
const settle = (form) => {
  const first = open("conflict") ?? open("problems") ?? open("became") ?? open("lost") ?? open("open-content") ??
    form?.querySelector("[data-digits=clauses] input:checked, [data-digits=clauses] input");
  first?.focus({ preventScroll: first.id !== "problems" && first.id !== "conflict" });
};

const begin = (signal) => {
  const form = document.querySelector("form.decide");
  const panel = form === null ? null : choose(form, signal);
  if (form?.dataset.task !== undefined && form.id === "decide") mark(form, panel, signal);
  const unsent = keep(form, signal);
  if (form?.id === "decide") follow(form, unsent);
  settle(form);
};

let present = new AbortController();
begin(present.signal);
document.addEventListener("page:swapped", () => {
  present.abort();
  present = new AbortController();
  begin(present.signal);
});
