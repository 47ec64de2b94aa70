/**
 * The review screen. The next task and its picture are here before they are asked for; answers are kept in the
 * browser and sent in the background, so that Enter never waits and nothing typed is lost.
 */

import { Drafts, Outbox, call } from "./drafts.js";
import { label, listen } from "./keys.js";
import * as screen from "./show.js";

const AHEAD = 6;
const FORMS_HELD = 3;
const CHECK_AFTER_MS = 120;
const IDLE_AFTER_MS = 120000;
const ASK_AGAIN_MS = 15000;
const SOON_MS = 300;
/** As many forms as the desk takes to pass over. */
const MOST_BESIDES = 8;
const LAST_ANSWERS = 50;
const $ = (id) => document.getElementById(id);

const page = JSON.parse($("shown").textContent);
const account = document.documentElement.dataset.account;
const drafts = new Drafts(account);
const pictures = new screen.Pictures();
const leaseMs = Number($("review").dataset.lease) * 1000;

/** Forms held: the first is on screen, the others wait behind it. */
const works = page.work ? [page.work] : [];
/** Forms gone through whose answers may still be on their way; the desk would deal them out again. */
const passed = [];
/** Tasks answered or gone, by their identifier. */
const gone = new Set();
/** What was answered, newest last, to be taken back. */
const answered = [];
/** Why the desk did not take an answer, by task: shown when the task comes again, and Enter then insists. */
const again = new Map();
/** Problems of what was typed, by task and text. */
const checked = new Map();

let current = null;
let shownAt = 0;
let insist = false;
let asking = false;
let nothingMore = false;
let pageOpen = sessionStorage.getItem("remsfax.page") === "open";
let pageTurn = 0;
let checkTimer = 0;
let activeAt = Date.now();
let pressedAt = 0;

const outbox = new Outbox(account, (decision) => call(decision.path, decision.body), {
  stored,
  refused,
  waiting: showSaving,
});

// What is shown ---------------------------------------------------------------------------------------------

function pending() {
  for (const work of works) {
    const task = work.tasks.find((one) => !gone.has(one.id));
    if (task) return { work, task };
  }
  return null;
}

/** Show the next task; the form on screen goes first, then the one fetched ahead. */
function advance() {
  const next = pending();
  while (works.length && works[0] !== next?.work) passed.push(works.shift());
  show(next);
}

function show(next, entry = null) {
  current = next;
  insist = Boolean(next && again.has(next.task.id));
  pageTurn = 0;
  $("review").hidden = next === null;
  $("done").hidden = next !== null;
  $("undo_last").hidden = answered.length === 0;
  if (next === null) {
    if (!asking) askForMore();
    showNothing();
    return;
  }
  const { work, task } = next;
  screen.showTask(work, task, entry ?? drafts.of(task.id), pictures);
  if (insist) screen.problem(again.get(task.id));
  screen.findings(task.blind ? null : ordered(work.findings, task), work.state);
  const left = work.tasks.filter((one) => !gone.has(one.id)).length;
  $("progress").textContent = left === 1 ? "last doubt of this form" : `${left} doubts in this form`;
  $("from").textContent = `received ${new Date(work.received_at).toLocaleString()}${work.sender ? `, ${work.sender}` : ""}`;
  showPage();
  shownAt = performance.now();
  // First this task is drawn, then the next ones are fetched.
  requestAnimationFrame(() => setTimeout(fetchAhead));
}

/** Between two forms, or at the end of the queue. */
function showNothing() {
  const state = asking || !nothingMore ? "asking" : "nothing";
  $("done").dataset.state = state;
  $("done_title").textContent = state === "asking" ? "Fetching the next form" : "Nothing is left to review";
}

function ordered(findings, task) {
  const label = task.title;
  return findings.map((one) => ({ ...one, here: one.labels.includes(label) })).sort((one, other) => other.here - one.here);
}

function showPage() {
  const { work, task } = current;
  const alone = !task.snippet;
  if (!(pageOpen || alone) || work.pages.length === 0) {
    screen.hidePage();
    return;
  }
  const first = Math.max(0, work.pages.findIndex((one) => one.number === task.page));
  const index = (first + pageTurn + work.pages.length) % work.pages.length;
  screen.showPage(work.pages[index], index === first ? task.on_page : null, pictures);
}

function showSaving(count, why) {
  const place = $("saving");
  place.dataset.state = why === "lost" || why === "signed-out" ? "waiting" : "";
  const answers = count === 1 ? "1 answer is" : `${count} answers are`;
  place.textContent = {
    "": "all saved",
    sending: "saving",
    lost: `no connection; ${answers} kept here and sent again`,
    "signed-out": `${answers} kept here until you sign in`,
  }[why];
  if (why === "signed-out") screen.signInNotice();
}

// What comes next -------------------------------------------------------------------------------------------

function fetchAhead() {
  const tasks = works.flatMap((work) => work.tasks.map((task) => ({ work, task }))).filter(({ task }) => !gone.has(task.id));
  for (const { work, task } of tasks.slice(0, AHEAD)) {
    if (task.snippet) pictures.get(task.snippet);
    else if (work.pages.length) pictures.get((work.pages.find((one) => one.number === task.page) ?? work.pages[0]).picture);
  }
  if (works.length < FORMS_HELD && !asking && !nothingMore) askForMore();
}

async function askForMore() {
  asking = true;
  const sent = new Set(outbox.waiting().map((decision) => decision.body.task_id));
  passed.splice(0, passed.length, ...passed.filter((work) => work.tasks.some((task) => sent.has(task.id))));
  const besides = [...works, ...passed].map(({ transmission_id, document_id }) => ({ transmission_id, document_id }));
  let more = null;
  try {
    const response = await call("/review/next", { besides: besides.slice(0, MOST_BESIDES) });
    if (response.status === 401) screen.signInNotice();
    if (response.ok) {
      more = await response.json();
      $("left").textContent = `${more.counts.open + more.counts.second} in the queue`;
      nothingMore = more.work === null && passed.length === 0;
      if (more.work) take(more.work);
    }
  } catch {
    // No connection: asked again below.
  }
  asking = false;
  if (current) {
    if (more?.work) fetchAhead();
    return;
  }
  if (pending()) return void advance();
  showNothing();
  setTimeout(() => !current && !asking && askForMore(), more && !nothingMore ? SOON_MS : ASK_AGAIN_MS);
}

function take(work) {
  const sent = new Set(outbox.waiting().map((decision) => decision.body.task_id));
  for (const task of work.tasks) {
    if (sent.has(task.id)) gone.add(task.id);
    else gone.delete(task.id);
  }
  if (!works.some((one) => same(one, work))) works.push(work);
}

function same(one, other) {
  return one.transmission_id === other.transmission_id && one.document_id === other.document_id;
}

// Answers ---------------------------------------------------------------------------------------------------

function accept() {
  const { task } = current;
  const entry = screen.entered();
  if (task.answer === "verdict") {
    const [verdict] = entry.chosen;
    if (!verdict) return screen.problem("Choose an answer by its number.");
    if (verdict !== "confirmed" && !entry.why.trim()) {
      $("why_text").focus();
      return screen.problem("Say why, or what to ask.");
    }
    return decide({ verdict, why: entry.why });
  }
  const known = checked.get(key(task, entry));
  const slip = task.blind && !entry.text.trim() && entry.chosen.length === 0;
  const against = slip ? "Type what is written; Enter again says that nothing is." : known?.problem;
  if (!(entry.untouched && !task.blind) && against && !insist) {
    insist = true;
    return screen.problem(against);
  }
  return decide({
    verdict: "value",
    text: entry.text,
    chosen: entry.chosen,
    insist: insist || (entry.untouched && !task.blind),
  });
}

function decide(said) {
  const { work, task } = current;
  const id = crypto.randomUUID();
  const seconds = Math.min(86400, (performance.now() - shownAt) / 1000);
  const entry = { text: said.text, chosen: said.chosen ?? (task.answer === "verdict" ? [said.verdict] : []), why: said.why };
  answered.push({ id, work, task, entry });
  if (answered.length > LAST_ANSWERS) answered.shift();
  gone.add(task.id);
  again.delete(task.id);
  outbox.add({
    id,
    path: "/review/answer",
    entry,
    title: task.title,
    body: { decision_id: id, task_id: task.id, version: task.version, seconds, ...said },
  });
  drafts.keep(task.id, null);
  advance();
  measure(pressedAt);
}

/** Time from the key until the next task with its picture was painted: `performance.getEntriesByName("review.next")`. */
async function measure(start) {
  const picture = document.querySelector("#snippet:not([hidden]) img, #page:not([hidden]) img");
  if (picture && !picture.complete) await picture.decode().catch(() => {});
  // A task queued in a frame's callback runs when that frame has been drawn.
  requestAnimationFrame(() => setTimeout(() => performance.measure("review.next", { start })));
  if (performance.getEntriesByName("review.next").length > 2000) performance.clearMeasures("review.next");
}

function postpone() {
  const { task } = current;
  const id = crypto.randomUUID();
  gone.add(task.id);
  outbox.add({ id, path: "/review/postpone", title: task.title, entry: null, body: { task_id: task.id, version: task.version } });
  advance();
}

function stored(decision, answer) {
  if (decision.path !== "/review/answer") return;
  const work = works.find((one) => one.tasks.some((task) => task.id === decision.body.task_id));
  if (work) follow(work, answer);
}

/** What an answer changed in its form: rules, tasks that came up, tasks that it settled as well. */
function follow(work, answer) {
  work.findings = answer.findings;
  work.state = answer.state;
  for (const id of answer.closed) gone.add(id);
  for (const task of answer.opened) {
    const place = work.tasks.findIndex((one) => one.id === task.id);
    if (place >= 0) work.tasks[place] = task;
    else work.tasks.push(task);
    gone.delete(task.id);
  }
  if (current?.work !== work) return;
  if (gone.has(current.task.id)) advance();
  else if (!current.task.blind) screen.findings(ordered(work.findings, current.task), work.state);
}

/** The desk did not take an answer: nothing of it is lost, and the person chooses. */
function refused(decision, status, answer) {
  const { task_id: id } = decision.body;
  const before = answered.findIndex((one) => one.id === decision.id);
  const [known] = before >= 0 ? answered.splice(before, 1) : [];
  if (status === 409 && answer.version !== undefined && decision.path === "/review/answer") {
    stale(decision, answer, known);
    return;
  }
  if (status === 422 && known) {
    // It comes again after the task on screen, never in the middle of what is typed there.
    gone.delete(id);
    drafts.keep(id, decision.entry);
    again.set(id, answer.error);
    if (!works.includes(known.work)) works.splice(1, 0, known.work);
    if (!current) advance();
    return;
  }
  if (decision.entry) drafts.keep(id, decision.entry);
  screen.notice(`${decision.title}: ${answer.error} ${said(decision)}`);
}

function stale(decision, answer, known) {
  drafts.keep(decision.body.task_id, decision.entry);
  const by = answer.by ?? "somebody else";
  const theirs = answer.current ? `Theirs: ${answer.current}. ` : "";
  const forget = () => drafts.keep(decision.body.task_id, null);
  const mine = () => {
    const id = crypto.randomUUID();
    outbox.add({ ...decision, id, body: { ...decision.body, decision_id: id, version: answer.version } });
    forget();
    if (known) answered.push({ ...known, id });
  };
  screen.notice(`${decision.title}: ${by} was here before you. ${theirs}${said(decision)}`, [
    ...(answer.open ? [["Use mine", mine]] : []),
    ["Keep theirs", forget],
  ]);
}

function said(decision) {
  const entry = decision.entry;
  const words = entry ? [entry.text, ...(entry.chosen ?? []), entry.why].filter(Boolean).join(", ") : "";
  return words ? `Yours: ${words}.` : "";
}

async function undo() {
  const last = answered.pop();
  if (!last) return screen.problem("There is nothing to take back.");
  if (!outbox.remove(last.id)) {
    await outbox.settled(3000);
    try {
      const response = await call("/review/undo", { decision_id: crypto.randomUUID(), undone_id: last.id });
      const answer = await response.json();
      if (!response.ok) return screen.notice(`${last.task.title}: ${answer.error}`);
      follow(last.work, answer);
    } catch {
      answered.push(last);
      return screen.notice("There is no connection to take the answer back. Try again when it is here.");
    }
  }
  gone.delete(last.task.id);
  const task = last.work.tasks.find((one) => one.id === last.task.id) ?? last.task;
  const kept = works.indexOf(last.work);
  if (kept >= 0) works.splice(kept, 1);
  works.unshift(last.work);
  drafts.keep(task.id, last.entry);
  return show({ work: last.work, task }, last.entry);
}

// While typing ----------------------------------------------------------------------------------------------

function key(task, entry) {
  return JSON.stringify([task.id, entry.text, entry.chosen]);
}

function edited() {
  const { task } = current;
  const value = $("value");
  if (value) value.dataset.untouched = "false";
  $("entry").dataset.touched = "true";
  insist = false;
  const entry = screen.entered();
  drafts.keep(task.id, { text: entry.text, chosen: entry.chosen, why: entry.why });
  screen.problem("");
  clearTimeout(checkTimer);
  if (task.answer !== "verdict") checkTimer = setTimeout(() => check(task, entry), CHECK_AFTER_MS);
}

async function check(task, entry) {
  try {
    const response = await call("/review/check", { task_id: task.id, text: entry.text, chosen: entry.chosen });
    if (!response.ok) return;
    const answer = await response.json();
    checked.set(key(task, entry), answer);
    if (current?.task !== task || key(task, screen.entered()) !== key(task, entry)) return;
    screen.problem(answer.problem);
    if (answer.findings) screen.findings(answer.findings, null);
  } catch {
    // No connection: the rules run again when the answer is stored.
  }
}

function restore() {
  const { work, task } = current;
  drafts.keep(task.id, null);
  show({ work, task });
}

function candidate(number) {
  const { task } = current;
  const one = task.candidates[number - 1];
  if (task.answer !== "type") return task.candidates.length ? takeEntry(one) : screen.choose(number);
  if (!one) return false;
  screen.putText(one.value, false);
  edited();
  return true;
}

/** For a lead: one of two entries of a question with boxes. */
function takeEntry(one) {
  if (!one) return false;
  screen.putChosen(one.value.split("\n"));
  edited();
  return true;
}

// Words: what to ask, a comment, why a form is rejected -------------------------------------------------------

function ask(title, says, { remarks = [], needed = false } = {}) {
  const dialog = $("words");
  $("words_title").textContent = title;
  $("words_label").textContent = says;
  $("words_text").value = "";
  $("words_problem").textContent = "";
  $("words_list").replaceChildren(
    ...remarks.map((one) => screen.make("li", { textContent: `${one.by}, ${new Date(one.at).toLocaleString()}: ${one.text}` })),
  );
  dialog.returnValue = "";
  dialog.dataset.needed = String(needed);
  dialog.showModal();
  $("words_text").focus();
  return new Promise((done) => {
    dialog.addEventListener(
      "close",
      () => {
        done(dialog.returnValue === "send" ? $("words_text").value.trim() : null);
        screen.focusEntry();
      },
      { once: true },
    );
  });
}

async function askSender() {
  const words = await ask(`Ask the sender: ${current.task.title}`, "What to ask (may stay empty)");
  if (words !== null) decide({ verdict: "ask_sender", why: words });
}

async function comment() {
  const { task } = current;
  let remarks = [];
  try {
    if (task.comments) remarks = (await (await call(`/review/tasks/${task.id}/comments.json`)).json()).comments;
  } catch {
    // Without a connection the remark is refused below, with its words kept.
  }
  const words = await ask(`Comment on ${task.title}`, "Your comment", { remarks, needed: true });
  if (!words) return;
  try {
    const response = await call("/review/comment", { task_id: task.id, text: words });
    const answer = await response.json();
    if (!response.ok) screen.notice(`${answer.error} Your comment: ${words}`);
    else {
      task.comments = answer.comments.length;
      if (current?.task === task) $("comments").textContent = ` (${task.comments})`;
    }
  } catch {
    screen.notice(`There is no connection. Your comment: ${words}`, [["Send again", () => void call("/review/comment", { task_id: task.id, text: words })]]);
  }
}

async function reject() {
  const { work } = current;
  const why = await ask(`Reject this form: ${work.title}`, "Why it is rejected", { needed: true });
  if (!why) return;
  try {
    const response = await call("/review/reject", { document_id: work.document_id, why });
    const answer = await response.json();
    if (!response.ok) return void screen.notice(answer.error);
    for (const task of work.tasks) if (task.kind !== "adverse_event") gone.add(task.id);
    advance();
  } catch {
    screen.notice(`There is no connection; the form is not rejected. You wrote: ${why}`);
  }
}

// Leases ----------------------------------------------------------------------------------------------------

async function renew() {
  if (Date.now() - activeAt > IDLE_AFTER_MS || document.hidden || works.length === 0) return;
  const held = works.map(({ transmission_id, document_id }) => ({ transmission_id, document_id }));
  try {
    const response = await call("/review/renew", { held });
    if (!response.ok) return;
    const { kept } = await response.json();
    const lost = works.filter((work) => kept[held.findIndex((one) => same(one, work))] === false);
    if (lost.length === 0) return;
    for (const work of lost) works.splice(works.indexOf(work), 1);
    if (lost.includes(current?.work)) {
      screen.notice("This form went back to the queue after a pause. What you typed is kept.");
      advance();
    }
  } catch {
    // No connection: renewed next time, or the answer tells that somebody else was faster.
  }
}

/** The page goes: give back what was not answered, for others to take. */
function leave() {
  if (works.length === 0) return;
  const body = new URLSearchParams({ csrf: document.querySelector("meta[name=csrf]").content });
  for (const work of works) body.append("held", [work.transmission_id, work.document_id].filter(Boolean).join("/"));
  navigator.sendBeacon("/review/release", body);
}

// Begin -----------------------------------------------------------------------------------------------------

const does = {
  page: () => {
    pageOpen = !pageOpen;
    sessionStorage.setItem("remsfax.page", pageOpen ? "open" : "");
    showPage();
  },
  unreadable: () => current.task.kind === "field" && decide({ verdict: "unreadable" }),
  empty: () => current.task.kind === "field" && decide({ verdict: "empty" }),
  ask: () => void askSender(),
  later: postpone,
  comment: () => void comment(),
  undoTyping: () => void undo(),
  reject: () => void reject(),
  help: () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "F1", bubbles: true })),
};

const shown = (action) => (event, number) => (current ? action(event, number) : false);
listen("review", {
  "review.accept": shown(() => void accept()),
  "review.choose": shown((_, number) => (current.task.digits ? false : candidate(number))),
  "review.candidate": shown((_, number) => candidate(number)),
  "review.page": shown(does.page),
  "review.forward": shown(() => turnPage(1)),
  "review.backward": shown(() => turnPage(-1)),
  "review.unreadable": shown(does.unreadable),
  "review.empty": shown(does.empty),
  "review.ask": shown(does.ask),
  "review.later": shown(does.later),
  "review.comment": shown(does.comment),
  "review.restore": shown(restore),
  "review.undo": () => void undo(),
  "review.undoTyping": () => void undo(),
});

function turnPage(step) {
  if ($("page").hidden) return false;
  pageTurn += step;
  showPage();
  return true;
}

$("answer").addEventListener("submit", (event) => {
  event.preventDefault();
  accept();
});
$("entry").addEventListener("input", edited);
for (const kind of ["click", "keydown"]) {
  $("entry").addEventListener(kind, (event) => {
    const moves = kind === "click" || /^(?:Arrow|Home|End)/.test(event.key);
    if (moves && event.target.id === "value" && event.isTrusted) event.target.dataset.untouched = "false";
  });
}
$("candidates").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) candidate(Number(button.dataset.candidate));
});
document.querySelector(".actions").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-does]");
  if (button) does[button.dataset.does]();
});
$("undo_last").addEventListener("click", () => void undo());
$("words_close").addEventListener("click", () => $("words").close());
$("words_text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("words_send").click();
});
$("words_send").addEventListener("click", (event) => {
  if ($("words").dataset.needed !== "true" || $("words_text").value.trim()) return;
  event.preventDefault();
  $("words_problem").textContent = "Write something first.";
});

for (const kind of ["keydown", "pointerdown"]) {
  addEventListener(
    kind,
    (event) => {
      activeAt = Date.now();
      pressedAt = event.timeStamp;
    },
    true,
  );
}
setInterval(() => void renew(), leaseMs / 3);
addEventListener("pagehide", leave);
addEventListener("pageshow", (event) => event.persisted && location.reload());

label();
if (works.length) take(works[0]);
advance();
outbox.flush();
