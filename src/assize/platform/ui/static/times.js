// Times that come nearer: <time data-until>. At its end the element with data-ends around it is taken out of use.
const words = (seconds) => {
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${seconds} s`;
};

const tick = () => {
  const running = document.querySelectorAll("time[data-until]");
  for (const time of running) {
    const left = Math.ceil((Date.parse(time.dataset.until) - Date.now()) / 1000);
    if (left > 0) { time.textContent = words(left); continue; }
    time.textContent = "over";
    delete time.dataset.until;
    const around = time.closest("[data-ends]");
    if (around !== null) around.hidden = true;
  }
};
tick();
document.addEventListener("page:swapped", tick);
setInterval(tick, 1000);
