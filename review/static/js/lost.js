// Pictures that do not come: the desk's own sentence stands where they would have stood.
import { get } from "./http.js";

/** Say of a picture why it is not there, if it is on the page by then. */
export async function explain(picture) {
  const { src, alt } = picture;
  try {
    await get(src);
  } catch (refusal) {
    if (!picture.isConnected || picture.src !== src) return;
    picture.alt = [alt, refusal.message].filter(Boolean).join(": ");
    picture.classList.add("lost");
  }
}

/** Explain each of these pictures that does not come, or did not come before anybody looked. */
export function explainAll(pictures) {
  for (const picture of pictures) {
    picture.addEventListener("error", () => void explain(picture));
    if (picture.src && picture.complete && !picture.naturalWidth) void explain(picture);
  }
}
