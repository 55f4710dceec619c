// Parts of a page that stay current: an element with an id and data-live="TOPIC …" is replaced by the same element of a
// freshly fetched copy of this page when the server says that the topic changed. One stream a page; none while hidden.
const EVERY_MS = 2000;
const LONGEST_MS = 30_000;
const BEAT_MS = 20_000;
const QUIET_MS = 10_000;

const parts = () => [...document.querySelectorAll("[data-live][id]")];
const topicsOf = (part) => part.dataset.live.split(/\s+/).filter(Boolean);
const fields = "input:not([type=hidden]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]";

const dirty = new Set();
let source = null;
let opened = false;
let wait = 1000;
let again = 0;
let soon = 0;
let last = 0;
let asOf = new Date();

// ---- what is said ----------------------------------------------------------------------------------------------
const say = document.createElement("div");
say.setAttribute("role", "status");
say.className = "visually-hidden";
document.body.append(say);
let saidAt = 0;
const announce = (words) => {
  if (!words.length || Date.now() - saidAt < QUIET_MS) return;
  saidAt = Date.now();
  say.textContent = words.join(", ");
};

const lost = (text) => {
  let line = document.getElementById("live-lost");
  if (text === null) { line?.remove(); return; }
  if (line === null) {
    line = document.createElement("p");
    line.id = "live-lost";
    line.className = "notice warn";
    line.setAttribute("role", "status");
    document.getElementById("main")?.prepend(line);
  }
  line.textContent = text;
};
const clock = (at) => at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// ---- swapping --------------------------------------------------------------------------------------------------
const busy = (part) => {
  const active = document.activeElement;
  if (active !== null && part.contains(active) && active.matches(fields)) return true;
  return [...part.querySelectorAll("input, textarea")].some((one) => one.type !== "hidden" && (one.value !== one.defaultValue || one.checked !== one.defaultChecked));
};
const pathTo = (part, element) => {
  if (element.id) return `#${CSS.escape(element.id)}`;
  for (const name of ["href", "action", "name", "data-key"]) {
    if (element.hasAttribute(name)) return `${element.localName}[${name}="${CSS.escape(element.getAttribute(name))}"]`;
  }
  const form = element.closest("form");
  return form !== null && part.contains(form) ? `form[action="${CSS.escape(form.getAttribute("action") ?? "")}"] ${element.localName}` : null;
};
const counts = (part) => new Map([...part.querySelectorAll("[data-count]")].map((one) => [one.dataset.count, one.textContent.trim()]));

const swap = (part, fresh) => {
  const before = counts(part);
  const active = document.activeElement;
  const focus = active !== null && part.contains(active) && active !== part ? pathTo(part, active) : null;
  const open = [...part.querySelectorAll("details")].map((one) => one.open);
  const next = document.importNode(fresh, true);
  [...next.querySelectorAll("details")].forEach((one, n) => { if (open[n]) one.open = true; });
  part.replaceWith(next);
  if (focus !== null) next.querySelector(focus)?.focus({ preventScroll: true });
  next.dispatchEvent(new CustomEvent("live:swapped", { bubbles: true }));
  return [...counts(next)].filter(([name, value]) => before.has(name) && before.get(name) !== value).map(([name, value]) => `${name}: ${value}`);
};

const refresh = async () => {
  soon = 0;
  if (document.hidden) return;
  const stale = parts().filter((part) => topicsOf(part).some((one) => dirty.has(one)));
  if (stale.length === 0) { dirty.clear(); return; }
  const taking = new Set(dirty);
  dirty.clear();
  last = Date.now();
  let copy = null;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (answer.redirected && new URL(answer.url).pathname === "/sign-in") { end(); return; }
    if (!answer.ok) return;
    copy = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    for (const one of taking) dirty.add(one);
    return;
  }
  asOf = new Date();
  const said = [];
  for (const part of parts().filter((one) => topicsOf(one).some((topic) => taking.has(topic)))) {
    if (busy(part)) { for (const one of topicsOf(part)) dirty.add(one); continue; }
    const fresh = copy.getElementById(part.id);
    if (fresh !== null && fresh.outerHTML !== part.outerHTML) said.push(...swap(part, fresh));
  }
  announce(said);
  if (dirty.size) schedule();
};
const schedule = () => {
  if (soon === 0) soon = setTimeout(refresh, Math.max(50, EVERY_MS - (Date.now() - last)));
};
const changed = (topics) => {
  for (const one of topics) dirty.add(one);
  schedule();
};

// ---- the stream ------------------------------------------------------------------------------------------------
const close = () => { source?.close(); source = null; clearTimeout(again); };
const end = () => { close(); ended = true; lost(`You are signed out. Showing ${clock(asOf)}. Reload to sign in; what you typed is kept on this page.`); };
let ended = false;

const connect = () => {
  const wanted = [...new Set(parts().flatMap(topicsOf))];
  if (ended || source !== null || wanted.length === 0 || document.hidden) return;
  source = new EventSource(`/live?topics=${encodeURIComponent(wanted.join(","))}`);
  source.addEventListener("open", () => {
    wait = 1000;
    lost(null);
    if (opened) changed(wanted); // what happened in between
    opened = true;
  });
  source.addEventListener("changed", (event) => changed([event.data]));
  source.addEventListener("ended", end);
  source.addEventListener("error", () => {
    close();
    if (document.hidden) return;
    if (wait > 1000) lost(`Not connected. Showing ${clock(asOf)}.`);
    again = setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_MS);
  });
};

// Browsers open six connections to a server in all: a page that nobody looks at gives its own up.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { close(); return; }
  connect();
  beat();
});
addEventListener("pagehide", close);
addEventListener("pageshow", (event) => { if (event.persisted) connect(); });

// ---- presence --------------------------------------------------------------------------------------------------
const beat = () => {
  if (document.hidden || ended) return;
  for (const one of document.querySelectorAll("[data-presence]")) {
    fetch(one.dataset.presence, { method: "POST", headers: { "X-CSRF-Token": one.dataset.csrf }, redirect: "manual" }).catch(() => {});
  }
};
beat();
setInterval(beat, BEAT_MS);
connect();

// Another case came in place of this one: other topics, and somebody else's presence.
document.addEventListener("page:swapped", () => {
  close();
  dirty.clear();
  opened = false;
  asOf = new Date();
  connect();
  beat();
});
