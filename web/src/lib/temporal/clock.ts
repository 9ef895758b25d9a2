/** The clock of a video: the time between its frames, and so how much time each frame covers. */

/** Taken for the period while the first interval alone is known and looks like a stall. */
const ORDINARY_MS = 1000 / 30;
/** A first interval up to this is believed at once; a longer one may be a stall. */
const BELIEVED_MS = 200;
/** What whole milliseconds add to an interval. */
const WHOLE_MS = 1;
/** No frame covers more. */
export const LONGEST_MS = 3000;
const REMEMBERED = 9;
const QUANTILE = 0.75;

/** Learns the period of a video: the upper quartile of its last intervals. */
export class FrameClock {
  periodMs = ORDINARY_MS;
  /** Time between the last two frames. */
  stepMs = 0;
  private last: number | null = null;
  private steps: number[] = [];

  /** Whether the period was measured at least twice. */
  get isKnown(): boolean {
    return this.steps.length > 1;
  }

  tick(timestampMs: number): void {
    if (this.last !== null) {
      this.stepMs = timestampMs - this.last;
      this.steps = [...this.steps, this.stepMs].slice(-REMEMBERED);
      this.periodMs = Math.min(this.period(), LONGEST_MS);
    }
    this.last = timestampMs;
  }

  /** How much of the time between two frames the first one covers. */
  covered(elapsedMs: number): number {
    return Math.min(elapsedMs, this.periodMs + WHOLE_MS);
  }

  private period(): number {
    if (!this.isKnown) return this.stepMs <= BELIEVED_MS ? this.stepMs : ORDINARY_MS;
    const sorted = [...this.steps].sort((a, b) => a - b);
    return sorted[Math.floor(QUANTILE * (sorted.length - 1))];
  }
}
