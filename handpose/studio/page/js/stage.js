// The live picture: skeletons and captions over the camera.
import { byId, h } from "./dom.js";

const FINGERS = [[0, 1, 2, 3, 4], [0, 5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16], [0, 17, 18, 19, 20], [5, 9, 13, 17]];
const COLOURS = ["#ff6b6b", "#ffd24a", "#5fe0a8", "#5cc8ff", "#b79bff", "#ffffffcc"];
const overlay = byId("overlay");
const context = overlay.getContext("2d");

export const clear = () => { overlay.width = overlay.width; };

// On the frame that was looked at: the camera is ahead of the answer, and a moving hand of its skeleton.
export function draw(answer, picture) {
  if (!answer.size) return;
  const [width, height] = answer.size;
  const scale = Math.max(1, (overlay.clientWidth * devicePixelRatio) / width);
  overlay.width = Math.round(width * scale);
  overlay.height = Math.round(height * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.drawImage(picture, 0, 0, width, height);
  for (const hand of answer.hands || []) drawHand(hand.points);
}

function drawHand(points) {
  context.lineCap = context.lineJoin = "round";
  for (const [width, dark] of [[7, true], [3.5, false]]) {
    FINGERS.forEach((finger, index) => {
      context.beginPath();
      finger.forEach((point, i) => context[i ? "lineTo" : "moveTo"](...points[point]));
      context.lineWidth = width;
      context.strokeStyle = dark ? "#0b0d1299" : COLOURS[index];
      context.stroke();
    });
  }
  for (const [x, y] of points) {
    context.beginPath();
    context.arc(x, y, 3.6, 0, 7);
    context.fillStyle = "#fff";
    context.fill();
  }
}

export function caption(text, kind = "", small = "") {
  const box = byId("caption");
  const words = text + small;
  if (box.dataset.words === words + kind) return;
  box.dataset.words = words + kind;
  box.setAttribute("aria-live", small ? "off" : "polite"); // scores change all the time
  box.replaceChildren(...(text ? [h("span", { class: kind }, text, small && h("small", {}, small))] : []));
}

export const showCount = (text) => { byId("count").textContent = text; };

export function flash() {
  const box = byId("flash");
  box.classList.remove("on");
  void box.offsetWidth; // starts the animation again
  box.classList.add("on");
}

byId("mirror").addEventListener("change", (event) => byId("stage").classList.toggle("mirrored", event.target.checked));
byId("stage").classList.add("mirrored");
