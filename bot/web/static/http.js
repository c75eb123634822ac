// Requests to the server. Every changing request carries the page's token; errors become {reason, advice}.

/** The token in a page's head; another one means another session. */
export const pageToken = (page) => page.querySelector('meta[name="csrf"]').content;

const token = pageToken(document);
const page = JSON.parse(document.getElementById("words").textContent);

const plural = new Intl.PluralRules(document.documentElement.lang);

/** A fixed text of the page, with {placeholders} filled in; `count` chooses the form where there are several. */
export function word(key, params = {}) {
  const text = page.words[key];
  const form = typeof text === "string" ? text : text[plural.select(params.count)];
  return form.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");
}

export const since = () => document.documentElement.dataset.epoch;

export class Refusal extends Error {
  constructor(reason, advice = "") {
    super(`${reason} ${advice}`.trim());
  }
}

/** Send a changing request; gives the decoded JSON answer, or throws a Refusal fit to be shown. */
export async function send(path, body, { method = "POST", signal } = {}) {
  const json = !(body instanceof FormData || body instanceof Blob || body === undefined);
  const headers = { "X-CSRF-Token": token };
  if (json) headers["Content-Type"] = "application/json";
  if (body instanceof Blob && !(body instanceof FormData)) headers["Content-Type"] = "application/octet-stream";
  let response;
  try {
    response = await fetch(path, { method, headers, body: json ? JSON.stringify(body) : body, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(word("unreachable"));
  }
  if (response.status === 204) return null;
  const type = response.headers.get("Content-Type") ?? "";
  const answer = type.startsWith("application/json") ? await response.json() : {};
  if (!response.ok) throw new Refusal(answer.reason ?? word("unreachable"), answer.advice);
  return answer;
}

/** Fetch a fragment of the page. */
export async function fragment(path, signal) {
  const response = await fetch(path, { signal });
  if (!response.ok) throw new Refusal(word("unreachable"));
  return response.text();
}

/** Tell something to people who use a screen reader. */
export function say(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}
