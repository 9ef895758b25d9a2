/** Hands that were found, and which of them are one and the same. */

import type { Pipeline } from "./pipeline.ts";
import { type Landmark, type Region, handRegion } from "./regions.ts";

export interface Hand {
  /** 21 landmarks in MediaPipe's order. */
  landmarks: Landmark[];
  /** Probability that a hand is there, by the landmark network. */
  presence: number;
  /** Probability that it is a right hand. */
  right: number;
  /** Probability that a hand is there, by both networks. */
  confidence: number;
}

/** By falling confidence. */
export function likeliestFirst(hands: Hand[]): Hand[] {
  return [...hands].sort((a, b) => b.confidence - a.confidence);
}

/** Without the hands that are an earlier one again. */
export function distinct(hands: Hand[], pipeline: Pipeline): Hand[] {
  const kept: Hand[] = [];
  for (const hand of hands) {
    if (!kept.some((other) => areOne(hand, other, pipeline))) kept.push(hand);
  }
  return kept;
}

/** Whether a region shows one of these hands. */
export function covers(hands: Hand[], region: Region, pipeline: Pipeline): boolean {
  return hands.some((hand) => {
    const own = handRegion(pipeline.regions, hand.landmarks);
    const apart = Math.hypot(own.x - region.x, own.y - region.y);
    const ratio = own.side / region.side;
    return apart < pipeline.hands.same_region * own.side && ratio > 0.5 && ratio < 2;
  });
}

function areOne(a: Hand, b: Hand, pipeline: Pipeline): boolean {
  const { same_palm, same_share, on_hand, palm } = pipeline.hands;
  const between = palm.map((row) => distance(a.landmarks[row], b.landmarks[row]));
  const mean = between.reduce((sum, apart) => sum + apart) / between.length;
  if (mean < same_palm * Math.max(palmLength(a, palm), palmLength(b, palm))) return true;
  return Math.max(shareOn(a, b, on_hand), shareOn(b, a, on_hand)) >= same_share;
}

function palmLength(hand: Hand, palm: number[]): number {
  return distance(hand.landmarks[palm[0]], hand.landmarks[palm[2]]);
}

/** Share of a hand's landmarks that lie on another hand. */
function shareOn(hand: Hand, other: Hand, onHand: number): number {
  const x = hand.landmarks.map((point) => point[0]);
  const y = hand.landmarks.map((point) => point[1]);
  const side = Math.max(Math.max(...x) - Math.min(...x), Math.max(...y) - Math.min(...y));
  const on = other.landmarks.filter((point) =>
    hand.landmarks.some((own) => distance(own, point) < onHand * side),
  );
  return on.length / other.landmarks.length;
}

function distance(a: Landmark, b: Landmark): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
