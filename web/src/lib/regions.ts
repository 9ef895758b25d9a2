/** Rotated squares of a picture: what the networks look at. */

import type { RegionRules } from "./pipeline.ts";

/** Centre and side in pixels of the picture; the angle in radians, clockwise on the screen. */
export interface Region {
  x: number;
  y: number;
  side: number;
  angle: number;
}

export type Point = readonly [x: number, y: number];
/** x, y in pixels of the picture; z in the same scale, relative to the wrist, smaller is nearer. */
export type Landmark = readonly [x: number, y: number, z: number];

const CORNERS: Point[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

/** A point of a square, its corners at 0 and 1, in pixels of the picture. */
export function toImage(region: Region, u: number, v: number): Point {
  const c = Math.cos(region.angle) * region.side;
  const s = Math.sin(region.angle) * region.side;
  return [c * (u - 0.5) - s * (v - 0.5) + region.x, s * (u - 0.5) + c * (v - 0.5) + region.y];
}

/** Moved by so many sides along the square's own axes, and scaled about its centre. */
export function moved(region: Region, across: number, down: number, scale: number): Region {
  const [x, y] = toImage(region, 0.5 + across, 0.5 + down);
  return { x, y, side: region.side * scale, angle: region.angle };
}

/** Largest distance between corresponding corners, in sides of the other region. */
export function shift(region: Region, other: Region): number {
  const apart = CORNERS.map(([u, v]) => {
    const [x, y] = toImage(region, u, v);
    const [otherX, otherY] = toImage(other, u, v);
    return Math.hypot(x - otherX, y - otherY);
  });
  return Math.max(...apart) / other.side;
}

/** The region of the hand of a palm. */
export function palmRegion(
  rules: RegionRules,
  centre: Point,
  size: Point,
  wrist: Point,
  middle: Point,
): Region {
  const angle = upwardAngle(rules, middle[0] - wrist[0], middle[1] - wrist[1]);
  const up = rules.palm.shift * size[1];
  return {
    x: centre[0] + Math.sin(angle) * up,
    y: centre[1] - Math.cos(angle) * up,
    side: rules.palm.scale * Math.max(...size),
    angle,
  };
}

/** The region that a hand with these landmarks fills. */
export function handRegion(rules: RegionRules, points: readonly Landmark[]): Region {
  const { wrist, index, middle, ring, landmarks, shift, scale } = rules.hand;
  const towards = (axis: 0 | 1): number =>
    ((points[index][axis] + points[ring][axis]) / 2 + points[middle][axis]) / 2 -
    points[wrist][axis];
  const angle = upwardAngle(rules, towards(0), towards(1));
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const across = landmarks.map((row) => c * points[row][0] + s * points[row][1]);
  const down = landmarks.map((row) => c * points[row][1] - s * points[row][0]);
  const [left, right] = [Math.min(...across), Math.max(...across)];
  const [top, bottom] = [Math.min(...down), Math.max(...down)];
  const u = (left + right) / 2;
  const v = (top + bottom) / 2 - shift * (bottom - top);
  return {
    x: c * u - s * v,
    y: s * u + c * v,
    side: scale * Math.max(right - left, bottom - top),
    angle,
  };
}

/** How far a direction has to be turned to point where the network wants it, from -pi to pi. */
function upwardAngle(rules: RegionRules, dx: number, dy: number): number {
  const angle = rules.target_angle - Math.atan2(-dy, dx);
  return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
}
