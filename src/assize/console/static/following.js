// The next case comes in place of this one: the decision is sent, and what the server answers takes the place of the page's
// content. It loads the same styles and modules, so that nothing is fetched, read or laid out again but the case itself.
// Whatever does not fit is loaded as any other page; without this module, everything is.
let shown = location.pathname + location.search;

const loads = (page) => [...page.head.querySelectorAll("link[rel=stylesheet], script[src]")]
  .map((one) => one.getAttribute("href") ?? one.getAttribute("src")).sort().join(" ");

const take = (page, url) => {
  if (url !== null) history.pushState(null, "", url);
  shown = location.pathname + location.search;
  document.title = page.title;
  for (const bar of document.querySelectorAll("body > .bar")) bar.remove();
  const main = document.adoptNode(page.getElementById("main"));
  document.getElementById("main").replaceWith(main);
  main.before(...page.querySelectorAll("body > .bar"));
  scrollTo(0, 0);
  document.dispatchEvent(new Event("page:swapped"));
};

/** Send a decision and put the answer in its place. unsent: what to do where the server can't be reached. */
export const follow = (form, unsent) => {
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html", "X-In-Place": "yes" } }).catch(() => null);
    form.ariaBusy = "false";
    if (answer === null) { unsent(); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.getElementById("main") !== null && loads(page) === loads(document)) take(page, answer.headers.get("content-location") ?? (answer.redirected ? answer.url : null));
    else if (answer.redirected) location.assign(answer.url);
    else form.submit();  // refused, by a page of another kind: the browser shows it
  });
};

// Back and forward: the page that belongs to the address.
addEventListener("popstate", () => { if (location.pathname + location.search !== shown) location.reload(); });
