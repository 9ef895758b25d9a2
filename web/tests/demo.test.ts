/** The page as a person meets it: a camera, a file, the keyboard, and what can go wrong. */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { after, before, test } from "node:test";

import type { Browser, Page } from "playwright-core";

import { executable, openBrowser, openPage } from "./browser.ts";
import { type Served, serve } from "./server.ts";

const PICTURE = "../datasets/rendered_hands/3/render0.jpg";
const SHOTS = "build/shots";
/** Of the clip `gestures`, which plays in a loop. */
const GESTURES = ["1", "2", "3", "4", "5", "0", "9"];
const WATCHED_MS = 12_000;

const options = { skip: executable ? false : "no Chromium: apt-get install chromium" };
let browser: Browser;
let served: Served;

before(async () => {
  if (!executable) return;
  mkdirSync(SHOTS, { recursive: true });
  served = await serve(["build/test"]);
  browser = await openBrowser("build/expected/camera.mjpeg");
});

after(async () => {
  await browser?.close();
  served?.close();
});

async function ready(settings: Parameters<Browser["newPage"]>[0] = {}): Promise<{
  page: Page;
  outside: string[];
}> {
  const opened = await openPage(browser, { viewport: { width: 1080, height: 760 }, ...settings });
  await opened.page.goto(served.url);
  await opened.page.waitForSelector('[data-state="ready"]', { timeout: 60_000 });
  return opened;
}

test("a camera: every gesture of the clip, with the network cut", options, async () => {
  const { page, outside } = await ready();
  await page.context().setOffline(true); // nothing more is needed once the page is there
  await page.keyboard.press("c");
  await page.waitForSelector(".gesture", { timeout: 30_000 });
  const seen = new Set<string>();
  for (const end = Date.now() + WATCHED_MS; Date.now() < end;) {
    for (const name of await page.locator(".gesture:not(.none)").allTextContents()) seen.add(name);
    await page.waitForTimeout(50);
  }
  await page.screenshot({ path: `${SHOTS}/camera.png` });
  console.log(`${await page.textContent("#status")}, at a load of ${loadavg()[0].toFixed(1)}`);
  assert.deepEqual([...seen].sort(), [...GESTURES].sort());
  assert.deepEqual(outside, []);
  await page.keyboard.press("Space");
  assert.equal(await page.textContent("#pause"), "Go on");
  await page.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`a picture: ${colorScheme}, and as a telephone shows it`, options, async () => {
    const { page } = await ready({ colorScheme });
    await page.setInputFiles("#file", PICTURE);
    await page.waitForSelector(".gesture");
    assert.equal(await page.textContent(".gesture"), "3");
    await page.screenshot({ path: `${SHOTS}/picture_${colorScheme}.png` });
    await page.setViewportSize({ width: 390, height: 844 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${wide} pixels wide`);
    await page.screenshot({ path: `${SHOTS}/telephone_${colorScheme}.png` });
    await page.close();
  });
}

test("another model names the same hand", options, async () => {
  const { page } = await ready();
  await page.setInputFiles("#file", PICTURE);
  await page.waitForSelector(".gesture");
  await page.selectOption("#model", "hagrid");
  await page.waitForFunction(() => document.querySelector(".bars dt")?.textContent !== "3");
  const labels = await page.locator(".bars dt").allTextContents();
  assert.ok(labels.every((label) => Number.isNaN(Number(label))));
  await page.close();
});

const MODEL = readFileSync("build/test/models/digits/hand_landmark_full.tflite");
const FAULTS: [name: string, file: string, body: Buffer | null, says: RegExp][] = [
  ["a missing model", "model.tflite", null, /model\.tflite is missing/],
  ["a foreign model", "model.tflite", MODEL, /not the file that handpose export writes/],
  ["a text as model", "model.tflite", Buffer.from("text"), /not a \.tflite file/],
  ["a damaged network", "hand_landmark_full.tflite", MODEL.subarray(0, 99_999), /is damaged/],
  ["a damaged card", "model.json", Buffer.from("{"), /model\.json is damaged/],
  ["a later format", "pipeline.json", Buffer.from('{"format": 7}'), /has format 7/],
];
for (const [name, file, body, says] of FAULTS) {
  test(`${name} is told in the page`, options, async () => {
    const { page } = await openPage(browser);
    await page.route(`**/${file}`, (route) =>
      body === null ? route.fulfill({ status: 404 }) : route.fulfill({ body }),
    );
    await page.goto(served.url);
    await page.waitForSelector('[data-state="failed"]', { timeout: 60_000 });
    assert.match((await page.textContent("#message"))!, says);
    await page.close();
  });
}

test("a file that is no picture is told, and the next one is read", options, async () => {
  const { page } = await ready();
  const text = { name: "text.png", mimeType: "image/png", buffer: Buffer.from("text") };
  await page.setInputFiles("#file", text);
  await page.waitForSelector('[data-state="failed"]');
  assert.match((await page.textContent("#message"))!, /text\.png: damaged/);
  await page.setInputFiles("#file", PICTURE);
  await page.waitForSelector('[data-state="running"] ~ *, [data-state="running"]');
  assert.equal(await page.textContent(".gesture"), "3");
  await page.close();
});
