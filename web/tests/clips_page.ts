/** Runs the library on pictures that the driver serves: what it calls is on `window`. */

import {
  GestureRecognizer,
  MediaPipeNamer,
  type MediaPipeResult,
  type Pixels,
  type Size,
} from "../src/lib/index.ts";

const page = new URL("..", location.href).href;
const options = { folder: `${page}models/digits/`, runtime: `${page}litert/` };
const opened = GestureRecognizer.open(options);

async function pixels(url: string): Promise<Pixels> {
  const picture = await createImageBitmap(await (await fetch(url)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(picture, 0, 0);
  return context.getImageData(0, 0, picture.width, picture.height);
}

async function recognizePicture(url: string): Promise<unknown> {
  const hands = await (await opened).recognize(await pixels(url));
  return hands.map(({ landmarks, handedness, gesture }) => ({
    landmarks,
    handedness,
    gesture: gesture.name,
  }));
}

interface Frame {
  url: string;
  timestampMs: number;
}

async function recognizeClip(frames: Frame[], numHands: number): Promise<unknown> {
  const video = (await opened).video(numHands);
  const told: unknown[] = [];
  let spent = 0;
  for (const { url, timestampMs } of frames) {
    const picture = await pixels(url);
    const start = performance.now();
    const hands = await video.next(picture, timestampMs);
    spent += performance.now() - start;
    told.push(
      hands.map(({ landmarks, handedness, gesture, steady }) => ({
        landmarks,
        handedness,
        gesture: gesture.name,
        steady,
      })),
    );
  }
  return { frames: told, milliseconds: spent / frames.length };
}

async function nameOfMediaPipe(result: MediaPipeResult, size: Size): Promise<unknown> {
  const namer = await MediaPipeNamer.open(options);
  return (await namer.name(result, size)).map(({ name }) => name);
}

Object.assign(window, { recognizePicture, recognizeClip, nameOfMediaPipe });
