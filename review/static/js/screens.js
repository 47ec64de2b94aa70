// What the keys of triage do: data for its screens and for the page of all keys.

export const INBOX = [
  { id: "inbox.next", keys: ["j", "ArrowDown"], says: "Next fax" },
  { id: "inbox.before", keys: ["k", "ArrowUp"], says: "Fax before" },
  { id: "inbox.tick", keys: ["x"], says: "Tick the fax, or not" },
  { id: "inbox.all", keys: ["X"], says: "Tick all, or none" },
  { id: "inbox.open", keys: ["o"], says: "Open the fax" },
  { id: "inbox.find", keys: ["/"], says: "Look for a patient, a REMS ID or a sender" },
  { id: "inbox.more", keys: ["n"], says: "Next page of the list" },
];

export const TRIAGE = [
  { id: "triage.next", keys: ["ArrowRight"], says: "Next page" },
  { id: "triage.before", keys: ["ArrowLeft"], says: "Page before" },
  { id: "triage.enlarge", keys: ["F2", "v"], says: "Whole page" },
  { id: "triage.split", keys: ["s"], says: "A form begins here" },
  { id: "triage.join", keys: ["j"], says: "Join with the form before" },
  { id: "triage.earlier", keys: ["["], says: "Move the page to the left" },
  { id: "triage.later", keys: ["]"], says: "Move the page to the right" },
  { id: "triage.turn", keys: ["t"], says: "Turn the page to the right" },
  { id: "triage.say", keys: ["n"], says: "Say what the page is" },
  { id: "triage.duplicate", keys: ["d"], says: "Duplicate of the page before" },
  { id: "triage.notOurs", keys: ["o"], says: "Page is not ours" },
  { id: "triage.undo", keys: ["u"], says: "Undo the last step" },
  { id: "triage.reread", keys: ["r"], says: "Read the fax again" },
];
