// Wires the page together.

import * as catalogue from "./catalogue.js";
import { connect, dress, showWelcome } from "./channel.js";
import * as composer from "./composer.js";
import { dropped } from "./files.js";
import { word } from "./http.js";
import * as lightbox from "./lightbox.js";

const drop = document.getElementById("drop");
const panel = document.getElementById("catalogue");
const places = {};
let depth = 0;

/** On a phone one view is shown at a time, and each keeps its own place. */
function view(name) {
  if (name === document.body.dataset.view) return;
  const { documentElement: root, body } = document;
  places[body.dataset.view] = root.scrollTop;
  body.dataset.view = name;
  root.scrollTop = places[name] ?? 0;
  for (const button of document.querySelectorAll("[data-view]")) {
    if (button !== document.body) button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }
}

function target(event) {
  if (panel.contains(event.target) && document.getElementById("add")) return "products";
  return "photos";
}

for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  addEventListener(kind, (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    if (kind === "dragenter") depth += 1;
    if (kind === "dragleave") depth -= 1;
    if (kind === "drop") depth = 0;
    drop.hidden = depth <= 0;
    drop.firstElementChild.textContent = word(target(event) === "products" ? "drop_products" : "drop_photos");
    if (kind === "drop") received(event);
  });
}

function received(event) {
  if (target(event) === "products") return void dropped(event.dataTransfer).then(catalogue.add);
  const form = event.target.closest(".thread")?.querySelector("form") ?? composer.mainForm();
  composer.attach(form, event.dataTransfer.files);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.view) view(button.dataset.view);
  if (button?.dataset.act) {
    composer.act(button);
    if (["more", "example"].includes(button.dataset.act)) view("channel");
  }
});
document.getElementById("theme").onclick = () => window.switchTheme();

document.getElementById("help").onclick = () => {
  const shown = !document.getElementById("welcome").hidden && document.body.dataset.view === "channel";
  view("channel");
  showWelcome(!shown);
};

view("channel");
document.getElementById("help").setAttribute("aria-expanded", String(!document.getElementById("welcome").hidden));
dress(document);
composer.start();
lightbox.start();
catalogue.start();
connect();
const newest = document.querySelector("#feed > :last-child .entry:last-child");
newest?.scrollIntoView({ block: "start", behavior: "instant" });
