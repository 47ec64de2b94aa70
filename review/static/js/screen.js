// The keys of a page: its own, and a capital letter for each subject in the head.
import { declare, listen } from "./keys.js";

export function screen(name, actions, handlers) {
  const subjects = [...document.querySelectorAll("[data-go]")];
  const going = subjects.map((link) => ({
    id: `go.${link.dataset.go}`, keys: [link.dataset.go], says: `Go to: ${link.textContent}`,
  }));
  declare(name, [...actions, ...going]);
  const go = Object.fromEntries(subjects.map((link) => [`go.${link.dataset.go}`, () => link.click()]));
  return listen(name, { ...handlers, ...go });
}
