// Talking with the desk: JSON both ways, the token of the session with every change.

export class Refusal extends Error {
  // status 0: the desk could not be reached.
  constructor(status, body) {
    super(body.error);
    this.status = status;
    this.errors = body.errors;
    this.body = body;
  }
}

const LOST = "The desk cannot be reached; nothing was lost. Try again when the connection is back.";

async function answered(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Refusal(0, { error: LOST, errors: [LOST] });
  }
  let body;
  try {
    body = await response.json();
  } catch {
    body = { error: `The desk answered with ${response.status}.` };
  }
  if (!response.ok) {
    throw new Refusal(response.status, { errors: [body.error], ...body });
  }
  return body;
}

export function get(path) {
  return answered(fetch(path, { headers: { Accept: "application/json" } }));
}

export function post(path, order, options = {}) {
  const token = document.querySelector('meta[name="csrf"]').content;
  return answered(fetch(path, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(order),
    ...options,
  }));
}
