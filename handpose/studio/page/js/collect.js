// Step 1: gestures as cards; hold or press a button, and what shows something new is kept.
import { byId, counted, h, say, track } from "./dom.js";
import { act, fetchState, shared, thumbnail, upload } from "./api.js";
import { camera } from "./camera.js";
import { caption, flash, showCount } from "./stage.js";
import * as motions from "./motions.js";

const ENOUGH = 30;
const WAIT = 3;
const HINTS = {
  NO_HAND: "show your hand to the camera",
  CUT_OFF: "move the whole hand into the picture",
  TOO_SIMILAR: "turn, tilt or move your hand",
};
let panel = null;
let cards = new Map();
let recording = null; // {label, timer, kept}
let subject = localStorage.getItem("subject") || "";

export function enter(box) {
  panel = box;
  cards = new Map();
  const who = h("input", { type: "text", id: "subject", value: subject, maxLength: 40, placeholder: "a name or a number", autocomplete: "off",
    oninput: (event) => { subject = event.target.value.trim(); localStorage.setItem("subject", subject); }, list: "people" });
  const name = h("input", { type: "text", id: "gesture-name", maxLength: 40, placeholder: "name of a gesture", "aria-label": "Name of a new gesture", autocomplete: "off", required: true });
  const add = h("form", { class: "row", onsubmit: (event) => { event.preventDefault(); addGesture(name); } },
    h("div", { class: "grow" }, name), h("button", { class: "primary", id: "add-gesture" }, "Add gesture"));
  panel.replaceChildren(
    h("div", { class: "head" }, h("h2", {}, "Show it your gestures"), h("p", { class: "quiet", id: "total" })),
    h("div", { class: "box" }, h("label", { class: "field" }, "Whose hand is it?", who), h("datalist", { id: "people" }), add,
      h("p", { class: "quiet" }, "Two or more people make a model that works for others. ",
        h("button", { class: "link", id: "add-none", type: "button", onclick: () => act("gestures", { name: "no_gesture" }) }, "Add hands at rest"))),
    h("div", { class: "cards", id: "cards" }),
    motions.motionsBox(() => { stopRecording(); return named() ? subject : ""; }));
  update(shared.state);
}

export function leave() { stopRecording(); motions.stop(); }

async function addGesture(input) {
  const name = input.value.trim();
  if (await act("gestures", { name })) { input.value = ""; input.focus(); }
}

export function update(state) {
  motions.update(state);
  const people = new Set(state.subjects);
  const known = new Set([...people, ...state.motions.flatMap((card) => Object.keys(card.by_subject))]);
  byId("people").replaceChildren(...[...known].map((name) => h("option", { value: name })));
  const total = state.gestures.reduce((sum, card) => sum + card.count, 0);
  byId("total").textContent = total ? `${counted(total, "picture")} by ${counted(people.size, "person", "people")}` : "";
  byId("add-none").hidden = state.gestures.some((card) => card.name === "no_gesture");
  const box = byId("cards");
  const wanted = state.gestures.map((card) => cards.get(card.name)?.key === keyOf(card) ? cards.get(card.name) : makeCard(card));
  cards = new Map(wanted.map((card) => [card.name, card]));
  if (!wanted.length) {
    box.replaceChildren(h("div", { class: "empty" }, h("p", {}, "Add a first gesture: give it a name, press Record, and turn your hand a little all the time."),
      h("p", {}, "Pictures are kept only where they show something new.")));
    return;
  }
  const focused = document.activeElement?.dataset?.record;
  box.replaceChildren(...wanted.map((card) => card.element));
  if (focused) cards.get(focused)?.button.focus();
}

const keyOf = (card) => JSON.stringify([card.count, card.variety, card.samples.map((sample) => sample.path)]);

function makeCard(card) {
  const label = card.name;
  const button = h("button", { class: "primary", "data-record": label, "aria-label": `Record ${label}`, onclick: () => toggle(label) }, "Record");
  const files = h("input", { type: "file", accept: "image/*,video/*", multiple: true, hidden: true, onchange: (event) => takeFiles([...event.target.files], label) });
  const low = card.count > 2 && card.variety > 0 && card.variety < 0.25;
  const element = h("article", { class: "gesture", "data-gesture": label, "aria-label": `Gesture ${label}` },
    h("header", {}, h("h3", {}, label), h("span", { class: "number", "data-count": label }, counted(card.count, "picture")),
      h("div", { class: "tools" }, h("button", { class: "danger", "aria-label": `Remove gesture ${label}`, onclick: () => removeGesture(label) }, "Remove"))),
    h("div", { class: "meter", title: "How different the pictures are from each other" }, "variety",
      track(card.variety / 0.7, low ? "low" : card.variety > 0.35 ? "good" : ""), card.variety > 0 ? (low ? "turn it more" : card.variety > 0.35 ? "good" : "fair") : "–"),
    card.count > 0 && h("div", { class: "pictures" }, ...card.samples.slice().reverse().map((sample) => picture(sample))),
    h("div", { class: "row" }, button, h("button", { class: "plain", onclick: () => files.click(), "aria-label": `Add photos or videos of ${label}` }, "Photos, videos"), files,
      h("span", { class: "quiet" }, ...people(card))));
  element.addEventListener("dragover", (event) => { event.preventDefault(); element.classList.add("drop"); });
  element.addEventListener("dragleave", () => element.classList.remove("drop"));
  element.addEventListener("drop", (event) => { event.preventDefault(); element.classList.remove("drop"); takeFiles([...event.dataTransfer.files], label); });
  if (recording?.label === label) mark(element, button, true);
  return { name: label, key: keyOf(card), element, button };
}

const people = (card) => [Object.entries(card.by_subject).map(([name, n]) => `${name || "unknown"} ${n}`).join(" · ")];

function picture(sample) {
  return h("button", { class: "picture", "aria-label": `Remove picture ${sample.path}`, title: `${sample.subject}: click to remove`, onclick: () => removePicture(sample.path) },
    h("img", { src: thumbnail(sample.path), alt: "", loading: "lazy" }), h("span", { class: "gone", "aria-hidden": "true" }, "×"));
}

const undo = () => act("undo");
async function removePicture(path) { if (await act("samples/remove", { paths: [path] })) say("Removed one picture.", undo); }
async function removeGesture(label) {
  if (recording?.label === label) stopRecording();
  const count = shared.state.gestures.find((card) => card.name === label)?.count;
  if (await act("gestures/remove", { name: label })) say(`Removed ${label}.`, count ? undo : null);
}

function takeFiles(files, label) { if (named() && files.length) upload(files, label, subject); }

function named() {
  if (subject) return true;
  say("First say whose hand it is: a name or a number.");
  byId("subject").focus();
  return false;
}

function toggle(label) {
  const same = recording?.label === label;
  motions.stop();
  stopRecording();
  if (same || !named()) return;
  if (!camera.running) { say("There is no camera; add photos or videos."); return; }
  recording = { label, kept: 0, timer: null };
  show(true);
  countDown(WAIT);
}

function countDown(left) {
  if (!recording) return;
  showCount(left ? String(left) : "");
  if (left) { recording.timer = setTimeout(() => countDown(left - 1), 700); return; }
  camera.target = { label: recording.label, subject };
  camera.mode = "collect";
}

function stopRecording() {
  if (!recording) return;
  clearTimeout(recording.timer);
  showCount("");
  caption("");
  camera.mode = "watch";
  show(false);
  const { kept, label } = recording;
  recording = null;
  if (kept) { say(`${counted(kept, "new picture")} of ${label}.`); fetchState(); }
}

function show(on) {
  const card = cards.get(recording.label);
  if (card) mark(card.element, card.button, on);
}

function mark(element, button, on) {
  element.classList.toggle("recording", on);
  button.textContent = on ? "Stop" : "Record";
  button.setAttribute("aria-pressed", on);
}

export function frame(answer) {
  if (motions.isRecording()) { motions.frame(answer); return; }
  if (answer.error) { if (recording) { say(answer.error); stopRecording(); } return; }
  if (!recording || !answer.outcome) return;
  if (answer.outcome !== "KEPT") { caption(HINTS[answer.outcome] || "", "hint"); return; }
  recording.kept += 1;
  caption(`${recording.kept}`, "", ` of ${ENOUGH}`);
  flash();
  const card = shared.state.gestures.find((known) => known.name === answer.kept.label);
  if (card) { card.count += 1; card.samples.push(answer.kept); card.by_subject[answer.kept.subject] = (card.by_subject[answer.kept.subject] || 0) + 1; }
  if (!shared.state.subjects.includes(answer.kept.subject)) shared.state.subjects.push(answer.kept.subject);
  update(shared.state);
  if (recording.kept % 5 === 0) fetchState();
  if (recording.kept >= ENOUGH) stopRecording();
}
