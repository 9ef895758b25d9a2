// Motions: a card each, and takes that are recorded one after the other.
import { byId, counted, h, say } from "./dom.js";
import { act, fetchState, shared, thumbnail } from "./api.js";
import { camera } from "./camera.js";
import { caption, flash, showCount } from "./stage.js";

const ENOUGH = 8;
let recording = null; // {label, kept}
let person = () => "";
let shown = "";

// The box below the cards of gestures; `who` gives the person, or nothing after saying that one is needed.
export function motionsBox(who) {
  person = who;
  shown = "";
  const name = h("input", { type: "text", id: "motion-name", maxLength: 40, placeholder: "name of a motion", "aria-label": "Name of a new motion", autocomplete: "off", required: true });
  const add = async (event) => {
    event.preventDefault();
    if (await act("motions", { name: name.value.trim() })) { name.value = ""; name.focus(); }
  };
  return h("section", { class: "cards", "aria-label": "Motions" },
    h("div", { class: "box" }, h("h3", {}, "Motions"),
      h("p", { class: "quiet" }, `A wave, a swipe, a circle: ${ENOUGH} takes of two seconds each. A pause before each take lets the hand go back.`),
      h("form", { class: "row", onsubmit: add }, h("div", { class: "grow" }, name), h("button", { class: "plain", id: "add-motion" }, "Add motion"))),
    h("div", { class: "cards", id: "motions" }));
}

export function update(state) {
  const box = byId("motions");
  const key = JSON.stringify([state.motions, recording?.label]);
  if (!box || key === shown) return;
  shown = key;
  const focused = document.activeElement?.dataset?.take;
  box.replaceChildren(...state.motions.map(card));
  if (focused) box.querySelector(`[data-take="${CSS.escape(focused)}"]`)?.focus();
}

function card({ name, count, by_subject: by, samples }) {
  const on = recording?.label === name;
  const people = Object.entries(by).map(([who, n]) => `${who || "unknown"} ${n}`).join(" · ");
  return h("article", { class: `gesture${on ? " recording" : ""}`, "aria-label": `Motion ${name}` },
    h("header", {}, h("h3", {}, name), h("span", { class: "number", "data-takes": name }, counted(count, "take")),
      h("div", { class: "tools" }, h("button", { class: "danger", "aria-label": `Remove motion ${name}`, onclick: () => removeMotion(name, count) }, "Remove"))),
    count > 0 && h("div", { class: "pictures" }, ...samples.slice().reverse().map(take)),
    h("div", { class: "row" }, h("button", { class: "primary", "data-take": name, "aria-label": `Record ${name}`, "aria-pressed": String(on), onclick: () => toggle(name) }, on ? "Stop" : "Record takes"), h("span", { class: "quiet" }, people)));
}

function take(sample) {
  const remove = async () => { if (await act("samples/remove", { paths: [sample.path] })) say("Removed one take.", () => act("undo")); };
  return h("button", { class: "picture", "aria-label": `Remove take ${sample.path}`, title: `${sample.subject}: click to remove`, onclick: remove },
    h("img", { src: thumbnail(sample.path), alt: "", loading: "lazy" }), h("span", { class: "gone", "aria-hidden": "true" }, "×"));
}

async function removeMotion(name, count) {
  if (recording?.label === name) stop();
  if (await act("motions/remove", { name })) say(`Removed ${name}.`, count ? () => act("undo") : null);
}

function toggle(name) {
  const same = recording?.label === name;
  stop();
  const subject = person();
  if (same || !subject) return;
  if (!camera.running) { say("There is no camera."); return; }
  recording = { label: name, kept: 0 };
  camera.target = { label: name, subject };
  camera.mode = "take";
  update(shared.state);
}

export function stop() {
  if (!recording) return;
  const { kept, label } = recording;
  recording = null;
  camera.mode = "watch";
  showCount("");
  caption("");
  update(shared.state);
  if (kept) { say(`${counted(kept, "new take")} of ${label}.`); fetchState(); }
}

export const isRecording = () => recording !== null;

export function frame(answer) {
  if (!recording) return;
  if (answer.error) { say(answer.error); stop(); return; }
  if (answer.waiting === undefined) return;
  showCount(answer.waiting > 0 ? String(Math.ceil(answer.waiting / 0.5)) : "");
  if (answer.outcome === "NO_HAND") say("Hardly a hand in it: keep the hand in the picture.");
  caption(answer.waiting > 0 ? `${recording.label}: get ready` : `${recording.label}: now`, "hint", answer.waiting > 0 ? "" : `${Math.round(100 * answer.recorded)} %`);
  if (!answer.kept) return;
  recording.kept += 1;
  flash();
  fetchState();
  if (recording.kept >= ENOUGH) stop();
}
