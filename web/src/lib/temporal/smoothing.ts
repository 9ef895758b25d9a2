/** A One-Euro filter for the landmarks of one hand: smooth at rest, quick when it moves. */

import type { SteadyingRules } from "../pipeline.ts";
import type { Landmark } from "../regions.ts";

export class LandmarkSmoother {
  private values: Landmark[] | null = null;
  private slopes: Landmark[] = [];
  private seconds = 0;

  constructor(private readonly rules: SteadyingRules) {}

  /**
   * Smooths the landmarks of the next frame.
   *
   * @param unit What speeds are measured in: the size of the palm.
   */
  smooth(landmarks: Landmark[], timestampMs: number, unit: number): Landmark[] {
    const seconds = timestampMs / 1000;
    const before = this.values;
    const elapsed = seconds - this.seconds;
    this.seconds = seconds;
    if (before === null) {
      this.slopes = landmarks.map((): Landmark => [0, 0, 0]);
      return (this.values = landmarks);
    }
    const { min_cutoff, beta, d_cutoff } = this.rules;
    const ofSlope = smoothingFactor(d_cutoff, elapsed);
    const mixed = (from: Landmark, to: Landmark, weight: number): Landmark => [
      from[0] + weight * (to[0] - from[0]),
      from[1] + weight * (to[1] - from[1]),
      from[2] + weight * (to[2] - from[2]),
    ];
    this.values = landmarks.map((point, row) => {
      const last = before[row];
      const slope = [0, 1, 2].map((axis) => (point[axis] - last[axis]) / elapsed);
      const steady = mixed(this.slopes[row], slope as unknown as Landmark, ofSlope);
      this.slopes[row] = steady;
      const speed = Math.hypot(...steady) / Math.max(unit, Number.EPSILON);
      return mixed(last, point, smoothingFactor(min_cutoff + beta * speed, elapsed));
    });
    return this.values;
  }
}

/** Weight of the newest value in a first-order low-pass filter; the cutoff in Hz. */
export function smoothingFactor(cutoff: number, seconds: number): number {
  const ratio = 2 * Math.PI * cutoff * seconds;
  return ratio / (ratio + 1);
}
