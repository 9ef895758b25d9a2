// Pictures of numbers.
import { h, percent, svg } from "./dom.js";

export function matrix({ labels, counts }) {
  const rows = counts.map((row, i) => {
    const all = Math.max(1, row.reduce((sum, n) => sum + n, 0));
    const cells = row.map((n, j) => {
      const cell = h("td", { class: n ? (i === j ? "right" : "wrong") : "" }, n ? String(n) : "");
      cell.style.setProperty("--share", n / all);
      cell.title = `${labels[i]} named ${labels[j]}: ${n}`;
      return cell;
    });
    return h("tr", {}, h("th", { scope: "row", title: labels[i] }, labels[i]), ...cells);
  });
  const head = h("thead", {}, h("tr", {}, h("th", { class: "corner" }, "shown ↓ named →"), ...labels.map((label) => h("th", { scope: "col", title: label }, label))));
  return h("div", { class: "matrix" }, h("table", { "aria-label": "What was shown, and what it was named" }, head, h("tbody", {}, ...rows)));
}

const [W, H, LEFT, BOTTOM, TOP] = [560, 200, 44, 26, 10];

// Shares named from each score on, and the score that is chosen now.
export function curve(data, now) {
  const low = data.scores[0];
  const high = data.scores.at(-1);
  const x = (score) => LEFT + ((score - low) / (high - low)) * (W - LEFT - 8);
  const y = (share) => TOP + (1 - share) * (H - TOP - BOTTOM);
  const lines = ["right", "wrong", "foreign"].filter((name) => data[name]).map((name) =>
    svg("polyline", { class: name, points: data[name].map((share, i) => `${x(data.scores[i])},${y(share)}`).join(" ") }));
  const grid = [0, 0.5, 1].flatMap((share) => [
    svg("line", { class: "grid", x1: LEFT, x2: W - 8, y1: y(share), y2: y(share) }),
    svg("text", { x: LEFT - 6, y: y(share) + 4, "text-anchor": "end" }, percent(share)),
  ]);
  const ticks = [0.4, 0.6, 0.8].map((score) => svg("text", { x: x(score), y: H - 6, "text-anchor": "middle" }, percent(score)));
  const at = x(Math.max(low, Math.min(high, now)));
  return svg("svg", { class: "curve", viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": "Share of hands that are named, by the score that is asked for" },
    ...grid, ...ticks, svg("line", { class: "now", x1: at, x2: at, y1: TOP, y2: H - BOTTOM }), ...lines);
}

// What a threshold means, in words.
export function inWords(data, score) {
  const index = data.scores.reduce((best, value, i) => (Math.abs(value - score) < Math.abs(data.scores[best] - score) ? i : best), 0);
  const words = [`names ${percent(data.right[index])} of your gestures right`, `${percent(data.wrong[index])} of all hands wrongly`];
  if (data.foreign) words.push(`and takes ${percent(data.foreign[index])} of unknown gestures for one of them`);
  return `From ${percent(score)} on it ${words.join(", ")}.`;
}
