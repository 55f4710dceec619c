// Beside a text that is written: its checks as one types, and the way to the line that a check names.
const form = document.getElementById("editor");
const text = form?.querySelector("textarea");
const problems = document.getElementById("problems");
const told = document.getElementById("checking");
const WAIT = 700; // ms without a key; a check reads the whole policy
let timer, latest = 0, kept = text?.value;

async function check() {
  const mine = ++latest;
  const body = new URLSearchParams(new FormData(form));
  body.set("part", "list");
  told.textContent = "Checking…";
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body, headers: { accept: "text/html" } });
    const html = await answer.text();
    if (mine !== latest) return;
    if (!answer.ok) throw new Error(answer.status);
    problems.innerHTML = html;
    told.textContent = "Checked as it stands here; not kept yet.";
  } catch {
    if (mine === latest) told.textContent = "Couldn't check just now. What you write stays here; try Check again.";
  }
}

function goTo(line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  text.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(text).lineHeight));
}

if (text && told) {
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(check, WAIT); });
  form.addEventListener("submit", () => { kept = text.value; });
  addEventListener("beforeunload", (event) => { if (text.value !== kept) event.preventDefault(); });
}
problems?.addEventListener("click", (event) => {
  const line = event.target.closest("[data-line]")?.dataset.line;
  if (line) goTo(Number(line));
});
