/** The library in Chromium names what Python names, on every rendered picture and clip. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import type { Browser, Page } from "playwright-core";

import { executable, openBrowser, openPage } from "./browser.ts";
import type { MediaPipeResult, Size } from "../src/lib/mediapipe.ts";
import { type Served, serve } from "./server.ts";

interface Hand {
  gesture: string | null;
  handedness: string;
  landmarks: [number, number, number][];
  steady?: string | null;
}

declare global {
  interface Window {
    recognizePicture(url: string): Promise<Hand[]>;
    recognizeClip(
      frames: { url: string; timestampMs: number }[],
      numHands: number,
    ): Promise<{ frames: Hand[][]; milliseconds: number }>;
    nameOfMediaPipe(result: MediaPipeResult, size: Size): Promise<(string | null)[]>;
  }
}

/** Pixels that any landmark may lie from Python's, in a photo. */
const MOST_APART = 0.5;
/** Share of frames that may be named otherwise: digits at a threshold differ between processors. */
const MOST_OTHER = 0.02;
const NUM_HANDS: Record<string, number> = { crossing: 2 };

const expected = <T>(name: string): T =>
  JSON.parse(readFileSync(`build/expected/${name}.json`, "utf8")) as T;
const named = (hands: Hand[]): unknown[] =>
  hands.map(({ gesture, handedness, steady }) => ({ gesture, handedness, steady }));

const options = { skip: executable ? false : "no Chromium: apt-get install chromium" };
let browser: Browser;
let served: Served;
let page: Page;

before(async () => {
  if (!executable) return;
  served = await serve(["build/test", "build/expected", "../datasets"]);
  browser = await openBrowser();
  ({ page } = await openPage(browser));
  await page.goto(`${served.url}tests/clips.html`);
  await page.waitForFunction(() => "recognizeClip" in window);
});

after(async () => {
  await browser?.close();
  served?.close();
});

test("pictures: the same hands and gestures, landmarks to half a pixel", options, async () => {
  const pictures = Object.entries(expected<Record<string, Hand[]>>("pictures"));
  let farthest = 0;
  for (const [path, hands] of pictures) {
    const found = await page.evaluate((url) => window.recognizePicture(url), `/${path}`);
    assert.deepEqual(named(found), named(hands), path);
    found.forEach(({ landmarks }, row) => {
      farthest = Math.max(farthest, apart(landmarks, hands[row].landmarks));
    });
  }
  assert.ok(farthest < MOST_APART, `a landmark lies ${farthest} pixels from Python's`);
  console.log(`${pictures.length} pictures, landmarks ${farthest.toFixed(3)} px from Python's`);
});

test("hands of MediaPipe's HandLandmarker are named as ours", options, async () => {
  const hands = Object.values(expected<Record<string, Hand[]>>("pictures")).flat();
  const size = { width: 640, height: 480 };
  const result = {
    landmarks: hands.map(({ landmarks }) =>
      landmarks.map(([x, y, z]) => ({ x: x / size.width, y: y / size.height, z: z / size.width })),
    ),
    handedness: hands.map(({ handedness }) => [{ categoryName: handedness }]),
  };
  const names = await page.evaluate(([told, of]) => window.nameOfMediaPipe(told, of), [
    result,
    size,
  ] as const);
  assert.deepEqual(
    names,
    hands.map(({ gesture }) => gesture),
  );
});

interface Frame {
  timestampMs: number;
  hands: Hand[];
  /** Whether one hand lies over the other. */
  hides: boolean;
}

const clips = expected<Record<string, Frame[]>>("clips");
for (const [name, frames] of Object.entries(clips)) {
  test(`clip ${name}: the same gestures in every frame`, options, async () => {
    const asked = frames.map(({ timestampMs }, row) => ({
      url: `/clips/${name}/${String(row).padStart(3, "0")}.jpg`,
      timestampMs,
    }));
    const told = await page.evaluate(([all, hands]) => window.recognizeClip(all, hands), [
      asked,
      NUM_HANDS[name] ?? 1,
    ] as const);
    const other = frames.filter(({ hands, hides }, row) => {
      const seen = (all: Hand[]) => (hides ? all.filter(isInFront) : all);
      return JSON.stringify(named(seen(hands))) !== JSON.stringify(named(seen(told.frames[row])));
    });
    console.log(
      `${name}: ${frames.length} frames, ${other.length} named otherwise, ` +
        `${told.milliseconds.toFixed(1)} ms each`,
    );
    assert.ok(other.length <= MOST_OTHER * frames.length, JSON.stringify(other, null, 1));
    assert.deepEqual(order(told.frames), order(frames.map(({ hands }) => hands)));
  });
}

const isInFront = ({ handedness }: Hand): boolean => handedness === "Right";

/** The steady gestures of the hand in front, each once. */
function order(frames: Hand[][]): (string | null)[] {
  const shown = frames.map((hands) => (hands.find(isInFront) ?? hands[0])?.steady ?? null);
  return shown.filter((gesture, row) => gesture !== shown[row - 1]);
}

function apart(points: Hand["landmarks"], others: Hand["landmarks"]): number {
  const between = points.map(([x, y], row) => Math.hypot(x - others[row][0], y - others[row][1]));
  return Math.max(...between);
}
