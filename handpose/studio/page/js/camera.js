// The camera, and the socket: one frame is on its way at a time.
import { byId, counted } from "./dom.js";
import { clear, draw } from "./stage.js";

const WIDTH = 640;
const REPLACED = 4409;
export const camera = { mode: "watch", target: null, listeners: [], trips: [], running: false, frames: 0 };
const video = byId("video");
const shot = document.createElement("canvas");
let socket = null;
let number = 0;
let sentAt = 0;
let stream = null;

export async function start() {
  byId("no-camera").hidden = true;
  try {
    if (!navigator.mediaDevices) throw Error("this browser gives a page no camera");
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: WIDTH }, height: { ideal: 480 } } });
  } catch (error) {
    const denied = error.name === "NotAllowedError" ? "The browser does not give this page the camera." : "There is no camera.";
    byId("no-camera-text").textContent = `${denied} You can drop photos and videos onto a gesture.`;
    byId("no-camera").hidden = false;
    return;
  }
  video.srcObject = stream;
  stream.getVideoTracks()[0].addEventListener("ended", stop);
  await video.play();
  camera.running = true;
  if (socket) send(); else connect();
}

function stop() {
  camera.running = false;
  byId("no-camera-text").textContent = "The camera was taken away.";
  byId("no-camera").hidden = false;
}

function connect() {
  const address = new URL("socket", location.href);
  address.protocol = "ws:";
  socket = new WebSocket(address);
  socket.onopen = send;
  socket.onmessage = receive;
  socket.onclose = (event) => {
    socket = null;
    clear();
    if (event.code === REPLACED) {
      byId("no-camera-text").textContent = "The studio was opened in another window.";
      byId("no-camera").hidden = false;
      return;
    }
    byId("speed").textContent = "The studio does not answer; trying again …";
    setTimeout(() => camera.running && !socket && connect(), 1500);
  };
}

async function send() {
  if (!camera.running || !socket || socket.readyState !== WebSocket.OPEN) return;
  if (video.readyState < 2 || document.hidden) { setTimeout(send, 100); return; }
  const height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
  shot.width = WIDTH;
  shot.height = height;
  shot.getContext("2d").drawImage(video, 0, 0, WIDTH, height);
  const quality = ["collect", "take"].includes(camera.mode) ? 0.95 : 0.82;
  const jpeg = await new Promise((done) => shot.toBlob(done, "image/jpeg", quality));
  const head = { id: ++number, mode: camera.mode };
  if (camera.target && ["collect", "take"].includes(camera.mode)) Object.assign(head, camera.target);
  const text = new TextEncoder().encode(JSON.stringify(head));
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, text.length, true);
  sentAt = performance.now();
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(new Blob([length.buffer, text, jpeg]));
}

function receive(event) {
  const answer = JSON.parse(event.data);
  camera.frames += 1;
  camera.trips.push(performance.now());
  if (camera.trips.length > 30) camera.trips.shift();
  const [first, last] = [camera.trips[0], camera.trips.at(-1)];
  const rate = last > first ? (1000 * (camera.trips.length - 1)) / (last - first) : 0;
  const trip = Math.round(performance.now() - sentAt);
  byId("speed").textContent = `${counted(Math.round(rate), "frame")} a second · ${trip} ms a frame`;
  draw(answer, shot);
  for (const listener of camera.listeners) listener(answer);
  requestAnimationFrame(() => send());
}

byId("start-camera").addEventListener("click", start);
