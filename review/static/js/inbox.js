// The inbox by keys: up and down, tick, open, look for.
import { screen } from "./screen.js";
import { INBOX } from "./screens.js";

const rows = [...document.querySelectorAll("tr[data-row]")];
let at = -1;

function go(to) {
  if (!rows.length) return;
  rows[at]?.classList.remove("current");
  at = Math.min(Math.max(to, 0), rows.length - 1);
  rows[at].classList.add("current");
  rows[at].querySelector("th a").focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
}

function tick() {
  if (at < 0) return;
  const box = rows[at].querySelector("input[type=checkbox]");
  box.checked = !box.checked;
}

screen("inbox", INBOX, {
  "inbox.next": () => go(at + 1),
  "inbox.before": () => go(at - 1),
  "inbox.tick": tick,
  "inbox.all": () => {
    const boxes = rows.map((row) => row.querySelector("input[type=checkbox]"));
    const all = boxes.every((box) => box.checked);
    boxes.forEach((box) => { box.checked = !all; });
  },
  "inbox.open": () => { if (at >= 0) rows[at].querySelector("th a").click(); },
  "inbox.find": () => document.getElementById("patient").focus(),
  "inbox.more": () => document.querySelector('[data-key="inbox.more"]:not([disabled])')?.click(),
});
