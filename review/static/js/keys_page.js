// The keys of every screen, to be seen and changed.
import { declare, editKeys } from "./keys.js";
import { screen } from "./screen.js";
import { INBOX, TRIAGE } from "./screens.js";

declare("inbox", INBOX);
declare("triage", TRIAGE);
for (const section of document.querySelectorAll("[data-screen]")) {
  const table = document.createElement("div");
  section.append(table);
  editKeys(table, section.dataset.screen);
}
screen("plain", [], {});
