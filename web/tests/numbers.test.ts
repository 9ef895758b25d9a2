/** Anchors, palms, regions, crops and views are Python's, number for number. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { crop, mirrored } from "../src/lib/crops.ts";
import { asModelCard } from "../src/lib/model.ts";
import { anchors, decodePalms, regionOfPalm } from "../src/lib/palms.ts";
import { Picture, halved } from "../src/lib/picture.ts";
import { type Pipeline, asPipeline } from "../src/lib/pipeline.ts";
import type { Landmark, Point, Region } from "../src/lib/regions.ts";
import { handRegion, moved, shift } from "../src/lib/regions.ts";
import { FrameClock } from "../src/lib/temporal/clock.ts";
import { Debouncer } from "../src/lib/temporal/debounce.ts";
import { Tracker } from "../src/lib/temporal/tracks.ts";
import { views } from "../src/lib/views.ts";

type Row = [x: number, y: number, side: number, angle: number];

const told = JSON.parse(readFileSync("build/expected/numbers.json", "utf8")) as {
  pipeline: Pipeline;
  anchors: Record<string, Point[]>;
  palms: {
    boxes: number[];
    logits: number[];
    points: Point[][];
    scores: number[];
    view: Row;
    regions: Row[];
  };
  hand: { points: Landmark[]; region: Row };
  moved: Row;
  shift: number;
  picture: { width: number; height: number; rgba: number[] };
  crops: { region: Row; rgb: number[] }[];
  views: { size: [number, number]; views: [...Row, number][] }[];
};
const pipeline = asPipeline(told.pipeline);
const { palm } = pipeline.networks;

const region = ([x, y, side, angle]: Row): Region => ({ x, y, side, angle });
const row = ({ x, y, side, angle }: Region): Row => [x, y, side, angle];

function close(found: number[], expected: number[], within = 1e-9): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) <= within, `${i}: ${value} is not ${expected[i]}`);
  });
}

test("anchors", () => {
  for (const [side, centres] of Object.entries(told.anchors)) {
    close(anchors(palm, Number(side)).flat(), centres.flat());
  }
});

test("palms are decoded, merged and limited", () => {
  const { boxes, logits, points, scores, view, regions } = told.palms;
  const found = decodePalms(palm, Float32Array.from(boxes), Float32Array.from(logits), 128, 5);
  close(
    found.map(({ score }) => score),
    scores,
  );
  close(found.flatMap((each) => each.points).flat(), points.flat(2), 1e-6);
  const around = found.map((each) => regionOfPalm(each, region(view), palm, pipeline.regions));
  close(around.flatMap(row), regions.flat(), 1e-5);
});

test("no palm, no candidate", () => {
  const [boxes, logits] = [new Float32Array(896 * 18), new Float32Array(896).fill(-9)];
  assert.deepEqual(decodePalms(palm, boxes, logits, 128, 5), []);
});

test("regions of a hand, moved and compared", () => {
  close(row(handRegion(pipeline.regions, told.hand.points)), told.hand.region);
  const view = region(told.palms.view);
  close(row(moved(view, 0.1, -0.2, 0.5)), told.moved);
  close([shift(view, moved(view, 0.1, -0.2, 0.5))], [told.shift]);
});

test("crops: linear, cubic, and of smaller copies, to one grey level", () => {
  const { width, height, rgba } = told.picture;
  const picture = new Picture({ width, height, data: Uint8ClampedArray.from(rgba) });
  for (const { region: where, rgb } of told.crops) {
    const square = crop(picture, region(where), 16, pipeline.crops.cubic_below);
    const bytes = [...square].map((value) => value * 255);
    close(bytes, rgb, 1.001);
    assert.ok(bytes.filter((value, i) => Math.abs(value - rgb[i]) > 0.5).length < 24);
  }
});

test("a square in a mirror", () => {
  const turned = mirrored(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 2);
  assert.deepEqual([...turned], [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
});

test("a picture of one pixel has no smaller copy", () => {
  const one = { width: 1, height: 1, data: Uint8ClampedArray.of(9, 8, 7, 255) };
  assert.deepEqual(halved(one), one);
});

test("views of usual, long and large pictures", () => {
  for (const { size, views: expected } of told.views) {
    const found = views(pipeline.search.views, ...size);
    close(
      found.flatMap((view) => [...row(view.region), view.side]),
      expected.flat(),
    );
  }
});

test("files of other programs and later formats are refused with what to do", () => {
  assert.throws(() => asPipeline({ name: "else" }), /export the folder again/);
  assert.throws(() => asPipeline({ ...told.pipeline, format: 2 }), /format 2/);
  assert.throws(() => asPipeline({ format: 1, networks: {} }), /lacks crops, regions/);
  assert.throws(() => asModelCard(null), /not from handpose export/);
  assert.throws(() => asModelCard({ handpose_format: 9, labels: [] }), /format 9/);
});

test("a gesture begins after it was held, and ends likewise", () => {
  const clock = new FrameClock();
  const rules = { enter: 0.8, exit: 0.5, holdMs: 100, tolerance: 0.25, rejecting: new Set([1]) };
  const label = new Debouncer(rules, clock);
  const shown = [0.9, 0.9, 0.9, 0.9, 0.6, 0.2, 0.2, 0.2].map((score, i) => {
    clock.tick(i * 33);
    return label.update([score, 0], i * 33);
  });
  assert.deepEqual(shown, [null, null, null, 0, 0, 0, 0, null]);
  clock.tick(264);
  assert.equal(label.update([0, 1], 264), null); // a label that stands for no gesture
});

test("hands that cross keep their numbers", () => {
  const clock = new FrameClock();
  const tracker = new Tracker(500, clock);
  const sight = (x: number, side: number) => ({ x, y: 0, size: 20, side, certainty: 1 });
  const ids = Array.from({ length: 21 }, (_, i) => {
    clock.tick(i * 33);
    const right = sight(i * 10, 1);
    const left = sight(200 - i * 10, -1);
    const { tracks } = tracker.update(i % 2 ? [right, left] : [left, right], i * 33);
    return tracks.map(({ id, side }) => `${id}${Math.sign(side)}`).sort();
  });
  assert.deepEqual(new Set(ids.map(String)), new Set([ids[0].join()]));
});
