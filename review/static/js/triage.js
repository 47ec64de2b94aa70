// One fax by keys and by dragging: each step goes to the desk at once and can be undone.
import { post } from "./http.js";
import { explainAll } from "./lost.js";
import { screen } from "./screen.js";
import { TRIAGE } from "./screens.js";

const room = document.querySelector("[data-fax]");
const address = `/transmissions/${room.dataset.fax}/decide`;
const may = room.dataset.may === "yes";
const sheets = [...document.querySelectorAll(".sheet")];
const whole = document.getElementById("whole");
const refused = document.getElementById("refused");
let at = Math.max(0, sheets.findIndex((sheet) => `#${sheet.id}` === location.hash));

const LOOKING = new Set(["triage.next", "triage.before", "triage.enlarge"]);

const numberOf = (sheet) => Number(sheet.dataset.page);

function stand(to) {
  if (!sheets.length) return;
  sheets[at].classList.remove("current");
  at = Math.min(Math.max(to, 0), sheets.length - 1);
  const sheet = sheets[at];
  sheet.classList.add("current");
  sheet.querySelector("a").focus({ preventScroll: true });
  sheet.scrollIntoView({ block: "nearest" });
  if (!may) return;
  document.getElementById("which").textContent = sheet.dataset.page;
  document.getElementById("page-now").value = sheet.dataset.page;
  document.getElementById("what").value = sheet.dataset.what;
}

async function decide(step, page = numberOf(sheets[at])) {
  try {
    // The same step sent twice over a bad line is one step.
    await post(address, { ...step, decision_id: crypto.randomUUID() });
  } catch (refusal) {
    refused.textContent = refusal.message;
    refused.hidden = false;
    return;
  }
  history.replaceState(null, "", `#page-${page}`);
  location.reload();
}

function put(sheet, place) {
  // place: index before which the page is to stand, in the order shown.
  const page = numberOf(sheet);
  const rest = sheets.filter((one) => one !== sheet);
  const from = sheets.indexOf(sheet);
  const next = rest[place > from ? place - 1 : place];
  return decide({ step: "reorder", page, ...(next ? { before: numberOf(next) } : {}) }, page);
}

const steps = {
  split: () => decide({ step: "split_before", page: numberOf(sheets[at]) }),
  join: () => at > 0 && decide({ step: "join_forms", page: numberOf(sheets[at]), with_page: numberOf(sheets[at - 1]) }),
  earlier: () => at > 0 && put(sheets[at], at - 1),
  later: () => at < sheets.length - 1 && put(sheets[at], at + 2),
  turn: () => decide({ step: "turn", page: numberOf(sheets[at]), quarter_turns: (Number(sheets[at].dataset.turns) + 3) % 4 }),
  duplicate: () => at > 0 && decide({ step: "mark_page", page: numberOf(sheets[at]), mark: "duplicate", of_page: numberOf(sheets[at - 1]) }),
  notOurs: () => decide({ step: "mark_page", page: numberOf(sheets[at]), mark: "not_ours" }),
};

function undo() {
  const form = [...document.querySelectorAll(".history form")][0];
  form?.requestSubmit();
}

function enlarge() {
  const link = sheets[at]?.querySelector("a");
  if (!link) return;
  const picture = whole.querySelector("img");
  picture.src = link.href;
  picture.alt = `Page ${sheets[at].dataset.page} as received`;
  whole.showModal();
}

function dragging() {
  let dragged = null;
  for (const [index, sheet] of sheets.entries()) {
    sheet.addEventListener("dragstart", () => { dragged = sheet; sheet.classList.add("dragged"); });
    sheet.addEventListener("dragend", () => { dragged = null; sheet.classList.remove("dragged"); });
    sheet.addEventListener("dragover", (event) => {
      if (dragged && dragged !== sheet) { event.preventDefault(); sheet.classList.add("target"); }
    });
    sheet.addEventListener("dragleave", () => sheet.classList.remove("target"));
    sheet.addEventListener("drop", (event) => {
      event.preventDefault();
      sheet.classList.remove("target");
      if (!dragged || dragged === sheet) return;
      // Held with Shift the page goes into the form of the page that it is dropped on.
      if (event.shiftKey) decide({ step: "move_page", page: numberOf(dragged), to_page: numberOf(sheet) }, numberOf(dragged));
      else put(dragged, event.offsetX > sheet.clientWidth / 2 ? index + 1 : index);
    });
  }
}

explainAll(document.querySelectorAll(".sheet img, #whole img"));
whole.querySelector("button").addEventListener("click", () => whole.close());
sheets.forEach((sheet, index) => sheet.querySelector("a").addEventListener("click", (event) => {
  event.preventDefault();
  stand(index);
  enlarge();
}));
sheets.forEach((sheet, index) => sheet.querySelector("a").addEventListener("focus", () => { if (index !== at) stand(index); }));
if (may) {
  dragging();
  document.querySelector(".needs-script").hidden = false;
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => steps[button.dataset.step]());
  }
  document.getElementById("page-now").addEventListener("change", (event) => {
    stand(sheets.findIndex((sheet) => sheet.dataset.page === event.target.value));
    event.target.focus();
  });
}
screen("triage", may ? TRIAGE : TRIAGE.filter((action) => LOOKING.has(action.id)), {
  "triage.next": () => stand(at + 1),
  "triage.before": () => stand(at - 1),
  "triage.enlarge": enlarge,
  "triage.split": steps.split,
  "triage.join": steps.join,
  "triage.earlier": steps.earlier,
  "triage.later": steps.later,
  "triage.turn": steps.turn,
  "triage.say": () => document.getElementById("what").focus(),
  "triage.duplicate": steps.duplicate,
  "triage.notOurs": steps.notOurs,
  "triage.undo": undo,
  "triage.reread": () => document.querySelector('[data-key="triage.reread"]')?.click(),
});
if (sheets.length) stand(at);
