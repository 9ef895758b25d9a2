/** What a video adds to single frames: numbers, smooth landmarks, sides and labels that stay. */

import type { Hand } from "./hands.ts";
import type { Handedness, ModelCard } from "./model.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Landmark } from "./regions.ts";
import { FrameClock } from "./temporal/clock.ts";
import { type DebounceRules, Debouncer } from "./temporal/debounce.ts";
import { LandmarkSmoother } from "./temporal/smoothing.ts";
import { Tracker } from "./temporal/tracks.ts";

export interface SteadyHand {
  id: number;
  landmarks: Landmark[];
  handedness: Handedness;
}

export class SteadyHands {
  private readonly clock = new FrameClock();
  private readonly tracker: Tracker;
  private readonly known = new Map<number, { smoother: LandmarkSmoother; label: Debouncer }>();
  private readonly rules: DebounceRules;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly card: ModelCard,
  ) {
    const { steadying } = pipeline;
    this.tracker = new Tracker(steadying.max_lost_ms, this.clock);
    const enter = steadying.enter ?? card.min_score;
    this.rules = {
      enter,
      exit: steadying.exit ?? steadying.exit_ratio * enter,
      holdMs: steadying.hold_ms,
      tolerance: steadying.tolerance,
      rejecting: new Set(card.no_gesture.map((label) => card.labels.indexOf(label))),
    };
  }

  /** Takes the hands of the next frame. */
  follow(hands: Hand[], timestampMs: number): SteadyHand[] {
    this.clock.tick(timestampMs);
    const sights = hands.map(({ landmarks, right }) => {
      const isRight = right >= this.pipeline.handedness.right_from;
      const certainty = 2 * Math.max(right, 1 - right) - 1;
      return { ...palm(landmarks, this.pipeline.hands.palm), side: isRight ? 1 : -1, certainty };
    });
    const { tracks, gone } = this.tracker.update(sights, timestampMs);
    for (const id of gone) this.known.delete(id);
    return tracks.map(({ id, side, sight }, row) => {
      const smoother = this.of(id).smoother;
      const landmarks = smoother.smooth(hands[row].landmarks, timestampMs, sight.size);
      const known = side === 0 ? sight.side : side;
      return { id, landmarks, handedness: known > 0 ? "Right" : "Left" };
    });
  }

  /** Takes what a hand of the same frame shows; its steady gesture. */
  label(id: number, probabilities: ArrayLike<number>, timestampMs: number): string | null {
    const row = this.of(id).label.update(probabilities, timestampMs);
    return row === null ? null : this.card.labels[row];
  }

  private of(id: number): { smoother: LandmarkSmoother; label: Debouncer } {
    const known = this.known.get(id) ?? {
      smoother: new LandmarkSmoother(this.pipeline.steadying),
      label: new Debouncer(this.rules, this.clock),
    };
    this.known.set(id, known);
    return known;
  }
}

/** Centre of a palm, and its size: root mean square distance of its points from there. */
function palm(landmarks: Landmark[], rows: number[]): { x: number; y: number; size: number } {
  const points = rows.map((row) => landmarks[row]);
  const x = points.reduce((sum, point) => sum + point[0], 0) / rows.length;
  const y = points.reduce((sum, point) => sum + point[1], 0) / rows.length;
  const squares = points.reduce((sum, p) => sum + (p[0] - x) ** 2 + (p[1] - y) ** 2, 0);
  return { x, y, size: Math.sqrt(squares / rows.length) };
}
