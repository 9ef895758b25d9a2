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

const LOWEST = 0.001; // rates below it are drawn at the edge
const MOST = 0.5;

// The thresholds that are worth choosing: the one that names most of one's own at each rate of foreign ones, strict ones first.
export function operatingPoints(data) {
  const points = new Map();
  data.scores.forEach((score, i) => {
    const rate = data.foreign[i];
    const best = points.get(rate);
    if (rate <= MOST && (!best || data.right[i] > best.right)) points.set(rate, { score, rate, right: data.right[i] });
  });
  const found = [...points.values()].sort((a, b) => a.rate - b.rate);
  return found.filter(({ right }, i) => !i || right > found[i - 1].right);
}

export const nearest = (points, score) =>
  points.reduce((best, point, i) => (Math.abs(point.score - score) < Math.abs(points[best].score - score) ? i : best), 0);

// Detection error trade-off: own gestures that are missed, by the rate at which foreign ones are named; both logarithmic.
export function det(points, now) {
  const share = (value) => Math.log(Math.max(value, LOWEST) / LOWEST) / Math.log(1 / LOWEST);
  const x = (rate) => LEFT + share(rate) * (W - LEFT - 8);
  const y = (missed) => TOP + (1 - share(missed)) * (H - TOP - BOTTOM);
  const ticks = [0.001, 0.01, 0.1, 1];
  const grid = ticks.flatMap((value) => [
    svg("line", { class: "grid", x1: LEFT, x2: W - 8, y1: y(value), y2: y(value) }),
    svg("line", { class: "grid", x1: x(value), x2: x(value), y1: TOP, y2: H - BOTTOM }),
    svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, fine(value)),
    svg("text", { x: x(value), y: H - 8, "text-anchor": value === 1 ? "end" : "middle" }, fine(value)),
  ]);
  const line = points.map(({ rate, right }) => `${x(rate)},${y(1 - right)}`).join(" ");
  const { rate, right } = points[now];
  return svg("svg", { class: "curve det", viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `At ${fine(rate)} unknown gestures named, ${fine(1 - right)} of yours are missed` },
    ...grid, svg("polyline", { class: "foreign", points: line }),
    svg("line", { class: "now", x1: x(rate), x2: x(rate), y1: TOP, y2: H - BOTTOM }), svg("circle", { class: "point", cx: x(rate), cy: y(1 - right), r: 6 }));
}

export const fine = (share) => (share > 0 && share < 0.01 ? `${(100 * share).toFixed(1)} %` : percent(share));

// What a threshold means, in words.
export function inWords(data, score) {
  const index = data.scores.reduce((best, value, i) => (Math.abs(value - score) < Math.abs(data.scores[best] - score) ? i : best), 0);
  const words = [`names ${percent(data.right[index])} of your gestures right`, `${percent(data.wrong[index])} of all hands wrongly`];
  if (data.foreign) words.push(`and takes ${percent(data.foreign[index])} of unknown gestures for one of them`);
  return `From ${percent(score)} on it ${words.join(", ")}.`;
}
