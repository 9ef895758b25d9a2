// The four steps.
import { byId, h } from "./dom.js";
import { fetchState, shared } from "./api.js";
import { camera, start } from "./camera.js";
import { caption } from "./stage.js";
import * as collect from "./collect.js";
import * as train from "./train.js";
import * as live from "./try.js";
import * as take from "./take.js";

const STEPS = { collect, train, try: live, take };
const tabs = [...document.querySelectorAll("[data-step]")];
let step = null;

function open(name, focus = false) {
  if (step && STEPS[step].leave) STEPS[step].leave();
  step = name;
  for (const tab of tabs) {
    const chosen = tab.dataset.step === name;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) tab.focus();
  }
  const panel = byId("panel");
  panel.setAttribute("aria-labelledby", `tab-${name}`);
  panel.removeAttribute("aria-busy");
  camera.mode = name === "try" ? "try" : "watch";
  caption("");
  byId("beside-stage").replaceChildren();
  history.replaceState(null, "", `#${name}`);
  STEPS[name].enter(panel, open);
}

for (const tab of tabs) {
  tab.addEventListener("click", () => open(tab.dataset.step));
  tab.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move) open(tabs[(tabs.indexOf(tab) + move + tabs.length) % tabs.length].dataset.step, true);
  });
}

shared.listeners.push((state) => { if (step && state.ready) STEPS[step].update(state); });
camera.listeners.push((answer) => { if (step && STEPS[step].frame) STEPS[step].frame(answer); });

async function begin() {
  try {
    await fetchState();
  } catch (error) {
    byId("panel").replaceChildren(h("p", { class: "caveat" }, error.message));
    return;
  }
  const { ready, error, done, total } = shared.state;
  if (ready) {
    const wanted = location.hash.slice(1);
    open(wanted in STEPS ? wanted : "collect");
    return;
  }
  const words = error || (total ? `Looking for hands in your pictures: ${done} of ${total} …` : "Opening the networks …");
  byId("panel").replaceChildren(h("p", { class: error ? "caveat" : "quiet" }, words));
  if (!error) setTimeout(begin, 300);
}

window.studio = { camera, shared, open };
start();
begin();
