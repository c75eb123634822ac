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
let shown = "";
let uploading = 0;

export async function load() {
  clearTimeout(timer);
  timer = 0;
  running?.abort();
  const mine = running = new AbortController();
  const query = new URLSearchParams(new FormData(find));
  query.set("offset", offset);
  listing.setAttribute("aria-busy", "true");
  try {
    show(await fragment(`/catalogue?${query}`, mine.signal));
  } catch (error) {
    if (error.name === "AbortError") return;
    shown = "";
    listing.replaceChildren(line("blank", error.message));
  }
  running = null;
  listing.setAttribute("aria-busy", "false");
}

/** What has not changed stays, with the keyboard in it; a page that has become empty gives way to the one before. */
function show(html) {
  if (html === shown) return;
  shown = html;
  const { item } = document.activeElement?.closest?.("#listing [data-act]")?.dataset ?? {};
  listing.innerHTML = html;
  if (item) listing.querySelector(`[data-act][data-item="${item}"]`)?.focus({ preventScroll: true });
  const { total, categories, previous } = listing.firstElementChild.dataset;
  document.getElementById("total").textContent = total;
  offer(JSON.parse(categories));
  if (previous) { offset = Number(previous); soon(0); }
}

const line = (className, textContent) => Object.assign(document.createElement("p"), { className, textContent });

function offer(categories) {
  const select = find.elements.category;
  const now = select.value;
  const known = [...select.options].slice(1).map((option) => option.value);
  if (known.join("\n") === categories.join("\n")) return;
  select.replaceChildren(select.options[0], ...categories.map((name) => new Option(name, name)));
  select.value = categories.includes(now) ? now : "";
}

function soon(wait) {
  clearTimeout(timer);
  timer = setTimeout(load, wait);
}

/** Products come and go, perhaps many times a second: look again, but let what is loading arrive. */
function changed() {
  timer ||= setTimeout(() => {
    timer = 0;
    if (running) changed();
    else load();
  }, 400);
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
  uploading += 1;
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
  } finally {
    uploading -= 1;
  }
}

function dismiss(box) {
  send(`/imports/${box.id.replace("job-", "")}`, undefined, { method: "DELETE" }).catch(() => {});
  box.remove();
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
    const place = button.closest(".item");
    const next = (place.nextElementSibling ?? place.previousElementSibling)?.querySelector(".remove");
    place.remove();
    say(word("removed", { title: button.dataset.title }));
    (next ?? find.elements.text).focus({ preventScroll: true });
  } catch (error) {
    say(error.message);
    listing.prepend(line("complaint", error.message));
  }
}

export function start() {
  document.getElementById("jobs").addEventListener("click", (event) => {
    if (event.target.closest('[data-act="dismiss"]')) dismiss(event.target.closest(".job"));
  });
  find.addEventListener("submit", (event) => { event.preventDefault(); offset = 0; load(); });
  find.addEventListener("input", () => { offset = 0; soon(250); });
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
  onCatalogue(changed);
  addEventListener("beforeunload", (event) => { if (uploading) event.preventDefault(); });
  load();
}
