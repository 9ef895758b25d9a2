// Step 2: one button, then what one needs to know.
import { byId, counted, h, percent, say, track } from "./dom.js";
import { act, fetchState, shared, thumbnail } from "./api.js";
import { curve, det, fine, inWords, matrix, nearest, operatingPoints } from "./charts.js";

let panel = null;
let opened = null;
let asking = null;
let shown = "";

export function enter(box, open) {
  [panel, opened, shown] = [box, open, ""];
  panel.replaceChildren(
    h("div", { class: "head" }, h("h2", {}, "Train"), h("p", { class: "quiet", id: "trained-in" })),
    h("div", { class: "box" },
      h("div", { class: "row" }, h("button", { class: "primary", id: "train", onclick: begin }, "Train the model"), h("span", { class: "grow quiet", id: "training-step", "aria-live": "polite" })),
      h("progress", { id: "training-bar", max: 1, value: 0, hidden: true, "aria-label": "Training" })),
    h("div", { class: "box", id: "advice-box" }),
    h("div", { id: "findings", class: "cards" }));
  update(shared.state);
}

async function begin() { if (await act("train")) poll(); }

function poll() {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    await fetchState().catch((error) => say(error.message));
    if (shared.state.training?.running) poll();
    else if (shared.state.training?.error) say(shared.state.training.error);
  }, 250);
}

export function update(state) {
  const { running, step, share } = state.training;
  byId("train").disabled = running;
  byId("training-step").textContent = running ? `${step} …` : "";
  byId("training-bar").hidden = !running;
  byId("training-bar").value = share;
  if (running) poll();
  const advice = byId("advice-box");
  advice.hidden = !state.advice.length || !state.gestures.length;
  advice.replaceChildren(h("h3", {}, "Before you rely on it"), h("ul", { class: "advice" }, ...state.advice.map((line) => h("li", {}, line))));
  const key = JSON.stringify([state.findings, state.motion_findings, !state.model, state.gestures.map((card) => card.samples.map((s) => s.path))]);
  if (key !== shown) { shown = key; showFindings(state); }
}

function showFindings(state) {
  const found = state.findings;
  const moving = state.motion_findings;
  const box = byId("findings");
  const made = [found && `${counted(found.samples, "picture")}, ${found.seconds} s`, moving && `${counted(moving.samples, "take")}, ${moving.seconds} s`];
  byId("trained-in").textContent = made.filter(Boolean).join(" · ");
  if (!found && !moving) {
    box.replaceChildren(state.model ? h("p", { class: "quiet" }, "There is a model from another day. Train again to see how good it is.") : h("p", { class: "quiet" }, "It takes seconds. The model is first asked about people whom it has not seen."));
    return;
  }
  const parts = found ? [verdict(found)] : [];
  if (found?.matrix) {
    parts.push(h("div", { class: "box" }, h("h3", {}, "What it takes for what"), matrix(found.matrix), confused(found)));
    if (found.worst.length) parts.push(mistakes(found, state));
    if (found.curve.scores.length && state.model) parts.push(slider(found.curve, state.model.min_score));
  }
  if (moving) parts.push(verdict(moving, "motion-"));
  if (moving?.matrix) parts.push(h("div", { class: "box" }, h("h3", {}, "What it takes for what motion"), matrix(moving.matrix), confused(moving)));
  box.replaceChildren(...parts);
}

function verdict(found, which = "") {
  return h("div", { class: "box" },
    which && h("h3", {}, "Motions"),
    found.accuracy !== undefined && h("p", { class: "big", id: `${which}accuracy` }, percent(found.accuracy)),
    h("p", { id: `${which}headline` }, found.headline, found.interval ? ` With 95 % certainty it is between ${percent(found.interval[0])} and ${percent(found.interval[1])}.` : ""),
    found.caveat && h("p", { class: "caveat", id: `${which}caveat` }, found.caveat),
    found.people?.length > 0 && h("div", { class: "people" }, h("h3", {}, "Left out, one after the other"),
      ...found.people.map(({ name, accuracy }) => h("div", { class: "line" }, h("span", {}, name), track(accuracy, accuracy > 0.9 ? "good" : "low"), h("span", {}, percent(accuracy))))),
    !which && h("div", { class: "row" }, h("button", { class: "primary", onclick: () => opened("try") }, "Try it"), h("button", { class: "plain", onclick: () => opened("collect") }, "More pictures")));
}

function confused(found) {
  if (!found.confused.length) return h("p", { class: "quiet" }, "It confused nothing.");
  return h("p", {}, ...found.confused.map((pair, i) => `${i ? "; " : ""}${pair.truth} taken for ${pair.answer}: ${pair.count}`), ".");
}

function mistakes(found, state) {
  const there = new Set(state.gestures.flatMap((card) => card.samples.map((sample) => sample.path)));
  const left = found.worst.filter((mistake) => there.has(mistake.path));
  return h("div", { class: "box" }, h("h3", {}, "Its worst mistakes"),
    h("p", { class: "quiet" }, left.length ? "Is the label wrong? Correct it. Is the picture bad? Remove it. Is it a good picture? Then the model needs more like it." : "All of them were dealt with. Train again."),
    h("div", { class: "mistakes" }, ...left.map((mistake) => mistakeOf(mistake, state))));
}

function mistakeOf(mistake, state) {
  const undo = () => act("undo");
  const choose = h("select", { "aria-label": `Gesture in ${mistake.path}`, onchange: async (event) => {
    if (await act("samples/relabel", { paths: [mistake.path], label: event.target.value })) say(`It shows ${event.target.value} now.`, undo);
  } }, ...state.gestures.map((card) => h("option", { value: card.name, selected: card.name === mistake.truth }, card.name)));
  return h("figure", { class: "mistake" },
    h("img", { src: thumbnail(mistake.path), alt: `${mistake.truth}, taken for ${mistake.answer}`, loading: "lazy" }),
    h("figcaption", {}, "taken for ", h("b", {}, mistake.answer), mistake.score === null ? "" : `, ${percent(mistake.score)}`),
    choose,
    h("button", { class: "danger", "aria-label": `Remove ${mistake.path}`, onclick: async () => { if (await act("samples/remove", { paths: [mistake.path] })) say("Removed one picture.", undo); } }, "Remove"));
}

const sure = (...parts) => h("div", { class: "box" }, h("h3", {}, "How sure it must be"), ...parts);
const key = (name, colour) => { const item = h("span", {}, name); item.style.setProperty("--c", `var(${colour})`); return item; };
const choose = (score) => act("threshold", { min_score: score });

// By the rate of false accepts where that was measured, else by the score.
function slider(data, score) { return data.foreign && operatingPoints(data).length > 1 ? byRate(data, score) : byScore(data, score); }

function byRate(data, score) {
  const points = operatingPoints(data);
  const at = nearest(points, score);
  const chart = h("div", {}, det(points, at));
  const words = h("p", { id: "threshold-words", "aria-live": "polite" }, inWords(data, score));
  const input = h("input", { type: "range", id: "threshold", "data-score": points[at].score, min: 0, max: points.length - 1, step: 1, value: at, "aria-label": "Share of unknown gestures that may be named", "aria-valuetext": fine(points[at].rate),
    oninput: () => {
      const { score: chosen, rate } = points[+input.value];
      input.setAttribute("aria-valuetext", fine(rate));
      input.dataset.score = chosen;
      chart.replaceChildren(det(points, +input.value));
      words.textContent = inWords(data, chosen);
    },
    onchange: () => choose(points[+input.value].score) });
  return sure(h("p", { class: "quiet" }, "How often may it take a gesture that nobody taught it for one of yours? The fewer, the more of yours it misses."),
    chart, h("div", { class: "key" }, key("yours that are missed ↑, unknown ones that are named →", "--warn")),
    h("div", { class: "ends" }, h("span", { class: "quiet" }, "strict"), input, h("span", { class: "quiet" }, "lenient")), words,
    h("p", { class: "quiet" }, "Unknown gestures are yours, each left out in turn: what nobody taught may look less like them, or more."));
}

function byScore(data, score) {
  const chart = h("div", {}, curve(data, score));
  const words = h("p", { id: "threshold-words", "aria-live": "polite" }, inWords(data, score));
  const input = h("input", { type: "range", id: "threshold", min: data.scores[0], max: data.scores.at(-1), step: 0.01, value: score, "data-score": score, "aria-label": "Score from which on a gesture is named", "aria-valuetext": (+score).toFixed(2),
    oninput: () => {
      chart.replaceChildren(curve(data, +input.value));
      words.textContent = inWords(data, +input.value);
      input.dataset.score = input.value;
      input.setAttribute("aria-valuetext", (+input.value).toFixed(2));
    },
    onchange: () => choose(+input.value) });
  return sure(chart, h("div", { class: "key" }, key("named right", "--good"), key("named wrongly", "--bad"), data.foreign && key("unknown gestures that are named", "--warn")), input, words,
    !data.foreign && h("p", { class: "quiet" }, "How often it names a gesture that nobody taught it was not measured: that takes three gestures."));
}
