// All text that is shut is opened at once, or shut again. Without this each is opened by itself.
const texts = () => [...document.querySelectorAll("details.content:not(.media)")];
const buttons = () => [...document.querySelectorAll("[data-unfold]")];
const say = () => {
  const words = texts().every((one) => one.open) ? "Shut all text" : "Open all text";
  for (const button of buttons()) button.firstElementChild.textContent = words;
};
const offer = () => {
  for (const button of buttons()) button.hidden = false;
  say();
};
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || event.target.closest("[data-unfold]") === null) return;
  const opening = texts().some((one) => !one.open);
  for (const one of texts()) one.open = opening;
  say();
});
document.addEventListener("toggle", say, true);
document.addEventListener("page:swapped", offer);
offer();
