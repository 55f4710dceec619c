// What every page can do: keys, the palette, times that run. Without it each page works by its links and forms.
import "./keys.js";
import "./palette.js";
import "./times.js";

// Menus close when something else is chosen.
const menus = document.querySelectorAll("details.menu");
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => document.getElementById(opener.dataset.opens)?.showModal());
}

// What this browser keeps belongs to whoever is signed in: signing out leaves nothing of it behind.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.getAttribute("action") !== "/sign-out") return;
  for (const store of [localStorage, sessionStorage]) {
    for (const name of Object.keys(store)) if (name.startsWith("assize.")) store.removeItem(name);
  }
});
