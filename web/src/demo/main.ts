/** The page: camera or file to hands and gestures. */

import { GestureRecognizer, type GestureVideo, HandposeError } from "../lib/index.ts";
import { VideoFrames } from "./frames.ts";
import { drawHand } from "./overlay.ts";
import { Rate } from "./rate.ts";
import { type Shown, showResults } from "./results.ts";
import { closeVideo, openCamera, openPicture, openVideo, pixelsOf } from "./source.ts";

const at = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const frame = at("frame");
const video = at<HTMLVideoElement>("video");
const canvas = at<HTMLCanvasElement>("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true })!;
const message = at("message");
const status = at("status");
const results = at("results");
const cameraButton = at<HTMLButtonElement>("camera");
const openButton = at<HTMLButtonElement>("open");
const pauseButton = at<HTMLButtonElement>("pause");
const fileInput = at<HTMLInputElement>("file");
const modelSelect = at<HTMLSelectElement>("model");
const handsSelect = at<HTMLSelectElement>("hands");
const mirrorBox = at<HTMLInputElement>("mirror");

const here = new URL(".", location.href).href;
const folderOf = (model: string): string => `${here}models/${model}/`;

const frames = new VideoFrames(video);
let recognizer: GestureRecognizer;
/** Grows with each source: the loop of an earlier one ends. */
let turn = 0;
let picture: ImageBitmap | null = null;

function say(text: string, state: "loading" | "ready" | "failed" | "running"): void {
  message.textContent = text;
  frame.dataset.state = state;
}

/** Does what a person asked for; what goes wrong is told in the page. */
function attempt(action: () => Promise<void>): void {
  action().catch((error: unknown) => {
    if (!(error instanceof HandposeError)) console.error(error);
    const text = error instanceof HandposeError ? error.message : `Unexpected: ${String(error)}`;
    say(text, "failed");
  });
}

function show(hands: Shown[]): void {
  for (const hand of hands) drawHand(context, hand.landmarks);
  showResults(results, hands, recognizer.model.card.labels);
}

async function begin(open: () => Promise<void>, isCamera: boolean): Promise<void> {
  turn++;
  picture = null;
  say("Waiting for the first frame …", "loading");
  await open();
  frame.dataset.mirrored = String(isCamera && mirrorBox.checked);
  frame.dataset.camera = String(isCamera);
  pauseButton.disabled = false;
  pauseButton.textContent = "Pause";
  say("", "running");
  await follow(turn);
}

/** Recognises frame after frame until there is another source. */
async function follow(mine: number): Promise<void> {
  let gestures: GestureVideo | null = null;
  let settings: [GestureRecognizer, string] | null = null;
  const rate = new Rate();
  let last = -1; // of the timestamps, which must grow
  while (mine === turn) {
    await frames.next();
    if (mine !== turn || video.paused || video.readyState < 2) continue;
    if (settings?.[0] !== recognizer || settings[1] !== handsSelect.value || !gestures) {
      settings = [recognizer, handsSelect.value];
      gestures = recognizer.video(Number(handsSelect.value));
    }
    const start = performance.now();
    const now = Math.max(Math.round(start), last + 1);
    last = now;
    const hands = await gestures.next(pixelsOf(video, context), now);
    if (mine !== turn) return;
    show(hands.map((hand) => ({ ...hand, name: hand.steady })));
    rate.add(start, performance.now());
    status.textContent = String(rate);
  }
}

async function openFile(file: File): Promise<void> {
  if (file.type.startsWith("video/")) return begin(() => openVideo(video, file), false);
  turn++;
  picture = await openPicture(file);
  closeVideo(video);
  pauseButton.disabled = true;
  frame.dataset.mirrored = frame.dataset.camera = "false";
  await recognizePicture();
}

async function recognizePicture(): Promise<void> {
  const start = performance.now();
  const pixels = pixelsOf(picture!, context);
  const hands = await recognizer.recognize(pixels, Number(handsSelect.value));
  show(hands.map((hand) => ({ ...hand, name: hand.gesture.name })));
  say("", "running");
  status.textContent = `${(performance.now() - start).toFixed(0)} ms`;
}

function togglePause(): void {
  if (pauseButton.disabled) return;
  if (video.paused) void video.play();
  else video.pause();
  pauseButton.textContent = video.paused ? "Go on" : "Pause";
}

function listen(): void {
  cameraButton.addEventListener("click", () => attempt(() => begin(() => openCamera(video), true)));
  openButton.addEventListener("click", () => fileInput.click());
  pauseButton.addEventListener("click", togglePause);
  fileInput.addEventListener("change", () => {
    const [file] = fileInput.files ?? [];
    if (file) attempt(() => openFile(file));
    fileInput.value = "";
  });
  modelSelect.addEventListener("change", () =>
    attempt(async () => {
      recognizer = await recognizer.withModel(folderOf(modelSelect.value));
      if (picture) await recognizePicture();
    }),
  );
  handsSelect.addEventListener("change", () => {
    if (picture) attempt(recognizePicture);
  });
  mirrorBox.addEventListener("change", () => {
    frame.dataset.mirrored = String(frame.dataset.camera === "true" && mirrorBox.checked);
  });
  listenToKeys();
  listenToDrops();
}

function listenToKeys(): void {
  const keys: Record<string, () => void> = {
    c: () => cameraButton.click(),
    o: () => openButton.click(),
    m: () => mirrorBox.click(),
    " ": togglePause,
  };
  document.addEventListener("keydown", (event) => {
    const isElsewhere = (event.target as HTMLElement).closest("button, select, input") !== null;
    if (isElsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in keys) {
      event.preventDefault();
      keys[event.key]();
    }
  });
}

function listenToDrops(): void {
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      frame.classList.toggle("over", kind === "dragover");
      const file = (event as DragEvent).dataTransfer?.files[0];
      if (kind === "drop" && file) attempt(() => openFile(file));
    });
  }
}

attempt(async () => {
  recognizer = await GestureRecognizer.open({
    folder: folderOf("digits"),
    runtime: `${here}litert/`,
  });
  modelSelect.value = "digits";
  listen();
  cameraButton.disabled = openButton.disabled = false;
  say("Use the camera, or open or drop a picture or video.", "ready");
});
