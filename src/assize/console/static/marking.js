// Findings by selecting text in the conversation. Places are counted in characters as shown; the server turns them into
// characters of the text itself, where one that would reorder it is shown by its number.
const LOCUS = { user: "user", assistant: "model_output", system: "operator_prompt", developer: "operator_prompt" };

const LISTS = { finding: "#more-findings", highlight: "#highlights" };

/** Return what is highlighted, as the server says it: "Highlight: turn 2, characters 4 to 19". */
const said = (place) => {
  const [, turn, passage] = place.split("#");
  const [start, end] = (passage ?? "").replace("~", "").split("-").map(Number);
  return passage ? `Highlight: turn ${Number(turn) + 1}, characters ${start + 1} to ${end}` : "Highlight";
};

/** Add a further finding or a highlight to the list of a form, with the button that takes it away. */
export const list = (form, name, value, words = name === "highlight" ? said(value) : value.split("|").slice(0, 2).join(": ")) => {
  const item = document.createElement("li");
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  const text = Object.assign(document.createElement("span"), { textContent: words });
  const remove = Object.assign(document.createElement("button"), { type: "button", className: "quiet small", textContent: "Remove" });
  item.append(hidden, text, " ", remove);
  form.querySelector(LISTS[name])?.append(item);
};

/** Return the range of a place; null where it is no passage, or its turn is not on the page. */
const rangeOf = (place) => {
  const [event, turn, passage] = place.split("#");
  const within = passage ? document.querySelector(`.said[data-event="${CSS.escape(event)}"][data-turn="${CSS.escape(turn)}"]`) : null;
  if (within === null) return null;
  const [start, end] = passage.replace("~", "").split("-").map(Number);
  const range = document.createRange();
  let shown = 0;
  let begun = false;
  for (const run of within.querySelectorAll("[data-raw]")) {
    const points = [...run.textContent];
    const whole = !passage.startsWith("~") && "sign" in run.dataset;  // one character, shown by its number
    const first = passage.startsWith("~") ? shown : Number(run.dataset.raw);
    const length = whole ? 1 : points.length;
    const unit = (at) => (whole && at > 0 ? points : points.slice(0, at)).join("").length;
    if (!begun && start < first + length) { range.setStart(run.firstChild, unit(Math.max(0, start - first))); begun = true; }
    if (begun && end <= first + length) { range.setEnd(run.firstChild, unit(end - first)); return range; }
    shown += points.length;
  }
  return null;
};

export const mark = (form, panel, signal) => {
  const bar = document.getElementById("mark-bar");
  const dialog = document.getElementById("finding-dialog");
  if (bar === null || dialog === null) return;
  const [evidence, finding, highlight] = bar.querySelectorAll("button");
  let chosen = null;

  const roleOf = (said) => [...(said.closest(".turn")?.classList ?? [])].find((one) => one in LOCUS) ?? "";
  const selected = () => {
    const selection = getSelection();
    if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return null;
    const range = selection.getRangeAt(0);
    const inside = (node) => (node instanceof Element ? node : node.parentElement)?.closest(".said");
    const said = inside(range.startContainer);
    const turn = said?.closest("[data-event][data-turn]");
    if (!turn || inside(range.endContainer) !== said) return null;
    const before = document.createRange();
    before.selectNodeContents(said);
    before.setEnd(range.startContainer, range.startOffset);
    const start = [...before.toString()].length;
    const words = range.toString();
    if (words.trim() === "") return null;
    return { range, words, role: roleOf(said), place: `${turn.dataset.event}#${turn.dataset.turn}#~${start}-${start + [...words].length}` };
  };
  document.addEventListener("selectionchange", () => {
    if (dialog.open) return;
    chosen = selected();
    bar.hidden = chosen === null || form.dataset.mine !== "yes";
    if (bar.hidden) return;
    const box = chosen.range.getBoundingClientRect();
    bar.style.top = `${Math.max(4, box.top + scrollY - bar.offsetHeight - 6)}px`;
    bar.style.left = `${Math.max(4, Math.min(box.left + scrollX, innerWidth - bar.offsetWidth - 8))}px`;
  }, { signal });
  bar.addEventListener("pointerdown", (event) => event.preventDefault());  // the selection stays

  // What is marked follows from the form: a draft shows it again, and what is taken away is shown no more.
  const paint = () => {
    if (!("highlights" in CSS)) return;
    const places = {
      evidence: [form.querySelector("#place").value],
      finding: [...form.querySelectorAll("[name=finding]")].map((one) => one.value.split("|")[2] ?? ""),
      highlight: [...form.querySelectorAll("[name=highlight]")].map((one) => one.value),
    };
    for (const [kind, some] of Object.entries(places)) {
      CSS.highlights.set(`marked-${kind}`, new Highlight(...some.map(rangeOf).filter((one) => one !== null)));
    }
  };
  const changed = () => form.dispatchEvent(new Event("change", { bubbles: true }));
  const done = () => { getSelection().removeAllRanges(); bar.hidden = true; changed(); };
  const locusOf = (role) => LOCUS[role] ?? "third_party";

  evidence.addEventListener("click", () => {
    if (chosen === null) return;
    const place = form.querySelector("#place");
    place.querySelector("[data-passage]")?.remove();
    const option = new Option("The marked passage", chosen.place, true, true);
    option.dataset.passage = "";
    place.add(option);
    form.querySelector("#locus").value = locusOf(chosen.role);
    document.getElementById("place-said").textContent = "the marked passage";
    done();
  });
  highlight.addEventListener("click", () => {
    if (chosen === null) return;
    list(form, "highlight", chosen.place);
    form.querySelector("#evidence-of").open = true;
    done();
  });
  // A further finding: its clause, its verdict, and the exception that holds or was claimed.
  const field = (name) => document.getElementById(`finding-${name}`);
  const claimable = form.querySelector(".standing").dataset.claimable.split(" ");
  let offers = 0;
  const offer = async () => {
    const verdict = field("verdict").value;
    const excepted = verdict === "excepted";
    const latest = ++offers;
    field("add").disabled = true;  // until it is known what can be added
    const found = claimable.includes(verdict) ? await panel.exceptionsOf(field("clause").value) : [];
    if (latest !== offers) return;  // something else was chosen meanwhile
    const none = excepted ? [] : [new Option("None was claimed", "")];
    field("exception").replaceChildren(...none, ...found.map((one) => new Option(one.title, one.id)));
    field("claim").hidden = found.length === 0 && !excepted;
    field("none").hidden = !(excepted && found.length === 0);
    field("standing-part").hidden = excepted || field("exception").value === "";
    field("add").disabled = excepted && found.length === 0;
  };
  for (const name of ["clause", "verdict"]) field(name).addEventListener("change", offer);
  field("exception").addEventListener("change", () => {
    field("standing-part").hidden = field("verdict").value === "excepted" || field("exception").value === "";
  });
  finding.addEventListener("click", () => {
    if (chosen === null) return;
    field("words").textContent = chosen.words.slice(0, 300);
    field("locus").value = locusOf(chosen.role);
    offer();
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "add" || chosen === null) return;
    const { value: verdict, selectedOptions: [{ textContent: title }] } = field("verdict");
    const exception = field("claim").hidden ? "" : field("exception").value;
    const standing = verdict === "excepted" ? "verified" : field("standing").value;
    const claim = exception === "" ? [""] : [exception, standing];
    const words = exception === "" ? "" : `, exception ${standing}: ${field("exception").selectedOptions[0].textContent}`;
    const value = [field("clause").value, verdict, chosen.place, field("locus").value, ...claim].join("|");
    list(form, "finding", value, `${field("clause").selectedOptions[0].textContent}: ${title}${words}`);
    form.querySelector("#evidence-of").open = true;
    done();
  });
  for (const which of Object.values(LISTS)) {
    form.querySelector(which).addEventListener("click", (event) => {
      if (event.target.tagName !== "BUTTON") return;
      event.preventDefault();
      event.target.closest("li").remove();
      panel.arrange();
      changed();
    });
  }
  form.addEventListener("change", paint);
  paint();
};
