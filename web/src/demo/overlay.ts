/** Draws hands over a picture. */

import type { Landmark } from "../lib/index.ts";

/** Pairs of landmarks that a bone joins, by finger. */
const FINGERS: { colour: string; bones: [number, number][] }[] = [
  { colour: "#e8edf3", bones: palm([0, 5, 9, 13, 17, 0]) },
  { colour: "#ffb454", bones: palm([0, 1, 2, 3, 4]) },
  { colour: "#59c2ff", bones: palm([5, 6, 7, 8]) },
  { colour: "#7fd962", bones: palm([9, 10, 11, 12]) },
  { colour: "#d2a6ff", bones: palm([13, 14, 15, 16]) },
  { colour: "#ff8f7a", bones: palm([17, 18, 19, 20]) },
];

function palm(rows: number[]): [number, number][] {
  return rows.slice(1).map((row, i) => [rows[i], row]);
}

export function drawHand(context: CanvasRenderingContext2D, landmarks: Landmark[]): void {
  const unit = Math.max(context.canvas.width, context.canvas.height) / 640;
  context.lineCap = "round";
  for (const [width, shade] of [
    [7 * unit, "#00000066"],
    [4 * unit, null],
  ] as const) {
    for (const { colour, bones } of FINGERS) {
      context.strokeStyle = shade ?? colour;
      context.lineWidth = width;
      context.beginPath();
      for (const [from, to] of bones) {
        context.moveTo(landmarks[from][0], landmarks[from][1]);
        context.lineTo(landmarks[to][0], landmarks[to][1]);
      }
      context.stroke();
    }
  }
  context.fillStyle = "#ffffff";
  for (const [x, y] of landmarks) {
    context.beginPath();
    context.arc(x, y, 3 * unit, 0, 2 * Math.PI);
    context.fill();
  }
}
