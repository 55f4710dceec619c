// Beside an expression that is written: what is wrong with it, and the way to the place.
const form = document.getElementById("rule");
const text = document.getElementById("expression");
const problems = document.getElementById("problems");
const WAIT = 400; // ms without a key
let timer, latest = 0;

async function check() {
  const mine = ++latest;
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, expression: text.value });
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body, headers: { accept: "text/html" } });
    const html = await answer.text();
    if (mine !== latest || !answer.ok) return;
    problems.innerHTML = html;
    const wrong = problems.querySelector(".wrong-place");
    if (wrong) text.setAttribute("aria-invalid", "true"); else text.removeAttribute("aria-invalid");
  } catch { /* what is written stays; Check asks again */ }
}

text?.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(check, WAIT); });
problems?.addEventListener("click", (event) => {
  const place = event.target.closest("[data-line]");
  if (!place) return;
  const before = text.value.split("\n").slice(0, Number(place.dataset.line) - 1);
  const at = before.reduce((sum, one) => sum + one.length + 1, 0) + Number(place.dataset.column) - 1;
  text.focus();
  text.setSelectionRange(at, Math.min(at + 1, text.value.length));
});
