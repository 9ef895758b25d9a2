/** The hands of one photo: view after view, until enough of them are sure. */

import type { HandFinder } from "./finder.ts";
import { type Hand, covers, distinct, likeliestFirst } from "./hands.ts";
import type { Picture } from "./picture.ts";
import type { ViewRules } from "./pipeline.ts";
import type { Region } from "./regions.ts";
import type { View } from "./views.ts";

/** The surest hands of a photo, at most `wanted`. */
export async function findHands(
  finder: HandFinder,
  picture: Picture,
  wanted: number,
): Promise<Hand[]> {
  const search = new Search(finder, picture, wanted);
  const rules = finder.pipeline.search;
  await search.until(1, rules.views);
  const isOver = wanted === 1 || (wanted <= rules.easy_hands && search.wasEasy());
  if (!isOver && search.hands.length > 0) await search.until(wanted, rules.more);
  return search.hands.slice(0, wanted).sort((a, b) => b.presence - a.presence);
}

class Search {
  hands: Hand[] = [];
  private readonly palms: Region[][] = [];

  constructor(
    private readonly finder: HandFinder,
    private readonly picture: Picture,
    private readonly wanted: number,
  ) {}

  async until(count: number, rules: ViewRules[]): Promise<void> {
    for (const view of this.finder.views(this.picture, rules)) {
      await this.look(view);
      if (this.sure().length >= count) return;
    }
  }

  /** Whether one view was enough, and all palms in it belong to sure hands. */
  wasEasy(): boolean {
    const sure = this.sure();
    const { pipeline } = this.finder;
    return (
      this.palms.length === 1 && this.palms[0].every((region) => covers(sure, region, pipeline))
    );
  }

  private async look(view: View): Promise<void> {
    const sure = this.sure();
    const candidates = await this.finder.candidates(this.picture, view, this.wanted);
    this.palms.push(candidates.map(({ region }) => region));
    const missing = this.wanted - sure.length;
    const found = await this.finder.examine(this.picture, candidates, missing, sure);
    this.hands = distinct(likeliestFirst([...this.hands, ...found]), this.finder.pipeline);
  }

  private sure(): Hand[] {
    const { sure_confidence, sure_presence } = this.finder.pipeline.search;
    return this.hands.filter(
      (hand) => hand.confidence >= sure_confidence && hand.presence >= sure_presence,
    );
  }
}
