/** Steady labels: a gesture begins when it was surely shown for a while, and ends likewise. */

import type { FrameClock } from "./clock.ts";

/** Share of a frame that whole milliseconds may lose. */
const ROUNDING = 0.1;

export interface DebounceRules {
  /** Probabilities from which a gesture begins, and below which it ends. */
  enter: number;
  exit: number;
  /** For how long. */
  holdMs: number;
  /** Share of a frame by which that may be missed. */
  tolerance: number;
  /** Rows of the labels that name no gesture. */
  rejecting: ReadonlySet<number>;
}

/** Turns the probabilities of one hand, frame by frame, into a gesture that begins and ends. */
export class Debouncer {
  private last: number | null = null;
  private candidate: { row: number; steps: number[] } | null = null;
  private active: { row: number; goneMs: number } | null = null;

  constructor(
    private readonly rules: DebounceRules,
    private readonly clock: FrameClock,
  ) {}

  /** Takes the next frame in which the hand is seen; the row of the label that is shown. */
  update(probabilities: ArrayLike<number>, timestampMs: number): number | null {
    const elapsed = this.last === null ? 0 : timestampMs - this.last;
    this.last = timestampMs;
    const shown = this.shown(probabilities);
    this.interrupt(shown, elapsed);
    if (shown !== null && shown === this.active?.row) this.active.goneMs = 0;
    else if (shown !== null) this.propose(shown, elapsed);
    this.fade(shown, elapsed);
    return this.active?.row ?? null;
  }

  /** What this frame shows, given what is being shown. */
  private shown(probabilities: ArrayLike<number>): number | null {
    let best = 0;
    for (let row = 1; row < probabilities.length; row++) {
      if (probabilities[row] > probabilities[best]) best = row;
    }
    if (probabilities[best] >= this.rules.enter) {
      return this.rules.rejecting.has(best) ? null : best;
    }
    const row = this.active?.row ?? null;
    return row !== null && probabilities[row] >= this.rules.exit ? row : null;
  }

  /** Gives up the candidate if this frame does not go on with it, or lets it begin. */
  private interrupt(shown: number | null, elapsed: number): void {
    const { candidate, clock } = this;
    if (candidate === null) return;
    const uncovered = elapsed - clock.covered(elapsed);
    const isBroken = clock.isKnown && uncovered > Math.max(this.rules.holdMs, clock.periodMs);
    if (candidate.row === shown && !isBroken) return;
    this.candidate = null;
    if (this.wasHeld(candidate.steps, elapsed)) this.begin(candidate.row);
  }

  private propose(row: number, elapsed: number): void {
    if (this.candidate === null) this.candidate = { row, steps: [] };
    else this.candidate.steps.push(elapsed);
    if (this.wasHeld(this.candidate.steps, this.clock.stepMs)) this.begin(row);
  }

  private wasHeld(steps: number[], lastMs: number): boolean {
    const held = steps.reduce((sum, step) => sum + this.clock.covered(step), 0);
    return held >= this.rules.holdMs - this.rules.tolerance * this.clock.covered(lastMs);
  }

  private begin(row: number): void {
    this.active = { row, goneMs: 0 };
    this.candidate = null;
  }

  /** Ends what this frame does not show, if the frames without it cover enough time. */
  private fade(shown: number | null, elapsed: number): void {
    if (this.active === null || shown === this.active.row) return;
    const frame = this.clock.covered(elapsed);
    this.active.goneMs += frame;
    if (this.active.goneMs >= this.rules.holdMs - ROUNDING * frame) this.active = null;
  }
}
