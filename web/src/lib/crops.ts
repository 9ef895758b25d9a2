/** Squares cut out of a picture, as the networks take them. */

import type { Picture, Pixels } from "./picture.ts";
import type { Region } from "./regions.ts";

/** Of each byte, from 0 to 1. */
const UNIT = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
/** Rounds halves to even and cuts off at 0 and 255, as the library does before it scales. */
const BYTE = new Uint8ClampedArray(1);

/**
 * Cuts a region out of a picture.
 *
 * @param cubicBelow Pixels of the picture for one of the square, below which the sampling is cubic.
 * @param square Where to write: size * size * 3 numbers, RGB from 0 to 1, rows first.
 */
export function crop(
  picture: Picture,
  region: Region,
  size: number,
  cubicBelow: number,
  square = new Float32Array(size * size * 3),
): Float32Array<ArrayBuffer> {
  const shrink = region.side / size;
  const pixels = picture.level(shrink);
  const across = pixels.width / picture.width;
  const down = pixels.height / picture.height;
  const c = Math.cos(region.angle) * shrink;
  const s = Math.sin(region.angle) * shrink;
  const left = region.x - ((c - s) * size) / 2;
  const top = region.y - ((s + c) * size) / 2;
  const sample = shrink < cubicBelow ? cubic : linear;
  let to = 0;
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++, to += 3) {
      const x = (c * i - s * j + left) * across + (across - 1) / 2;
      const y = (s * i + c * j + top) * down + (down - 1) / 2;
      sample(pixels, x, y, square, to);
    }
  }
  return square;
}

/** The same square seen in a mirror. */
export function mirrored(square: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(square.length);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const from = (j * size + size - 1 - i) * 3;
      turned.set(square.subarray(from, from + 3), (j * size + i) * 3);
    }
  }
  return turned;
}

/** Outside the picture its edge is repeated. */
function linear(pixels: Pixels, x: number, y: number, square: Float32Array, to: number): void {
  const { data, width, height } = pixels;
  const column = Math.floor(x);
  const row = Math.floor(y);
  const fx = x - column;
  const fy = y - row;
  const x0 = column < 0 ? 0 : column >= width ? width - 1 : column;
  const x1 = column < -1 ? 0 : column >= width - 1 ? width - 1 : column + 1;
  const y0 = row < 0 ? 0 : row >= height ? height - 1 : row;
  const y1 = row < -1 ? 0 : row >= height - 1 ? height - 1 : row + 1;
  const a = (y0 * width + x0) * 4;
  const b = (y0 * width + x1) * 4;
  const d = (y1 * width + x0) * 4;
  const e = (y1 * width + x1) * 4;
  const wa = (1 - fx) * (1 - fy);
  const wb = fx * (1 - fy);
  const wd = (1 - fx) * fy;
  const we = fx * fy;
  for (let k = 0; k < 3; k++) {
    BYTE[0] = data[a + k] * wa + data[b + k] * wb + data[d + k] * wd + data[e + k] * we;
    square[to + k] = UNIT[BYTE[0]];
  }
}

function cubic(pixels: Pixels, x: number, y: number, square: Float32Array, to: number): void {
  const { data, width, height } = pixels;
  const column = Math.floor(x);
  const row = Math.floor(y);
  const across = cubicWeights(x - column);
  const down = cubicWeights(y - row);
  const sum = [0, 0, 0];
  for (let b = 0; b < 4; b++) {
    const v = Math.min(Math.max(row + b - 1, 0), height - 1);
    for (let a = 0; a < 4; a++) {
      const u = Math.min(Math.max(column + a - 1, 0), width - 1);
      const at = (v * width + u) * 4;
      for (let k = 0; k < 3; k++) sum[k] += data[at + k] * across[a] * down[b];
    }
  }
  for (let k = 0; k < 3; k++) {
    BYTE[0] = sum[k];
    square[to + k] = UNIT[BYTE[0]];
  }
}

/** Of the four pixels around a place that lies `at` beyond the second; as in OpenCV. */
function cubicWeights(at: number): [number, number, number, number] {
  const a = -0.75;
  const t = at + 1;
  const u = 1 - at;
  const first = ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  const second = ((a + 2) * at - (a + 3)) * at * at + 1;
  const third = ((a + 2) * u - (a + 3)) * u * u + 1;
  return [first, second, third, 1 - first - second - third];
}
