/** What was recognised, as cards beside the picture. */

import type { RecognizedHand } from "../lib/index.ts";

export interface Shown extends RecognizedHand {
  /** In a video the gesture that stays, in a photo the one that is seen. */
  name: string | null;
}

const MOST_BARS = 4;

export function showResults(place: HTMLElement, hands: Shown[], labels: string[]): void {
  const cards = hands.map((hand) => card(hand, labels));
  place.replaceChildren(...(cards.length > 0 ? cards : [element("p", "nothing", "No hand")]));
}

function card({ name, handedness, gesture }: Shown, labels: string[]): HTMLElement {
  const box = element("article", "hand");
  const title = element("h2", "", `${handedness} hand`);
  const label = element("p", name === null ? "gesture none" : "gesture", name ?? "no gesture");
  const bars = element("dl", "bars");
  const rows = [...gesture.probabilities.keys()].sort(
    (a, b) => gesture.probabilities[b] - gesture.probabilities[a],
  );
  for (const row of rows.slice(0, MOST_BARS)) {
    const value = gesture.probabilities[row];
    const entry = document.createElement("dd");
    const meter = document.createElement("meter");
    meter.value = value;
    meter.ariaLabel = labels[row];
    entry.append(meter, element("span", "", `${Math.round(100 * value)} %`));
    bars.append(element("dt", "", labels[row]), entry);
  }
  box.append(title, label, bars);
  return box;
}

function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
