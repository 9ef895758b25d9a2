// Step 3: live labels, score bars, events, and what it did not know.
import { byId, h, percent, say, track } from "./dom.js";
import { act, fetchState, shared } from "./api.js";
import { caption } from "./stage.js";

let last = 0;
let panel = null;

export function enter(box, open) {
  panel = box;
  last = 0;
  if (!shared.state.model) {
    panel.replaceChildren(h("div", { class: "empty" }, h("p", {}, "There is no model yet."), h("button", { class: "primary", onclick: () => open("train") }, "Train one")));
    return;
  }
  const { labels, motions, min_score: score } = shared.state.model;
  const still = labels.length > 0;
  const parts = [
    h("div", { class: "head" }, h("h2", {}, "Try it"), still && h("p", { class: "quiet" }, `names a gesture from ${percent(score)} on`)),
    still && h("div", { class: "box", id: "bars", "aria-label": "Scores" }, h("p", { class: "quiet" }, "Show your hand to the camera.")),
    motions.length > 0 && h("div", { class: "box" }, h("h3", {}, "Motions that it knows"), h("p", { id: "known-motions" }, motions.filter((name) => name !== "no_gesture").join(", "))),
    h("div", { class: "box" }, h("h3", {}, "Just now"), h("ul", { class: "events", id: "events", "aria-live": "polite" }, nothingYet())),
    still && h("div", { class: "box" }, h("h3", {}, "What it did not know"),
      h("p", { class: "quiet" }, "Hands that it named nothing. Say what they show, and train again."),
      h("div", { class: "mistakes", id: "unknown" })),
  ];
  panel.replaceChildren(...parts.filter(Boolean));
  update(shared.state);
}

export function update(state) {
  const box = byId("unknown");
  if (!box) return;
  const key = JSON.stringify([state.unknown, state.gestures.map((card) => card.name)]);
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  box.replaceChildren(...state.unknown.map((unknown) => unknownOf(unknown, state)));
  if (!state.unknown.length) box.replaceChildren(h("p", { class: "quiet" }, "Nothing so far."));
}

function unknownOf(unknown, state) {
  const teach = async (event) => {
    const label = event.target.value;
    const who = localStorage.getItem("subject") || "somebody";
    if (await act("unknown/teach", { id: unknown.id, label, subject: who })) say(`One more picture of ${label} by ${who}. Train again when you have some.`);
  };
  return h("figure", { class: "mistake" }, h("img", { src: `api/unknown/${unknown.id}`, alt: `Hand ${unknown.id}, perhaps ${unknown.nearest}` }),
    h("figcaption", {}, `perhaps ${unknown.nearest}, ${percent(unknown.score)}`),
    h("select", { "aria-label": `What hand ${unknown.id} shows`, onchange: teach }, h("option", { value: "", disabled: true, selected: true }, "It shows …"),
      ...state.gestures.map((card) => h("option", { value: card.name }, card.name))));
}

export function frame(answer) {
  if (!shared.state.model || !byId("events")) return;
  if (answer.error) { say(answer.error); return; }
  const hand = answer.hands?.[0];
  const moves = hand?.motion ? ` · ${hand.motion}` : "";
  if (hand?.steady) caption(hand.steady, "", percent(hand.scores[hand.steady] ?? hand.score) + moves);
  else if (moves) caption(hand.motion, "", "motion");
  else if (!hand?.scores) caption("");
  else caption("none", "none");
  if (hand?.scores) showBars(hand);
  if (answer.events) showEvents(answer.events);
  if (performance.now() - last > 1500) { last = performance.now(); fetchState().catch(() => {}); }
}

function showBars(hand) {
  const known = Object.entries(hand.scores);
  const none = 1 - known.reduce((sum, [, score]) => sum + score, 0);
  const rows = none > 0.01 ? [...known, ["none", none]] : known;
  const bars = byId("bars");
  if (bars.dataset.names !== JSON.stringify(rows.map(([name]) => name))) {
    bars.dataset.names = JSON.stringify(rows.map(([name]) => name));
    bars.replaceChildren(...rows.map(([name]) => h("div", { class: "line" }, h("span", {}, name), track(0), h("span"))));
  }
  rows.forEach(([name, score], i) => {
    const line = bars.children[i];
    line.classList.toggle("best", name === hand.gesture);
    line.querySelector("i").style.width = percent(score).replace(" ", "");
    line.querySelector("i").className = name === hand.gesture ? "good" : "";
    line.lastChild.textContent = percent(score);
  });
}

const nothingYet = () => h("li", { class: "nothing" }, "nothing yet");

function showEvents(events) {
  const box = byId("events");
  const key = JSON.stringify(events);
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  const items = events.map((event) => h("li", { class: event.kind === "motion" && "motion" }, event.gesture));
  box.replaceChildren(...(items.length ? items : [nothingYet()]));
}
