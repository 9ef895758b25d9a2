/** Finds hands in a picture: palms that may be hands, judged by the landmark network. */

import { crop, mirrored } from "./crops.ts";
import { type Hand, covers, distinct, likeliestFirst } from "./hands.ts";
import { type Palm, anchors, decodePalms, regionOfPalm } from "./palms.ts";
import type { Picture } from "./picture.ts";
import type { Pipeline, ViewRules } from "./pipeline.ts";
import { type Landmark, type Point, type Region } from "./regions.ts";
import { handRegion, moved, shift, toImage } from "./regions.ts";
import { type View, views } from "./views.ts";

/** The two networks, whatever runs them. What they are given may be overwritten afterwards. */
export interface Networks {
  /** A square of RGB from 0 to 1; resolves to the outputs in the network's order. */
  palm(square: Float32Array<ArrayBuffer>, side: number): Promise<Float32Array[]>;
  hand(square: Float32Array<ArrayBuffer>): Promise<Float32Array[]>;
}

interface Candidate {
  region: Region;
  /** What the palm says for a hand: logarithm of the odds. */
  evidence: number;
}

export class HandFinder {
  private readonly anchors: Map<number, Point[]>;
  private readonly squares = new Map<number, Float32Array<ArrayBuffer>>();

  constructor(
    readonly pipeline: Pipeline,
    private readonly networks: Networks,
  ) {
    const { palm } = pipeline.networks;
    this.anchors = new Map(Object.values(palm.sides).map((side) => [side, anchors(palm, side)]));
  }

  views(picture: Picture, rules: ViewRules[]): View[] {
    return views(rules, picture.width, picture.height);
  }

  /** Regions of the palms in one view, a few more than this number of hands. */
  async candidates(picture: Picture, view: View, hands: number): Promise<Candidate[]> {
    const { palm } = this.pipeline.networks;
    const square = this.crop(picture, view.region, view.side);
    const outputs = await this.networks.palm(square, view.side);
    const [boxes, logits] = [outputs[palm.outputs.boxes], outputs[palm.outputs.logits]];
    const limit = hands + palm.spare;
    const palms = decodePalms(palm, boxes, logits, view.side, limit, this.anchors.get(view.side));
    return palms.map((found) => ({
      region: regionOfPalm(found, view.region, palm, this.pipeline.regions),
      evidence: this.evidence(found, view.side),
    }));
  }

  /**
   * Looks for hands in candidate regions; new ones, the likeliest first.
   *
   * @param wanted How many are enough; there may be more, of which some are less certain.
   * @param known Hands that are not to be found again.
   */
  async examine(
    picture: Picture,
    candidates: Candidate[],
    wanted: number,
    known: Hand[],
  ): Promise<Hand[]> {
    const { search, networks } = this.pipeline;
    let left = candidates
      .filter(({ region }) => !covers(known, region, this.pipeline))
      .slice(0, wanted + networks.palm.spare);
    let found: Hand[] = [];
    while (left.length > 0) {
      const sure = found.filter((hand) => hand.confidence >= search.enough);
      const enough = distinct([...known, ...sure], this.pipeline).length - known.length;
      if (enough >= wanted) break;
      const batch = left.slice(0, wanted - enough);
      left = left.slice(batch.length);
      for (const candidate of batch) {
        const hand = await this.judged(picture, candidate);
        if (hand.confidence >= search.min_confidence) found.push(hand);
      }
    }
    found = likeliestFirst(found);
    return distinct([...known, ...found], this.pipeline).slice(known.length);
  }

  /** New hands in one view. */
  async search(picture: Picture, view: View, wanted: number, known: Hand[]): Promise<Hand[]> {
    const candidates = await this.candidates(picture, view, known.length + wanted);
    return this.examine(picture, candidates, wanted, known);
  }

  /** The landmarks in a region, hand or not. */
  async place(picture: Picture, region: Region): Promise<Hand> {
    const { side, depth_scale, outputs } = this.pipeline.networks.hand;
    const found = await this.networks.hand(this.crop(picture, region, side));
    const points = found[outputs.points];
    const landmarks = Array.from({ length: points.length / 3 }, (_, k): Landmark => {
      const [x, y] = toImage(region, points[3 * k] / side, points[3 * k + 1] / side);
      const depth = ((points[3 * k + 2] - points[2]) / side) * depth_scale * region.side;
      return [x, y, depth];
    });
    const presence = found[outputs.presence][0];
    return { landmarks, presence, right: found[outputs.right][0], confidence: presence };
  }

  private async judged(picture: Picture, { region, evidence }: Candidate): Promise<Hand> {
    const hand = await this.refined(picture, region);
    const { doubt } = this.pipeline.search;
    const confidence = sigmoid(this.logit(hand.presence) + evidence);
    if (confidence < doubt.between[0] || confidence >= doubt.between[1]) {
      return { ...hand, confidence };
    }
    const looks = [hand.presence, ...(await this.furtherLooks(picture, hand))];
    const mean = looks.reduce((sum, look) => sum + this.logit(look), 0) / looks.length;
    const presence = sigmoid(mean + doubt.evidence);
    return { ...hand, presence, confidence: sigmoid(this.logit(presence) + evidence) };
  }

  /** The hand in a region, looked at once more where it fills another. */
  private async refined(picture: Picture, region: Region): Promise<Hand> {
    const { min_first_presence, max_shift } = this.pipeline.search;
    const hand = await this.place(picture, region);
    if (hand.presence < min_first_presence) return hand;
    const own = handRegion(this.pipeline.regions, hand.landmarks);
    return shift(own, region) > max_shift ? this.place(picture, own) : hand;
  }

  /** Presence of a hand in two other views of its region: from nearer, and mirrored. */
  private async furtherLooks(picture: Picture, hand: Hand): Promise<number[]> {
    const { doubt } = this.pipeline.search;
    const { side, outputs } = this.pipeline.networks.hand;
    const own = handRegion(this.pipeline.regions, hand.landmarks);
    const near = await this.networks.hand(this.crop(picture, moved(own, ...doubt.nearer), side));
    const turned = await this.networks.hand(mirrored(this.crop(picture, own, side), side));
    return [near[outputs.presence][0], turned[outputs.presence][0]];
  }

  private evidence(palm: Palm, side: number): number {
    const { palm_weight, coarse_evidence } = this.pipeline.search;
    const isCoarse = side === this.pipeline.networks.palm.sides.coarse;
    return palm_weight * this.logit(palm.score) + (isCoarse ? coarse_evidence : 0);
  }

  private crop(picture: Picture, region: Region, size: number): Float32Array<ArrayBuffer> {
    const square = this.squares.get(size) ?? new Float32Array(size * size * 3);
    this.squares.set(size, square);
    return crop(picture, region, size, this.pipeline.crops.cubic_below, square);
  }

  private logit(probability: number): number {
    const { least_chance } = this.pipeline.search;
    const p = Math.min(Math.max(probability, least_chance), 1 - least_chance);
    return Math.log(p / (1 - p));
  }
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
