// The decision of a task: what is typed is kept, its lease too while the page is open, and its loss is told at once.
import { fill, forgetSent, keepTyped } from "./keeping.js";
import { list } from "./marking.js";

const LEASE_MS = 20_000;
const show = (id) => { document.getElementById(id).hidden = false; };

const restore = (form, fields) => {
  const given = fill(form, fields);
  for (const name of ["finding", "highlight"]) {
    const there = new Set([...form.querySelectorAll(`[name=${name}]`)].map((one) => one.value));
    for (const value of given.get(name) ?? []) if (!there.has(value)) list(form, name, value);
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
};

/** Keep what is typed in a form of a decision, and its task; return what to do when sending it failed. */
export const keep = (form, signal) => {
  // What was decided needs no copy.
  if (new URLSearchParams(location.search).has("decided") || location.pathname.startsWith("/decided/")) forgetSent();
  if (form === null || form.id !== "decide") return () => {};

  const task = form.dataset.task;
  let lost = form.dataset.mine !== "yes";
  const typing = keepTyped(form, { of: task, url: `/v1/tasks/${task}/draft`, body: (fields) => ({ fields }), restore, lost }, signal);

  const lose = async (answer) => {
    if (lost) return;
    lost = true;
    const told = await answer.json().catch(() => ({}));
    document.getElementById("lost-why").textContent = `You no longer have this task. ${told.detail ?? ""}`;
    show("lost");
    form.querySelector("#send").disabled = true;
    document.getElementById("lost").focus({ preventScroll: true });
    typing.last();
  };
  const renew = async () => {
    if (lost || typing.sending()) return;
    const answer = await typing.call(`/v1/tasks/${task}/lease`, { method: "POST" });
    if (answer === null || answer.status === 401 || answer.status >= 500) return;
    if (answer.ok) { if ((await answer.json()).dossier_id !== form.elements.seen.value) show("newer"); }
    else if (!typing.signedOut()) lose(answer);
  };
  const renewing = setInterval(renew, LEASE_MS);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") renew(); }, { signal });
  // Something changed about this case: ask at once whether it is still mine.
  document.addEventListener("live:swapped", renew, { signal });
  signal.addEventListener("abort", () => clearInterval(renewing));
  return typing.unsent;
};
