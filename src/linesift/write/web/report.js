"use strict";
// Filters by label, jumps between lines in doubt, and one page at a time; without it the whole report is shown.
{
  const frame = document.getElementById("frame");
  const sections = [...document.querySelectorAll(".page")];
  const links = [...document.querySelectorAll("#pages a")];
  const doubtful = [...document.querySelectorAll(".d")];
  let current = 0;

  const open = (index) => {
    if (index < 0) return;
    links[current]?.removeAttribute("aria-current");
    sections[current].classList.remove("current");
    current = index;
    sections[current].classList.add("current");
    links[current]?.setAttribute("aria-current", "page");
    links[current]?.scrollIntoView({ block: "nearest" });
  };
  let place = null; // the line jumped to last
  const openAddress = () => {
    const target = document.getElementById(location.hash.slice(1));
    const section = target?.closest(".page");
    if (!section) return;
    place = null;
    open(sections.indexOf(section));
    target.scrollIntoView();
  };

  for (const box of document.querySelectorAll(".tools input")) {
    const apply = () => frame.classList.toggle(box.name, box.checked === (box.name === "only-d"));
    box.addEventListener("change", apply);
    apply(); // a reloaded page keeps its boxes
  }

  const jump = (step) => {
    const shown = doubtful.filter((line) => !frame.classList.contains(`no-${line.classList[0]}`));
    if (!shown.length) return;
    let next = shown.indexOf(place) + step;
    if (!shown.includes(place)) {
      const order = shown.findIndex((line) => sections.indexOf(line.closest(".page")) >= current);
      next = step > 0 ? Math.max(order, 0) : (order < 0 ? shown.length : order) - 1;
    }
    place = shown[(next + shown.length) % shown.length];
    open(sections.indexOf(place.closest(".page")));
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
    document.getElementById("place").textContent = `${shown.indexOf(place) + 1} of ${shown.length}`;
  };
  document.getElementById("next").addEventListener("click", () => jump(1));
  document.getElementById("previous").addEventListener("click", () => jump(-1));
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, button") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "n") jump(1);
    if (event.key === "p") jump(-1);
  });

  document.getElementById("find")?.addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const link of links) link.parentElement.hidden = !link.textContent.toLowerCase().includes(wanted);
  });
  for (const tool of document.querySelectorAll(".tools")) tool.hidden = false;
  if (sections.length) {
    frame.classList.add("one");
    open(0);
    window.addEventListener("hashchange", openAddress);
    openAddress();
  }
}
