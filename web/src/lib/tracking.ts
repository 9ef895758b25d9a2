/** The hands of a video: each frame is searched where they were in the one before. */

import type { HandFinder } from "./finder.ts";
import { type Hand, distinct } from "./hands.ts";
import type { Picture } from "./picture.ts";
import { type Region, handRegion } from "./regions.ts";

/** From this time between frames on, all views are searched for a missing hand. */
const SLOW_MS = 200;

export class HandTracker {
  private regions: Region[] = [];
  private misses = 0;
  private last: number | null = null;

  constructor(
    private readonly finder: HandFinder,
    private readonly wanted: number,
  ) {}

  /** The hands of the next frame, which must be later than the one before. */
  async next(picture: Picture, timestampMs: number): Promise<Hand[]> {
    const isSlow = this.last !== null && timestampMs - this.last >= SLOW_MS;
    this.last = timestampMs;
    const { pipeline } = this.finder;
    const placed: Hand[] = [];
    for (const region of this.regions) placed.push(await this.finder.place(picture, region));
    const { min_presence } = pipeline.tracking;
    let hands = distinct(
      placed.filter((hand) => hand.presence >= min_presence),
      pipeline,
    );
    const isMissing = hands.length < this.wanted;
    if (isMissing) hands = await this.searched(picture, hands, isSlow);
    this.regions = hands.map((hand) => handRegion(pipeline.regions, hand.landmarks));
    this.misses = hands.length === this.wanted ? 0 : this.misses + 1;
    return hands;
  }

  /** The next view in turn, or all of them in a slow video. */
  private async searched(picture: Picture, hands: Hand[], isSlow: boolean): Promise<Hand[]> {
    const { pipeline } = this.finder;
    const turns = this.finder.views(picture, pipeline.tracking.views);
    const first = this.misses % turns.length;
    const views = [...turns, ...turns].slice(first, first + (isSlow ? turns.length : 1));
    let known = hands;
    for (const view of views) {
      const missing = this.wanted - known.length;
      if (missing > 0) {
        const found = await this.finder.search(picture, view, missing, known);
        known = [...known, ...found].slice(0, this.wanted);
      }
    }
    return known;
  }
}
