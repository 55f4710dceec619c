// Nothing typed is lost: drafts go to the server, and to this browser while the server can't be reached.
const SAVE_MS = 1000;
const RETRY_MS = 5000;
const PREFIX = "assize.draft.";
const SENDING = "assize.sending";
const NOT_WRITTEN = new Set(["csrf", "keep", "who", "confirm", "do", "drop", "unmark"]);
const clock = () => new Date().toTimeString().slice(0, 5);

const stored = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
const store = (name, what) => { try { localStorage.setItem(name, JSON.stringify(what)); } catch { /* full, or not allowed: the server has it or the page has */ } };

/** Forget the copy of what was sent and has arrived. of: only of this. */
export const forgetSent = (of = "") => {
  const sent = sessionStorage.getItem(SENDING);
  if (sent === null || !sent.endsWith(of)) return;
  localStorage.removeItem(sent);
  sessionStorage.removeItem(SENDING);
};

/** Put what was kept back into a form; lists that grow are for whoever has them. */
export const fill = (form, fields) => {
  const given = new Map();
  for (const [field, value] of fields) given.set(field, [...(given.get(field) ?? []), value]);
  for (const input of form.elements) {
    if (!given.has(input.name) || input.name === "seen" || input.name === "policy") continue;
    const values = given.get(input.name);
    if (["radio", "checkbox"].includes(input.type)) input.checked = values.includes(input.value);
    else if (input instanceof HTMLSelectElement && ![...input.options].some((one) => one.value === values[0])) input.add(new Option("The marked passage", values[0], true, true));
    else input.value = values[0];
  }
  return given;
};

/** Keep what is typed in a form, which says who types, for as long as its page is there.
 *  of: what it is, for the name of its copy. url: where its draft is put. body: what is put there, of the form's fields.
 *  restore: puts a copy back. lost: whether it is nobody's to write any more when the page begins.
 */
export const keepTyped = (form, { of, url, body, restore = fill, lost = false }, signal) => {
  const who = form.elements.who.value;
  const name = `${PREFIX}${who}.${of}`;
  const said = document.getElementById("kept");
  const show = (id) => { document.getElementById(id).hidden = false; };
  const fields = () => [...new FormData(form)].filter(([field, value]) => typeof value === "string" && value !== "" && !NOT_WRITTEN.has(field));
  let dirty = false;
  let since = null;
  let waiting = 0;
  let sending = false;
  let signedOut = false;
  let leaving = false;

  const token = () => form.elements.csrf.value;
  const freshToken = async () => {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || new URL(answer.url).pathname !== location.pathname) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(`#${form.id} [name=csrf]`)?.value;
    if (fresh === undefined || page.querySelector(`#${form.id} [name=who]`).value !== who) return false;
    for (const input of document.querySelectorAll("[name=csrf]")) input.value = fresh;
    signedOut = false;
    document.getElementById("signed-out").hidden = true;
    return true;
  };
  const call = async (url, options = {}) => {
    const asked = () => fetch(url, { ...options, headers: { ...options.headers, "X-CSRF-Token": token() } }).catch(() => null);
    let answer = await asked();
    if (answer?.status === 403 && (await answer.clone().json().catch(() => ({}))).code === "foreign-form" && await freshToken()) answer = await asked();
    if (answer?.status === 401 || (answer?.status === 403 && (await answer.clone().json().catch(() => ({}))).code === "foreign-form")) { signedOut = true; show("signed-out"); }
    return answer;
  };

  // A copy in this browser; none while signing out.
  const copy = () => { if (!leaving) store(name, { at: Date.now(), fields: fields() }); };
  const write = async (last) => {
    clearTimeout(waiting);
    if (!dirty || sending) return;
    const at = clock();
    dirty = false;
    const answer = await call(url, { method: "PUT", keepalive: last, body: JSON.stringify(body(fields())), headers: { "Content-Type": "application/json" } });
    if (answer?.ok) {
      since = null;
      said.textContent = `Kept ${at}`;
      said.classList.remove("wrong");
      if (!dirty) localStorage.removeItem(name);
    } else {
      dirty = true;
      since ??= at;
      copy();
      said.textContent = `Not saved since ${since}. Kept in this browser.`;
      said.classList.add("wrong");
      waiting = setTimeout(save, RETRY_MS);
    }
  };
  let writing = null;
  const save = (last = false) => (writing = write(last));
  const typed = () => { dirty = true; leaving = false; clearTimeout(waiting); waiting = setTimeout(save, SAVE_MS); };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("focusout", (event) => { if (event.target instanceof HTMLTextAreaElement) save(); });
  addEventListener("online", () => save(), { signal });
  addEventListener("pagehide", () => {
    if (!dirty || sending || leaving) return;
    copy();
    save(true);
  }, { signal });
  // Signing out leaves no copy here: what the server doesn't have yet is brought there first, or given up on purpose.
  document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", async (event) => {
    if (leaving) return;
    event.preventDefault();
    await writing;
    await save();
    leaving = true;
    if (!dirty) { setTimeout(() => event.target.requestSubmit()); return; }  // not while this event is still told to others
    said.textContent = "Not signed out: what you typed can't be saved now. Sign out again to leave it behind.";
  }, { signal });
  form.addEventListener("submit", async (event) => {
    if (signedOut) {
      event.preventDefault();
      if (await freshToken()) form.requestSubmit(event.submitter);
      return;
    }
    sending = true;
    copy();
    sessionStorage.setItem(SENDING, name);
  });
  addEventListener("pageshow", () => { sending = false; }, { signal });
  const unsent = () => {
    sending = false;
    dirty = true;
    said.textContent = "Not sent: the server can't be reached. Kept in this browser.";
    said.classList.add("wrong");
    clearTimeout(waiting);
    waiting = setTimeout(save, RETRY_MS);
  };

  // A copy in this browser is newer than what the server has: it was written because the server could not be reached.
  const kept = stored(name);
  if (kept !== null && Array.isArray(kept.fields) && !lost) {
    restore(form, kept.fields);
    said.textContent = "Restored from this browser";
    typed();
  }

  addEventListener("focus", async () => { if (signedOut && await freshToken()) save(); }, { signal });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  return {
    unsent,
    call,
    sending: () => sending,
    signedOut: () => signedOut,
    last: () => { dirty = true; save(); },
  };
};
