// The feed: what the server streams is put in its place. Appending what is there already replaces it, so
// that nothing doubles when the stream is taken up again.

import { pageToken, say, since, word } from "./http.js";

let last = since();
let source = null;
let following = null;
let quietTimer = 0;

const listeners = new Set();

/** Call `listener` whenever the catalogue has changed. */
export const onCatalogue = (listener) => listeners.add(listener);

/** Keep the entry with this id in view while it fills. */
export function follow(id) {
  following = id;
  reveal();
}

export function connect() {
  if (source) return;
  source = new EventSource(`/events?since=${encodeURIComponent(last)}`);
  source.onmessage = (event) => {
    last = event.lastEventId || last;
    apply(JSON.parse(event.data));
  };
  source.onopen = () => offline(false);
  source.onerror = () => {
    offline(true);
    if (source.readyState === EventSource.CLOSED) {
      disconnect();
      setTimeout(connect, 3000);
    }
  };
}

/** Give the connection back; the events missed meanwhile come with the next one. */
export function disconnect() {
  source?.close();
  source = null;
}

/** Short breaks are not worth a word; each try to reconnect fails anew, and must not put the notice off. */
function offline(now) {
  const notice = document.getElementById("offline");
  if (now) {
    quietTimer ||= setTimeout(() => { notice.hidden = false; }, 2500);
  } else {
    clearTimeout(quietTimer);
    quietTimer = 0;
    notice.hidden = true;
  }
}

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

function apply(event) {
  if (event.op === "reload") return void refresh();
  if (event.op === "catalogue") listeners.forEach((listener) => listener());
  if (event.op === "put") put(event);
  if (event.op === "vote") voted(event);
  if (event.op === "filling") filling(event.now);
  if (event.say) say(event.say);
}

/** Bring the page up to date after a restart or a long sleep; what is being written in it stays. */
async function refresh() {
  disconnect();
  let fresh;
  try {
    const response = await fetch("/");
    if (!response.ok) throw new Error(response.statusText);
    fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    offline(true);
    return void setTimeout(refresh, 3000);
  }
  if (pageToken(fresh) !== pageToken(document)) return void location.reload();
  last = document.documentElement.dataset.epoch = fresh.documentElement.dataset.epoch;
  dress(fresh);
  threads(fresh);
  const jobs = document.getElementById("jobs");
  jobs.replaceChildren(...jobs.querySelectorAll(".job:not([id])"), ...fresh.getElementById("jobs").children);
  document.getElementById("filling").replaceWith(fresh.getElementById("filling"));
  listeners.forEach((listener) => listener());
  connect();
}

/** The fresh page's threads; one that is there already keeps its reply box. */
function threads(fresh) {
  const feed = document.getElementById("feed");
  feed.replaceChildren(...[...fresh.getElementById("feed").children].map((thread) => {
    const old = document.getElementById(thread.id);
    old?.querySelector(".entries").replaceWith(thread.querySelector(".entries"));
    return old ?? thread;
  }));
}

/** The help at the top; it goes when the first thread comes. */
export function showWelcome(now) {
  const welcome = document.getElementById("welcome");
  welcome.hidden = !now;
  document.getElementById("help").setAttribute("aria-expanded", String(now));
  if (now) welcome.scrollIntoView({ block: "start" });
}

/** A thumb, given on this page or on another one. */
function voted({ ask, up }) {
  for (const button of document.querySelectorAll(`[data-act="vote"][data-ask="${CSS.escape(ask)}"]`)) {
    button.setAttribute("aria-pressed", String((button.dataset.up === "1") === up));
  }
}

/** How far the sample catalogue is, on the first start. */
function filling(now) {
  const place = document.getElementById("filling");
  place.textContent = now ? word("filling", now) : "";
  place.hidden = !now;
}

function put({ id, into, html, thread }) {
  const old = document.getElementById(id);
  const fresh = element(!old && thread ? thread : html);
  dress(fresh);
  if (old) {
    fresh.hidden = old.hidden;
    const inside = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(fresh);
    if (inside) refocus(fresh, inside);
  } else {
    document.getElementById(into)?.append(fresh);
    if (into !== "jobs") fresh.classList.add("fresh");
  }
  if (thread) showWelcome(false);
  if (following === id || fresh.querySelector(`#${CSS.escape(following ?? "-")}`)) reveal();
}

/** The keyboard stays where it was when an answer replaces its progress. */
function refocus(fresh, before) {
  const { item, act } = before.dataset;
  const same = item && fresh.querySelector(`[data-item="${item}"]${act ? `[data-act="${act}"]` : "[data-zoom]"}`);
  if (same) same.focus({ preventScroll: true });
}

/** Times in the reader's own clock. */
export function dress(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    const today = moment.toDateString() === new Date().toDateString();
    const style = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { ...style, numberingSystem: "latn" }).format(moment);
  }
}

function reveal() {
  document.getElementById(following)?.scrollIntoView({ block: "start" });
}

for (const kind of ["wheel", "touchmove", "mousedown"]) {
  addEventListener(kind, () => { following = null; }, { passive: true });
}
addEventListener("keydown", (event) => {
  if (["PageUp", "PageDown", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) following = null;
});
// A hidden page gives its connection back: browsers allow only six to one server.
document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
