/**
 * What a person typed and decided, kept in this browser until the desk has stored it.
 *
 * Everything is kept by account, so that nobody sends what another typed. A decision carries an identifier of its
 * own: sent twice, it is stored once.
 */

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20000;
const TIMEOUT_MS = 15000;

/** Half-typed answers by task. */
export class Drafts {
  constructor(account) {
    this.prefix = `remsfax.draft.${account}.`;
  }

  /** Keep what is typed; `null` lets it go. */
  keep(task, draft) {
    if (draft === null) localStorage.removeItem(this.prefix + task);
    else localStorage.setItem(this.prefix + task, JSON.stringify(draft));
  }

  /** What was typed for a task and not stored, or null. */
  of(task) {
    return parsed(localStorage.getItem(this.prefix + task));
  }
}

/** Decisions on their way to the desk, in the order in which they were made. */
export class Outbox {
  /**
   * @param {string} account - whose decisions these are
   * @param {function(object): Promise<Response>} send - hands one decision to the desk
   * @param {object} told - what to do: `stored(decision, answer)`, `refused(decision, status, answer)`,
   *   `waiting(count, why)` with why one of "sending", "lost", "signed-out", and "" when all is stored
   */
  constructor(account, send, told) {
    this.prefix = `remsfax.outbox.${account}.`;
    this.send = send;
    this.told = told;
    this.wait = FIRST_WAIT_MS;
    this.busy = false;
    this.timer = 0;
    addEventListener("online", () => this.flush());
  }

  /** Keep a decision and send it. */
  add(decision) {
    localStorage.setItem(this.prefix + decision.id, JSON.stringify({ ...decision, made: Date.now() }));
    // It is kept; what is on screen goes first.
    setTimeout(() => this.flush(), 20);
  }

  /** Take a decision back before it was stored; false when it has left, or may have. */
  remove(id) {
    if (this.sending === id || localStorage.getItem(this.prefix + id) === null) return false;
    localStorage.removeItem(this.prefix + id);
    return true;
  }

  /** The decisions that the desk has not confirmed, oldest first. */
  waiting() {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(this.prefix))
      .map((key) => parsed(localStorage.getItem(key)))
      .filter((decision) => decision !== null)
      .sort((one, other) => one.made - other.made);
  }

  /** Send all that waits; comes back to it by itself while the connection is lost. */
  async flush() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    for (let [next] = this.waiting(); next; [next] = this.waiting()) {
      this.told.waiting(this.waiting().length, "sending");
      const why = await this.#deliver(next);
      if (why) {
        this.told.waiting(this.waiting().length, why);
        if (why === "lost") this.timer = setTimeout(() => this.flush(), this.wait);
        this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
        this.busy = false;
        return;
      }
      this.wait = FIRST_WAIT_MS;
    }
    this.busy = false;
    this.told.waiting(0, "");
  }

  /** Resolves once everything is stored, or after `timeoutMs`. */
  async settled(timeoutMs) {
    const end = Date.now() + timeoutMs;
    while (this.waiting().length && Date.now() < end) {
      await this.flush();
      await new Promise((done) => setTimeout(done, 100));
    }
    return this.waiting().length === 0;
  }

  /** Empty when the decision needs to be sent no more, else why it stays. */
  async #deliver(decision) {
    let response;
    let answer;
    this.sending = decision.id;
    try {
      response = await this.send(decision);
      answer = await response.json();
    } catch {
      return "lost";
    } finally {
      this.sending = null;
    }
    if (response.status >= 500 || response.status === 429) return "lost";
    if (response.status === 401 || response.status === 403) return "signed-out";
    localStorage.removeItem(this.prefix + decision.id);
    if (response.ok) this.told.stored(decision, answer);
    else this.told.refused(decision, response.status, answer);
    return "";
  }
}

/** Ask the desk for JSON or give it some; throws when it cannot be reached or does not answer in time. */
export function call(path, body, options = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    headers["X-CSRF-Token"] = document.querySelector("meta[name=csrf]")?.content ?? "";
  }
  return fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...options,
  });
}

function parsed(text) {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
