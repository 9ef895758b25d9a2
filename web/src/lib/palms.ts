/** What the palm network says: where in a square hands may be, and which way up. */

import type { PalmRules, RegionRules } from "./pipeline.ts";
import { type Point, type Region, palmRegion, toImage } from "./regions.ts";

/** Two corners of a box, then seven key points; relative to the square, its corners at 0 and 1. */
export interface Palm {
  points: Point[];
  score: number;
}

const POINTS = 9;

/** Centres of the network's anchors, in the order of its outputs. */
export function anchors(rules: PalmRules, side: number): Point[] {
  return rules.anchors.flatMap(({ stride, count }) => {
    const cells = Math.floor(side / stride);
    const at = (i: number): number => ((i + 0.5) * stride) / side;
    return Array.from({ length: cells * cells * count }, (_, i): Point => {
      const cell = Math.floor(i / count);
      return [at(cell % cells), at(Math.floor(cell / cells))];
    });
  });
}

/**
 * Reads the output of the palm network: at most `limit` palms, the surest first. Overlapping ones
 * are merged: their mean, weighted by score.
 */
export function decodePalms(
  rules: PalmRules,
  boxes: Float32Array,
  logits: Float32Array,
  side: number,
  limit: number,
  centres = anchors(rules, side),
): Palm[] {
  const least = Math.log(rules.min_score / (1 - rules.min_score));
  const rows = Array.from(logits.keys()).filter((row) => logits[row] >= least);
  let left = rows
    .sort((a, b) => logits[b] - logits[a])
    .map((row) => unpacked(boxes, row, logits[row], centres[row], side));
  const merged: Palm[] = [];
  while (left.length > 0 && merged.length < limit) {
    const [first] = left;
    const same = left.filter((palm) => palm === first || overlap(first, palm) > rules.min_overlap);
    merged.push(mean(same));
    left = left.filter((palm) => !same.includes(palm));
  }
  return merged;
}

/** Where the hand of a palm should be, in pixels of the picture in which `view` was searched. */
export function regionOfPalm(
  palm: Palm,
  view: Region,
  rules: PalmRules,
  regions: RegionRules,
): Region {
  const at = (row: number): Point => toImage(view, ...palm.points[row]);
  const [a, b] = [at(0), at(1)];
  const [low, high] = palm.points;
  return palmRegion(
    regions,
    [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
    [(high[0] - low[0]) * view.side, (high[1] - low[1]) * view.side],
    at(rules.key_points.wrist),
    at(rules.key_points.middle),
  );
}

function unpacked(
  boxes: Float32Array,
  row: number,
  logit: number,
  anchor: Point,
  side: number,
): Palm {
  const raw = Array.from({ length: POINTS }, (_, i): Point => {
    const at = 2 * (row * POINTS + i);
    return [boxes[at] / side, boxes[at + 1] / side];
  });
  const [[x, y], [width, height], ...keys] = raw;
  const corners: Point[] = [
    [x - width / 2, y - height / 2],
    [x + width / 2, y + height / 2],
  ];
  const points = [...corners, ...keys].map(([u, v]): Point => [u + anchor[0], v + anchor[1]]);
  return { points, score: 1 / (1 + Math.exp(-logit)) };
}

function mean(palms: Palm[]): Palm {
  const sum = palms.reduce((total, palm) => total + palm.score, 0);
  const axis = (row: number, k: 0 | 1): number =>
    palms.reduce((total, palm) => total + (palm.score / sum) * palm.points[row][k], 0);
  const points = palms[0].points.map((_, row): Point => [axis(row, 0), axis(row, 1)]);
  return { points, score: palms[0].score };
}

/** Intersection over union. */
function overlap(one: Palm, other: Palm): number {
  const [[a, b], [c, d]] = one.points;
  const [[e, f], [g, h]] = other.points;
  const shared =
    Math.max(Math.min(c, g) - Math.max(a, e), 0) * Math.max(Math.min(d, h) - Math.max(b, f), 0);
  return shared / Math.max((c - a) * (d - b) + (g - e) * (h - f) - shared, Number.MIN_VALUE);
}
