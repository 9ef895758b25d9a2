/** Which hand of this frame is which hand of the frames before. */

import { type FrameClock, LONGEST_MS } from "./clock.ts";
import { smoothingFactor } from "./smoothing.ts";

/** Palm sizes from where a hand was expected within which it may be found again. */
const REACH = 2;
/** Palm sizes a second by which that reach grows. */
const TOP_SPEED = 80;
/** Palm sizes that a left hand in the place of a right one counts as farther. */
const WRONG_SIDE = 3;
/** Hz of the low-pass filter of a track's velocity. */
const VELOCITY_CUTOFF = 4;
/** For so long a lost hand is expected to go on as it went. */
const COASTING_S = 0.2;
/** Weight of the newest frame, if it is certain, in the belief which hand it is. */
const BELIEF = 0.2;
/** Frames nearer to each other err together, and weigh the less. */
const INDEPENDENT_S = 0.033;

/** A hand in one frame. */
export interface Sight {
  x: number;
  y: number;
  /** Of the palm. */
  size: number;
  /** -1 for a left hand, 1 for a right one. */
  side: number;
  /** Of the side, 0 (either may be) to 1. */
  certainty: number;
}

interface Track {
  id: number;
  seconds: number;
  sight: Sight;
  /** Mean of the sides seen, the newest most. */
  side: number;
  velocity: [number, number];
}

export class Tracker {
  private tracks: Track[] = [];
  private seconds = 0;
  private nextId = 0;

  constructor(
    private readonly maxLostMs: number,
    private readonly clock: FrameClock,
  ) {}

  /** Number and side of each hand of the next frame; the numbers of hands that are given up. */
  update(sights: Sight[], timestampMs: number): { tracks: Track[]; gone: number[] } {
    const seconds = timestampMs / 1000;
    const gone = this.tracks.filter((track) => this.isGone(track, seconds));
    this.tracks = this.tracks.filter((track) => !gone.includes(track));
    const paired = this.pair(sights, seconds);
    const tracks = sights.map((sight, row) => {
      const track = paired[row];
      if (track) return follow(track, sight, seconds);
      const side = sight.side * sight.certainty;
      return { id: this.nextId++, seconds, sight, side, velocity: [0, 0] as [number, number] };
    });
    this.tracks = [...this.tracks.filter((track) => !paired.includes(track)), ...tracks];
    this.seconds = seconds;
    return { tracks, gone: gone.map(({ id }) => id) };
  }

  /** The track of each sight, so that the sum of costs is least. There are few hands. */
  private pair(sights: Sight[], seconds: number): (Track | null)[] {
    let best: { cost: number; paired: (Track | null)[] } = { cost: Infinity, paired: [] };
    const extend = (paired: (Track | null)[], cost: number): void => {
      if (paired.length === sights.length) {
        if (cost < best.cost) best = { cost, paired };
        return;
      }
      const sight = sights[paired.length];
      for (const track of this.tracks) {
        const more = costOf(track, sight, seconds);
        if (!paired.includes(track) && more < FORBIDDEN) extend([...paired, track], cost + more);
      }
      extend([...paired, null], cost + FORBIDDEN);
    };
    extend([], 0);
    return best.paired;
  }

  /** Whether the hand was missed for too long. */
  private isGone(track: Track, seconds: number): boolean {
    const elapsed = seconds - track.seconds;
    const period = this.clock.periodMs / 1000;
    const maxLost = this.maxLostMs / 1000;
    if (track.seconds < this.seconds) return elapsed - period > maxLost;
    if (!this.clock.isKnown) return elapsed > Math.max(maxLost, LONGEST_MS / 1000);
    return elapsed - period > Math.max(maxLost, period);
  }
}

const FORBIDDEN = 1e6;

function follow(track: Track, sight: Sight, seconds: number): Track {
  const elapsed = seconds - track.seconds;
  const weight = smoothingFactor(VELOCITY_CUTOFF, elapsed);
  const news = BELIEF * sight.certainty * Math.min(1, elapsed / INDEPENDENT_S);
  const [vx, vy] = track.velocity;
  return {
    id: track.id,
    seconds,
    sight,
    side: track.side + news * (sight.side - track.side),
    velocity: [
      vx + weight * ((sight.x - track.sight.x) / elapsed - vx),
      vy + weight * ((sight.y - track.sight.y) / elapsed - vy),
    ],
  };
}

/** Cost of taking a hand for the one of a track, in palm sizes. */
function costOf(track: Track, sight: Sight, seconds: number): number {
  const elapsed = seconds - track.seconds;
  const coasting = Math.min(elapsed, COASTING_S);
  const x = track.sight.x + track.velocity[0] * coasting;
  const y = track.sight.y + track.velocity[1] * coasting;
  const distance = Math.hypot(sight.x - x, sight.y - y) / Math.max(sight.size, track.sight.size);
  if (distance > REACH + TOP_SPEED * elapsed) return FORBIDDEN;
  return distance + (WRONG_SIDE * Math.abs(sight.side - track.side)) / 2;
}
