"use strict";
// The button that changes between the system's colours, light and dark. A file has no store of its own to remember it.
{
  const button = document.getElementById("theme");
  const names = ["system", "light", "dark"];
  let chosen = 0;
  const show = () => {
    if (chosen) document.documentElement.dataset.theme = names[chosen];
    else delete document.documentElement.dataset.theme;
    button.textContent = `Colours: ${names[chosen]}`;
  };
  button.hidden = false;
  button.addEventListener("click", () => { chosen = (chosen + 1) % names.length; show(); });
  show();
}
