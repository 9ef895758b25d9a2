/** Names the hands that a page finds with MediaPipe's own HandLandmarker. */

import { openRuntime } from "./litert.ts";
import { type Gesture, GestureModel, type Handedness } from "./model.ts";
import { type Options, openGestureModel } from "./recognizer.ts";
import type { Landmark } from "./regions.ts";

/** What is read of a HandLandmarkerResult of `@mediapipe/tasks-vision`. */
export interface MediaPipeResult {
  landmarks: { x: number; y: number; z: number }[][];
  handedness: { categoryName: string }[][];
}

/** Of the picture, in pixels: MediaPipe's landmarks are fractions of it. */
export interface Size {
  width: number;
  height: number;
}

/** A gesture model alone: no picture is searched, and no network is loaded. */
export class MediaPipeNamer {
  private constructor(readonly model: GestureModel) {}

  /** Opens a folder with `model.json` and `model.tflite`. */
  static async open({ folder, runtime }: Options): Promise<MediaPipeNamer> {
    await openRuntime(runtime);
    return new MediaPipeNamer(await openGestureModel(folder));
  }

  /** The gesture of each hand, in the order of the result. */
  async name(result: MediaPipeResult, size: Size): Promise<Gesture[]> {
    const gestures: Gesture[] = [];
    for (const [row, points] of result.landmarks.entries()) {
      const side = result.handedness[row][0].categoryName as Handedness;
      gestures.push(await this.model.name(inPixels(points, size), side));
    }
    return gestures;
  }
}

/** MediaPipe's z counts in widths of the picture, as x does. */
function inPixels(points: MediaPipeResult["landmarks"][number], size: Size): Landmark[] {
  return points.map(({ x, y, z }): Landmark => [x * size.width, y * size.height, z * size.width]);
}
