// The catalogue panel: adding products and the list of them.

import { onCatalogue } from "./channel.js";
import { chosen } from "./files.js";
import { fragment, say, send, word } from "./http.js";

const AT_ONCE = 3;
const panel = document.getElementById("catalogue");
const listing = document.getElementById("listing");
const find = document.getElementById("find");
let offset = 0;
let running = null;
let timer = 0;

export async function load() {
  running?.abort();
  running = new AbortController();
  const query = new URLSearchParams(new FormData(find));
  query.set("offset", offset);
  listing.setAttribute("aria-busy", "true");
  try {
    listing.innerHTML = await fragment(`/catalogue?${query}`, running.signal);
    const { total, categories } = listing.firstElementChild.dataset;
    document.getElementById("total").textContent = total;
    offer(JSON.parse(categories));
  } catch (error) {
    if (error.name === "AbortError") return;
    const blank = Object.assign(document.createElement("p"), { className: "blank", textContent: error.message });
    listing.replaceChildren(blank);
  }
  listing.setAttribute("aria-busy", "false");
}

function offer(categories) {
  const select = find.elements.category;
  const now = select.value;
  const known = [...select.options].slice(1).map((option) => option.value);
  if (known.join("\n") === categories.join("\n")) return;
  select.replaceChildren(select.options[0], ...categories.map((name) => new Option(name, name)));
  select.value = categories.includes(now) ? now : "";
}

function soon(wait = 250) {
  clearTimeout(timer);
  timer = setTimeout(load, wait);
}

/** Upload files, then have the server take them in. The server's own report follows over the stream. */
export async function add(items) {
  if (!items.length) return;
  const jobs = document.getElementById("jobs");
  const bytes = items.reduce((sum, { file }) => sum + file.size, 0) || 1;
  const box = document.createElement("div");
  box.className = "job";
  const title = word("uploading", { count: items.length });
  box.innerHTML = '<p class="row"><b></b><button type="button" class="small"></button></p><progress max="1" value="0"></progress>';
  box.querySelector("b").textContent = title;
  const bar = box.querySelector("progress");
  bar.setAttribute("aria-label", title);
  const stop = new AbortController();
  const cancel = box.querySelector("button");
  cancel.textContent = word("cancel");
  cancel.onclick = () => stop.abort();
  jobs.prepend(box);
  let done = 0;
  let job = null;
  try {
    ({ job } = await send("/imports", undefined, { signal: stop.signal }));
    const queue = items.values();
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (const { path, file } of queue) {
        await send(`/imports/${job}/files?path=${encodeURIComponent(path)}`, file, { method: "PUT", signal: stop.signal });
        done += file.size;
        bar.value = done / bytes;
      }
    }));
    box.id = `job-${job}`; // before the start: the first report may be quicker than its answer
    await send(`/imports/${job}/start`, undefined);
    cancel.remove();
  } catch (error) {
    if (job) send(`/imports/${job}`, undefined, { method: "DELETE" }).catch(() => {});
    box.querySelector("b").textContent = error.name === "AbortError" ? word("cancelled") : error.message;
    bar.remove();
    cancel.textContent = word("close");
    cancel.onclick = () => box.remove();
  }
}

async function remove(button) {
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-title").textContent = word("remove_title", { title: button.dataset.title });
  dialog.returnValue = "no";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  if (dialog.returnValue !== "yes") return;
  try {
    await send("/catalogue/remove", { items: [button.dataset.item] });
    button.closest(".item").remove();
    say(word("removed", { title: button.dataset.title }));
    find.elements.text.focus({ preventScroll: true });
  } catch (error) {
    say(error.message);
    listing.prepend(Object.assign(document.createElement("p"), { className: "complaint", textContent: error.message }));
  }
}

export function start() {
  document.getElementById("jobs").addEventListener("click", (event) => {
    if (event.target.closest('[data-act="dismiss"]')) event.target.closest(".job").remove();
  });
  find.addEventListener("submit", (event) => { event.preventDefault(); offset = 0; load(); });
  find.addEventListener("input", () => { offset = 0; soon(); });
  listing.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.act === "remove") remove(button);
    else if (button?.dataset.offset) {
      offset = Number(button.dataset.offset);
      load().then(() => panel.scrollTo({ top: 0 }));
    }
  });
  for (const kind of ["files", "folder"]) {
    const input = document.getElementById(`${kind}-input`);
    if (!input) continue;
    document.getElementById(`add-${kind}`).onclick = () => input.click();
    input.onchange = () => { add(chosen(input)); input.value = ""; };
  }
  onCatalogue(() => soon(400));
  load();
}
