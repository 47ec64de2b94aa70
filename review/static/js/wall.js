/** The glyph wall: arrows move, one key marks the odd one, one key confirms the rest. */

import { Outbox, call } from "./drafts.js";
import { listen } from "./keys.js";
import { explainAll } from "./lost.js";
import { make } from "./show.js";

const form = document.getElementById("wall");
const tiles = form ? [...form.querySelectorAll(".tile input")] : [...document.querySelectorAll(".walls button")];
const openedAt = performance.now();
let confirmed = false;

const outbox = new Outbox(document.documentElement.dataset.account, (decision) => call(decision.path, decision.body), {
  stored: () => location.assign("/wall"),
  refused: (_, __, answer) => document.getElementById("notices")?.append(make("div", { role: "alert", textContent: answer.error })),
  waiting: (count, why) => {
    const place = document.getElementById("saving");
    if (place) place.textContent = { lost: "no connection; kept here and sent again", sending: "saving", "signed-out": "kept here until you sign in", "": "" }[why];
  },
});

/** How many tiles stand in one row, from where they are. */
function columns() {
  const top = (tile) => tile.parentElement.getBoundingClientRect().top;
  const wrapped = tiles.findIndex((tile) => top(tile) > top(tiles[0]) + 2);
  return wrapped === -1 ? tiles.length : wrapped;
}

/** The page goes unconfirmed: give the tiles back, for others to take. */
function leave() {
  if (!form || confirmed) return;
  const body = new URLSearchParams({ csrf: document.querySelector("meta[name=csrf]").content });
  for (const held of new Set(tiles.map((tile) => tile.dataset.form))) body.append("held", held);
  navigator.sendBeacon("/review/release", body);
}

function move(step) {
  const at = tiles.indexOf(document.activeElement);
  const next = tiles[at < 0 ? 0 : Math.min(tiles.length - 1, Math.max(0, at + step))];
  next?.focus();
}

function mark() {
  const tile = document.activeElement;
  if (!tiles.includes(tile) || tile.type !== "checkbox") return false;
  tile.checked = !tile.checked;
  count();
  return true;
}

function count() {
  const odd = tiles.filter((tile) => tile.checked).length;
  document.getElementById("marked").textContent = odd ? `${odd} marked as odd` : "";
}

function confirm() {
  const sent = new FormData(form);
  const id = String(sent.get("decision_id"));
  const [field_kind, value] = [sent.get("field_kind"), sent.get("value")];
  confirmed = true;
  outbox.add({
    id,
    path: "/wall/confirm",
    body: {
      decision_id: id,
      field_kind,
      value,
      tiles: sent.getAll("tiles"),
      odd: sent.getAll("odd"),
      seconds: Math.min(86400, (performance.now() - openedAt) / 1000),
    },
  });
}

const moves = {
  "wall.left": () => move(-1),
  "wall.right": () => move(1),
  "wall.up": () => move(-columns()),
  "wall.down": () => move(columns()),
};
listen(
  "wall",
  form ? { ...moves, "wall.odd": mark, "wall.confirm": confirm, "wall.skip": () => location.assign("/wall") } : moves,
);
if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    confirm();
  });
  form.addEventListener("change", count);
}
addEventListener("pagehide", leave);
explainAll(document.querySelectorAll(".tile img"));
tiles[0]?.focus();
outbox.flush();
