// The evidence of a case: what is selected of a turn as characters of its raw text, and what lies before and after.
//
// Spans count code points of the raw text, as the server does; a script's strings count UTF-16 units, and characters that
// hide or reorder text are shown by their number. Every run of text therefore says in data-raw where it begins.

import "./unfold.js";

/** Return {event, turn, start, end, text} of what is selected within one turn, or null. */
export function spanOf(selection = document.getSelection()) {
  if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const said = around(range.startContainer, "[data-event][data-turn]");
  if (said === null) return null;
  const runs = [...said.querySelectorAll("[data-raw]")].filter((run) => range.intersectsNode(run));
  const places = runs.map((run) => covered(run, range)).filter(([start, end]) => end > start);
  if (places.length === 0) return null;
  return {
    event: said.dataset.event,
    turn: Number(said.dataset.turn),
    start: places[0][0],
    end: places[places.length - 1][1],
    text: selection.toString(),
  };
}

function around(node, selector) {
  const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  return element === null ? null : element.closest(selector);
}

function covered(run, range) {
  const raw = Number(run.dataset.raw);
  if ("sign" in run.dataset) return [raw, raw + 1];
  const text = run.textContent;
  const from = run.contains(range.startContainer) ? within(run, range.startContainer, range.startOffset) : 0;
  const to = run.contains(range.endContainer) ? within(run, range.endContainer, range.endOffset) : text.length;
  return [raw + points(text, from), raw + points(text, to)];
}

function within(run, node, offset) {
  if (node.nodeType === Node.TEXT_NODE) return offset;
  return offset === 0 ? 0 : run.textContent.length;
}

function points(text, units) {
  return [...text.slice(0, units)].length;
}

// Precedents take longest to find: of a case that came in place of the last they come once it is on screen.
const fetchLater = async () => {
  const section = document.querySelector("[data-later]");
  if (section === null) return;
  const answer = await fetch(section.dataset.later).catch(() => null);
  if (answer?.ok) {
    section.innerHTML = await answer.text();
  } else {
    const again = Object.assign(document.createElement("a"), { href: location.href, textContent: "Load the page again" });
    section.lastElementChild.replaceChildren("They could not be fetched. ", again);
  }
  delete section.dataset.later;
};
document.addEventListener("page:swapped", () => requestAnimationFrame(() => setTimeout(fetchLater)));

// "Before and after" opens in its place; without a script it is a page.
document.addEventListener("click", async (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-around]") : null;
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const answer = await fetch(link.href);
  if (!answer.ok) { location.href = link.href; return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("around");
  if (found === null) { location.href = link.href; return; }
  const box = document.createElement("div");
  box.className = "around-here";
  box.tabIndex = -1;
  box.append(...found.children);
  link.closest("article").append(box);
  link.parentElement.remove();
  box.focus();
});
