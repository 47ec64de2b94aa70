/**
 * The keys of the desk, declared as data: what a screen can do, by which key, and in which words.
 *
 * A screen calls `listen("review", {"review.accept": () => ...})`. Key names are those of `KeyboardEvent.key`
 * with `Ctrl+`, `Alt+` and `Shift+` before them; letters of a chord are lower case. `?` shows the keys that are
 * valid on the screen and lets each be changed; changes are kept in this browser and with the account, so that a
 * browser in which nothing was changed has those of the account.
 */
import { post } from "./http.js";

/**
 * - `typing`: the key works while somebody types in a field. Others wait until the field is as it was shown, and
 *   so never take a letter out of what is typed.
 * - `digits`: one key for each of 1 to 9; the handler gets the number.
 */
export const SCREENS = {
  everywhere: [
    { id: "everywhere.help", keys: ["?", "F1"], says: "Show the keys of this screen", fixed: true },
  ],
  review: [
    { id: "review.accept", keys: ["Enter"], says: "Accept and go on", typing: true },
    { id: "review.choose", keys: ["1"], says: "Take the candidate or answer of that number", digits: true },
    { id: "review.candidate", keys: ["Alt+1"], says: "The same while typing digits", digits: true, typing: true },
    { id: "review.page", keys: ["F2"], says: "Whole page with the field framed, and back", typing: true },
    { id: "review.forward", keys: ["PageDown"], says: "Next page of the fax, while the page is shown", typing: true },
    { id: "review.backward", keys: ["PageUp"], says: "Page before, while the page is shown", typing: true },
    { id: "review.unreadable", keys: ["Alt+r"], says: "Cannot be read", typing: true },
    { id: "review.empty", keys: ["Alt+e"], says: "Nothing is written there", typing: true },
    { id: "review.ask", keys: ["Alt+a"], says: "Ask the sender", typing: true },
    { id: "review.later", keys: ["Alt+l"], says: "Postpone", typing: true },
    { id: "review.comment", keys: ["Alt+c"], says: "Write a comment", typing: true },
    { id: "review.restore", keys: ["Escape"], says: "Back to the value as it was shown", typing: true },
    { id: "review.undo", keys: ["Ctrl+z"], says: "Take the last answer back" },
    { id: "review.undoTyping", keys: ["Alt+z"], says: "The same while typing", typing: true },
  ],
  wall: [
    { id: "wall.left", keys: ["ArrowLeft"], says: "One to the left" },
    { id: "wall.right", keys: ["ArrowRight"], says: "One to the right" },
    { id: "wall.up", keys: ["ArrowUp"], says: "One row up" },
    { id: "wall.down", keys: ["ArrowDown"], says: "One row down" },
    { id: "wall.odd", keys: ["x", " "], says: "Mark the odd one, or unmark it" },
    { id: "wall.confirm", keys: ["Enter"], says: "Confirm all that are not marked" },
    { id: "wall.skip", keys: ["Alt+l"], says: "Leave this wall for later" },
  ],
};

const NAMES = {
  " ": "Space",
  Escape: "Esc",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};
const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process"]);
const TYPED_INTO = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select";

/** Add the actions of a screen of another module. */
export function declare(screen, actions) {
  SCREENS[screen] = actions;
}

/** The name of what was pressed, or none while only modifiers are down or a character is being composed. */
export function spell(event) {
  if (MODIFIERS.has(event.key) || event.isComposing) return null;
  if (event.getModifierState("AltGraph")) return event.key;
  const chord = event.ctrlKey || event.altKey || event.metaKey;
  // With Alt some keyboards give another character; the place of the key is what the person meant.
  const place = /^(?:Key|Digit)(.)$/.exec(event.code);
  const key = chord && place ? place[1].toLowerCase() : event.key;
  const shifted = event.shiftKey && (chord || key.length > 1);
  return (
    (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + (shifted ? "Shift+" : "") + key
  );
}

/** A key as it is printed on the screen. */
export function printed(key) {
  return key
    .split(/\+(?=.)/)
    .map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(" ");
}

/** The keys of an action, as changed by this account. */
export function keysOf(action) {
  const own = changed()[action.id];
  return own ? [own] : action.keys;
}

/** The first key of an action by its name, printed; empty where no screen declares it. */
export function keyOf(id) {
  const action = Object.values(SCREENS).flat().find((one) => one.id === id);
  return action ? printed(keysOf(action)[0]) : "";
}

/**
 * Call handlers when the keys of a screen are pressed. A handler may return false to let the browser go on.
 *
 * @param {string} screen - one of `SCREENS`
 * @param {Object<string, function(Event, number=): (boolean|void)>} handlers - by action
 * @returns {function(): void} stops listening
 */
export function listen(screen, handlers) {
  const every = { ...handlers, "everywhere.help": () => showKeys(screen, handlers) };
  const actions = () => [...SCREENS[screen], ...SCREENS.everywhere].filter((one) => every[one.id]);
  const pressed = (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const key = spell(event);
    if (key === null) return;
    for (const action of actions()) {
      const number = match(action, key);
      if (number === null || !mayAct(action, key, event)) continue;
      if (every[action.id](event, number) !== false) {
        event.preventDefault();
        return;
      }
    }
  };
  document.addEventListener("keydown", pressed);
  label();
  return () => document.removeEventListener("keydown", pressed);
}

/** Print its key on every element that has `data-key`, for eyes and for screen readers. */
export function label(root = document) {
  for (const element of root.querySelectorAll("[data-key]")) {
    const printedKey = keyOf(element.dataset.key);
    let shown = element.querySelector(":scope > kbd");
    if (!shown) {
      shown = document.createElement("kbd");
      shown.setAttribute("aria-hidden", "true");
      element.append(" ", shown);
    }
    shown.textContent = printedKey;
    element.setAttribute("aria-keyshortcuts", printedKey.replaceAll(" ", "+"));
  }
}

function match(action, key) {
  for (const own of keysOf(action)) {
    if (!action.digits) {
      if (own === key) return 0;
      continue;
    }
    const before = own.slice(0, -1);
    if (key.startsWith(before) && /^[1-9]$/.test(key.slice(before.length))) return Number(key.at(-1));
  }
  return null;
}

/** Whether the key is free for an action: not a letter of what is being typed, not Enter or Space on a button. */
function mayAct(action, key, event) {
  const target = event.target instanceof Element ? event.target : document.body;
  if (/^(?:Enter| )$/.test(key) && target.closest("button, a, summary, [data-own-keys]")) return false;
  const typedInto = target.closest(TYPED_INTO);
  if (!typedInto) return true;
  return action.typing ? !typedInto.dataset.ownKeys : typedInto.dataset.untouched === "true";
}

function store() {
  return `remsfax.keys.${document.documentElement.dataset.account ?? ""}`;
}

function changed() {
  try {
    return JSON.parse(localStorage.getItem(store()) ?? (document.documentElement.dataset.keys || "{}"));
  } catch {
    return {};
  }
}

function change(id, key) {
  const own = changed();
  if (key === null) delete own[id];
  else own[id] = key;
  localStorage.setItem(store(), JSON.stringify(own));
  // A desk that cannot be reached now gets all of them with the next change; this browser has them anyway.
  post("/keys", { keys: own }, { keepalive: true }).catch(() => {});
}

/** The dialog of the keys that are valid here; Esc closes it, as every dialog. */
function showKeys(screen, handlers) {
  const dialog = make("dialog", { className: "keys", ariaLabel: "Keys of this screen" });
  const editor = make("div", {});
  const close = make("button", { type: "button", textContent: "Close", className: "primary", autofocus: true });
  close.addEventListener("click", () => dialog.close());
  dialog.append(make("h2", { textContent: "Keys of this screen" }), editor, close);
  edit(editor, [...SCREENS[screen].filter((action) => handlers[action.id]), ...SCREENS.everywhere]);
  dialog.addEventListener("close", () => {
    dialog.remove();
    label();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Fill an element with all keys of a screen, each with a button that changes it. */
export function editKeys(root, screen) {
  edit(root, SCREENS[screen]);
}

function edit(root, actions, note = "") {
  const again = (words, action) => {
    edit(root, actions, words);
    if (action) root.querySelector(`[data-changes="${action.id}"]`)?.focus();
  };
  const reset = make("button", { type: "button", textContent: "All keys as they came" });
  reset.addEventListener("click", () => {
    for (const action of actions) change(action.id, null);
    again("The keys are as they came.");
  });
  const row = make("p", { className: "buttons" });
  row.append(reset);
  root.replaceChildren(table(root, actions, again), make("p", { role: "status", textContent: note }), row);
}

function table(root, actions, again) {
  const body = make("tbody", {});
  for (const action of actions) {
    const keys = make("td", {});
    for (const key of keysOf(action)) {
      keys.append(make("kbd", { textContent: action.digits ? `${printed(key)} … 9` : printed(key) }), " ");
    }
    const cell = make("td", {});
    if (!action.fixed) {
      const button = make("button", { type: "button", textContent: "Change", ariaLabel: `Change the key: ${action.says}` });
      button.dataset.changes = action.id;
      button.addEventListener("click", () => learn(root, action, actions, button, again));
      cell.append(button);
    }
    const line = make("tr", {});
    line.append(keys, make("th", { scope: "row", textContent: action.says }), cell);
    body.append(line);
  }
  const whole = make("table", {});
  whole.append(body);
  return whole;
}

/** Take the next key pressed as the action's own; Esc leaves it as it is. */
function learn(root, action, actions, button, again) {
  button.textContent = "Press a key";
  const pressed = (event) => {
    const key = spell(event);
    if (key === null || key === "Tab" || key === "Shift+Tab") return;
    event.preventDefault();
    event.stopPropagation();
    root.removeEventListener("keydown", pressed, true);
    const taken = [...actions, ...SCREENS.everywhere].find((other) => other !== action && match(other, key) !== null);
    if (key === "Escape") again("The key is as it was.", action);
    else if (taken) again(`${printed(key)} already means: ${taken.says}.`, action);
    else if (action.digits && !/1$/.test(key)) again("Press the key for the first: one that ends in 1.", action);
    else {
      change(action.id, key);
      again(`${printed(key)} now means: ${action.says}.`, action);
    }
  };
  root.addEventListener("keydown", pressed, true);
}

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
