// Asking: the box at the bottom, the reply box of each thread, and the buttons in answers.

import { follow } from "./channel.js";
import { send, word } from "./http.js";

const MOST = 10;
const files = new WeakMap();
const picked = (form) => files.get(form) ?? [];

export const mainForm = () => document.getElementById("ask");

/** Add pictures to a form's tray. */
export function attach(form, more) {
  const all = [...picked(form), ...more];
  files.set(form, all.slice(0, MOST));
  show(form);
  complain(form, all.length > MOST ? word("too_many", { count: MOST }) : "");
  form.querySelector("textarea").focus();
}

function show(form) {
  const tray = form.querySelector(".chosen");
  for (const image of tray.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  tray.replaceChildren(...picked(form).map((file, index) => {
    const place = document.createElement("li");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.dataset.drop = index;
    remove.setAttribute("aria-label", word("take_away", { name: file.name }));
    remove.textContent = "×";
    place.append(preview(file), remove);
    return place;
  }));
}

function preview(file) {
  const image = new Image();
  image.alt = file.name;
  image.src = URL.createObjectURL(file);
  image.onerror = () => {
    const name = document.createElement("span");
    name.className = "file";
    name.textContent = file.name;
    image.replaceWith(name);
  };
  return image;
}

function complain(form, text) {
  const place = form.querySelector(".complaint");
  place.textContent = text;
  place.hidden = !text;
}

/** The box is free for the next question at once; what could not be sent comes back into it. */
async function submit(form) {
  const box = form.querySelector("textarea");
  const text = box.value.trim();
  const chosen = picked(form);
  if (form.querySelector(".send").disabled) return;
  if (!text && !chosen.length) return void complain(form, word("nothing_to_ask"));
  const body = new FormData();
  body.set("text", text);
  if (form.dataset.thread) body.set("thread", form.dataset.thread);
  for (const file of chosen) body.append("photo", file, file.name);
  box.value = "";
  files.delete(form);
  show(form);
  if (await ask(form, body)) return;
  box.value = [text, box.value].filter(Boolean).join("\n");
  files.set(form, [...chosen, ...picked(form)].slice(0, MOST));
  show(form);
}

async function ask(form, body) {
  const button = form.querySelector(".send");
  if (button.disabled) return false;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  complain(form, "");
  try {
    const { entry } = await send("/ask", body);
    follow(`entry-${entry}`);
    return true;
  } catch (error) {
    complain(form, error.message);
    return false;
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

/** What the buttons in answers, examples and the lightbox do. Gives whether it was one of them. */
export function act(button) {
  const { act: kind, ask: answer, item, example, up } = button.dataset;
  const thread = button.closest(".thread")?.id.replace("thread-", "") ?? button.dataset.thread ?? "";
  const form = (thread && document.querySelector(`form[data-thread="${thread}"]`)) || mainForm();
  const body = new FormData();
  if (thread) body.set("thread", thread);
  if (kind === "more") { body.set("more", item); body.set("of", answer ?? ""); }
  else if (kind === "next") body.set("next", answer);
  else if (kind === "example") body.set("example", example);
  else if (kind === "vote") return void vote(button, answer, up === "1");
  else return;
  ask(form, body);
}

async function vote(button, answer, up) {
  try {
    await send("/vote", { ask: answer, up });
  } catch (error) {
    complain(button.closest(".thread").querySelector("form"), error.message);
  }
}

export function start() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".composer, .reply")) return;
    event.preventDefault();
    submit(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches(".field textarea") || event.key !== "Enter") return;
    if (event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const form = button?.form;
    if (!form?.matches(".composer, .reply")) return;
    if (button.classList.contains("choose")) form.querySelector(".files").click();
    if (button.dataset.drop) {
      files.set(form, picked(form).filter((_, index) => index !== Number(button.dataset.drop)));
      show(form);
      form.querySelector("textarea").focus();
    }
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches(".files")) return;
    attach(event.target.form, event.target.files);
    event.target.value = "";
  });
  document.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files];
    if (!pasted.length) return;
    event.preventDefault();
    attach(event.target.closest?.("form.reply") ?? mainForm(), pasted);
  });
}
