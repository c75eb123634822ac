// Pictures at full size. The dialog element brings the focus trap, Esc, and the way back.

import { word } from "./http.js";

const dialog = document.getElementById("lightbox");
const image = dialog.querySelector("img");
const more = dialog.querySelector('[data-act="more"]');
let group = [];
let place = 0;

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-zoom]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const seen = new Set();
    const around = link.closest(".answer, .photos, .items") ?? document.body;
    group = [...around.querySelectorAll("a[data-zoom]")].filter(({ href }) => !seen.has(href) && seen.add(href));
    place = group.findIndex(({ href }) => href === link.href);
    show();
    dialog.showModal();
  });
  dialog.querySelector(".close").onclick = () => dialog.close();
  dialog.querySelector(".previous").onclick = () => step(-1);
  dialog.querySelector(".following").onclick = () => step(1);
  more.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target.matches("dialog, figure")) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    const onwards = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") step(event.key === onwards ? 1 : -1);
  });
}

function step(by) {
  place = (place + by + group.length) % group.length;
  show();
}

function show() {
  const { title = "", line = "", number, ask, item } = group[place].dataset;
  image.src = group[place].href;
  image.alt = title;
  dialog.querySelector(".caption b").textContent = number ? `${number} · ${title}` : title;
  dialog.querySelector(".caption span").textContent = line;
  dialog.querySelector(".place").textContent = group.length > 1 ? word("place", { place: place + 1, count: group.length }) : "";
  for (const name of ["previous", "following"]) dialog.querySelector(`.${name}`).hidden = group.length < 2;
  more.hidden = !item;
  more.dataset.item = item ?? "";
  more.dataset.ask = ask ?? "";
  more.dataset.thread = group[place].closest(".thread")?.id.replace("thread-", "") ?? "";
}
