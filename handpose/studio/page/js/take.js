// Step 4: the model, a program, a report.
import { h, say } from "./dom.js";
import { shared } from "./api.js";

let panel = null;

export function enter(box, open) {
  panel = box;
  const { model, folder, motions_folder: takes } = shared.state;
  const name = folder.split(/[\\/]/).at(-1);
  if (!model) {
    panel.replaceChildren(h("div", { class: "empty" }, h("p", {}, "There is no model yet."), h("button", { class: "primary", onclick: () => open("train") }, "Train one")));
    return;
  }
  const still = model.labels.length > 0;
  const known = model.motions.filter((label) => label !== "no_gesture").length;
  const commands = [
    still && [`handpose evaluate ${name}`, `handpose search ${name}`, `handpose recognize PHOTO --model ${name}.handpose`],
    known > 0 && `handpose recognize VIDEO --motions ${name}-motions.handpose`,
  ].flat().filter(Boolean);
  const program = h("pre", { id: "snippet", tabIndex: 0, "aria-label": "A program that uses the model" }, "…");
  panel.replaceChildren(
    h("div", { class: "head" }, h("h2", {}, "Take it away")),
    h("div", { class: "takes" },
      still && part("The model", `${model.labels.length} gestures, one file. It holds no code and none of your pictures.`, h("a", { class: "primary", id: "take-model", href: `take/${encodeURIComponent(name)}.handpose`, download: `${name}.handpose` }, "Download .handpose")),
      still && part("ONNX", "The same model with its features as one graph, for programs without Python.", model.onnx
        ? h("a", { class: "plain", id: "take-onnx", href: `take/${encodeURIComponent(name)}.onnx`, download: `${name}.onnx` }, "Download .onnx")
        : h("code", {}, "pip install \"handpose[export]\"")),
      known > 0 && part("Motions", `${known} motions, another file, for videos.`,
        h("a", { class: "primary", id: "take-motions", href: `take/motions/${encodeURIComponent(name)}-motions.handpose`, download: `${name}-motions.handpose` }, "Download .handpose"),
        model.onnx && h("a", { class: "plain", href: `take/motions/${encodeURIComponent(name)}-motions.onnx`, download: `${name}-motions.onnx` }, "Download .onnx")),
      still && part("A report", "How good it is, on whom, and its mistakes: one page with pictures of hands in it.", h("a", { class: "plain", id: "take-report", href: "take/report.html", download: `${name}.html` }, "Download report"))),
    h("div", { class: "box" }, h("h3", {}, "A program"), h("p", { class: "quiet" }, "pip install handpose, put the model beside it, and run it as it stands."), program,
      h("div", { class: "row" }, h("button", { class: "plain", onclick: () => navigator.clipboard.writeText(program.textContent).then(() => say("Copied.")) }, "Copy"))),
    h("div", { class: "box" }, h("h3", {}, "Your pictures"), h("p", {}, "They lie in ", h("code", {}, folder), known > 0 && [", takes of motions in ", h("code", {}, takes)], ". The commands of handpose read this folder:"),
      h("pre", { tabIndex: 0, "aria-label": "Commands" }, commands.join("\n"))));
  fetch("take/snippet.py").then((response) => response.text()).then((text) => { program.textContent = text; });
}

export function update() {}

const part = (title, words, ...links) => h("div", { class: "box" }, h("h3", {}, title), h("p", { class: "quiet" }, words), h("div", { class: "row" }, ...links));
