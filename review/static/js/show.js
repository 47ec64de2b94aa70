/** Puts one task on the review screen. Knows the page's elements, and nothing of the desk. */

import { label as labelKeys, keyOf } from "./keys.js";
import { explain } from "./lost.js";

const SEVERITY = { error: "urgent", warning: "warn", info: "plain" };
const $ = (id) => document.getElementById(id);

/** Pictures fetched ahead, by address; the ones used least recently are let go. */
export class Pictures {
  constructor(most = 40) {
    this.most = most;
    this.held = new Map();
  }

  /** The picture; asked for now if it was not before. */
  get(address) {
    const known = this.held.get(address);
    const picture = known ?? Object.assign(new Image(), { decoding: "sync", src: address });
    this.held.delete(address);
    this.held.set(address, picture);
    if (this.held.size > this.most) this.held.delete(this.held.keys().next().value);
    picture.onerror = () => {
      this.held.delete(address);
      if (picture.isConnected) void explain(picture);
    };
    return picture;
  }
}

/** Show a task of a form; `entry` is what the person had typed or chosen before, if anything. */
export function showTask(work, task, entry, pictures) {
  $("form").textContent = work.title;
  $("section").textContent = task.section;
  for (const name of ["task_id", "version"]) {
    document.querySelector(`#answer [name=${name}]`).value = { task_id: task.id, version: task.version }[name];
  }
  Object.assign($("answer").dataset, { blind: String(task.blind), digits: String(task.digits) });
  snippet(task, pictures);
  $("entry").replaceChildren(...(task.answer === "type" ? typed(task, entry) : [choices(task, entry)]));
  candidates(task);
  $("why").replaceChildren(...task.why.map((sentence) => make("li", { textContent: sentence })));
  problem("");
  $("comments").textContent = task.comments ? ` (${task.comments})` : "";
  document.querySelector('[data-does="empty"]').hidden = task.kind !== "field";
  document.querySelector('[data-does="unreadable"]').hidden = task.kind !== "field";
  document.querySelector('[data-does="reject"]').hidden = !work.may_reject;
  focusEntry();
}

/** Put the cursor where the answer is given; a value as it was shown is selected, so that typing replaces it. */
export function focusEntry() {
  const value = $("value");
  const place = value ?? $("entry").querySelector("input:checked, input");
  place?.focus({ preventScroll: true });
  if (value?.dataset.untouched === "true") value.select();
}

/** What is typed and chosen now. */
export function entered() {
  const chosen = [...document.querySelectorAll("#entry input[name=chosen]:checked, #entry input[name=verdict]:checked")];
  return {
    text: $("value")?.value ?? "",
    chosen: chosen.map((input) => input.value),
    why: $("why_text")?.value ?? "",
    untouched: $("value") ? $("value").dataset.untouched === "true" : $("entry").dataset.touched !== "true",
  };
}

/** Put a value in place of what is typed. */
export function putText(text, untouched) {
  const value = $("value");
  value.value = text;
  value.dataset.untouched = String(untouched);
  value.focus();
  if (untouched) value.select();
}

/** Choose the n-th answer, from 1; false where there is none. */
export function choose(number) {
  const inputs = document.querySelectorAll("#entry input[type=radio], #entry input[type=checkbox]");
  const input = inputs[number - 1];
  if (!input) return false;
  input.checked = input.type === "radio" || !input.checked;
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

/** Check exactly these choices. */
export function putChosen(values) {
  for (const input of document.querySelectorAll("#entry input[name=chosen]")) input.checked = values.includes(input.value);
}

/** What speaks against the entry, in a sentence. */
export function problem(sentence) {
  $("problem").textContent = sentence;
}

/** The rules that do not hold; `null` where they may not be shown. */
export function findings(list, state) {
  const place = $("stands");
  if (list === null || list.length === 0) {
    const words = list === null ? "Not shown for this field." : state === "recorded" ? "Nothing. The form is recorded." : "Nothing.";
    place.replaceChildren(make("li", { className: list === null ? "soft" : "none", textContent: words }));
    return;
  }
  place.replaceChildren(
    ...list.map((one) => {
      const item = make("li", { className: one.here ? "here" : "" });
      item.append(
        make("span", { className: `badge badge-${SEVERITY[one.severity]}`, textContent: one.severity }),
        ` ${one.message}`,
      );
      return item;
    }),
  );
}

/** The whole page beside the task, its field framed and in sight. */
export function showPage(page, place, pictures) {
  const sheet = $("sheet");
  const picture = pictures.get(page.picture);
  picture.alt = `Page ${page.number} as received`;
  sheet.style.setProperty("--aspect", page.aspect ?? 0.77);
  sheet.replaceChildren(picture, ...(place ? [frame(place)] : []));
  $("page_number").textContent = `Page ${page.number} of the fax`;
  $("page").hidden = false;
  const scroller = sheet.parentElement;
  scroller.scrollTop = place ? (place.top + place.height / 2) * sheet.clientHeight - scroller.clientHeight / 2 : 0;
}

export function hidePage() {
  $("page").hidden = true;
  $("sheet").replaceChildren();
}

/** A lasting notice with buttons: `[[words, action], ...]`; each button closes it. */
export function notice(sentence, buttons = []) {
  const box = make("div", { role: "alert" });
  box.append(make("p", { textContent: sentence }));
  for (const [words, action] of [...buttons, ["Close", () => {}]]) {
    const button = make("button", { type: "button", textContent: words });
    button.addEventListener("click", () => {
      box.remove();
      action();
      focusEntry();
    });
    box.append(button);
  }
  $("notices").append(box);
}

/** A link for when the session has ended. */
export function signInNotice() {
  if (document.querySelector("#notices .signed-out")) return;
  const box = make("div", { role: "alert", className: "signed-out" });
  box.append(
    make("p", { textContent: "Your session has ended. What you answered is kept in this browser and sent when you sign in again." }),
    make("a", { href: "/login?then=/review", textContent: "Sign in" }),
  );
  $("notices").append(box);
}

export function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function snippet(task, pictures) {
  const figure = $("snippet");
  figure.hidden = !task.snippet;
  if (!task.snippet) {
    figure.replaceChildren();
    return;
  }
  const picture = pictures.get(task.snippet);
  picture.alt = "The field as it was received";
  figure.style.setProperty("--aspect", task.in_snippet.aspect);
  figure.style.setProperty("--inches", task.in_snippet.picture_in);
  figure.replaceChildren(picture, frame(task.in_snippet));
}

function frame(place) {
  const box = make("span", { className: "frame" });
  for (const side of ["left", "top", "width", "height"]) box.style[side] = `${place[side] * 100}%`;
  return box;
}

function typed(task, entry) {
  const value = make(task.long ? "textarea" : "input", {
    id: "value",
    name: "text",
    value: entry?.text ?? task.text,
    maxLength: 4000,
    spellcheck: false,
    placeholder: task.blind ? "type what is written" : "nothing written",
  });
  value.setAttribute("aria-describedby", "reads why problem");
  value.dataset.untouched = String(!entry);
  const parts = [make("label", { htmlFor: "value", textContent: task.hint ? `${task.title} (${task.hint})` : task.title }), value];
  const reads = task.raw && task.raw !== task.text ? `Read as ${task.raw}` : "";
  parts.push(make("p", { id: "reads", className: "reads", textContent: reads }));
  return parts;
}

function choices(task, entry) {
  const set = make("fieldset", {});
  set.setAttribute("aria-describedby", "why problem");
  set.append(make("legend", { textContent: task.title }));
  const chosen = entry?.chosen ?? task.chosen;
  task.choices.forEach((choice, index) => {
    const input = make("input", {
      type: task.answer === "several" ? "checkbox" : "radio",
      name: task.answer === "verdict" ? "verdict" : "chosen",
      value: choice.value,
      checked: chosen.includes(choice.value),
    });
    const label = make("label", {});
    label.append(input, choice.label);
    if (index < 9) label.append(make("kbd", { textContent: String(index + 1), ariaHidden: "true" }));
    set.append(label);
  });
  if (task.answer === "verdict") {
    const label = make("label", { className: "reason" });
    label.append("Why, or what to ask", make("input", { id: "why_text", name: "why", maxLength: 4000, value: entry?.why ?? "" }));
    set.append(label);
  }
  $("entry").dataset.touched = String(Boolean(entry));
  return set;
}

function candidates(task) {
  const list = $("candidates");
  list.hidden = task.candidates.length === 0;
  const first = keyOf(task.digits ? "review.candidate" : "review.choose").slice(0, -1);
  list.replaceChildren(
    ...task.candidates.map((one, index) => {
      const button = make("button", { type: "button", value: one.value });
      button.dataset.candidate = String(index + 1);
      button.append(
        make("kbd", { textContent: `${first}${index + 1}`, ariaHidden: "true" }),
        ` ${one.label}`,
        ...(one.reads ? [make("small", { textContent: ` ${one.reads}` })] : []),
      );
      const item = make("li", {});
      item.append(button);
      return item;
    }),
  );
  labelKeys($("answer"));
}
