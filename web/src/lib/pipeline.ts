/** `pipeline.json` of an export folder: every number from a picture to landmarks. */

import { HandposeError } from "./errors.ts";

export interface PalmRules {
  files: { tflite: Record<string, string> };
  sides: { fine: number; coarse: number };
  anchors: { stride: number; count: number }[];
  outputs: { boxes: number; logits: number };
  key_points: { wrist: number; middle: number };
  min_score: number;
  min_overlap: number;
  spare: number;
}

export interface HandRules {
  files: { tflite: string };
  side: number;
  depth_scale: number;
  outputs: { points: number; presence: number; right: number; world: number };
}

export interface RegionRules {
  target_angle: number;
  palm: { shift: number; scale: number };
  hand: {
    shift: number;
    scale: number;
    landmarks: number[];
    wrist: number;
    index: number;
    middle: number;
    ring: number;
  };
}

interface Square {
  scale: number;
  side: number;
}
interface Row extends Square {
  step: number;
  most: number;
}
/** Squares of a picture that are searched: one in the middle, or a row or a grid of them. */
export type ViewRules =
  | ({ kind: "centred"; degrees: number } & Square)
  | ({ kind: "strips"; from_ratio: number } & Row)
  | ({ kind: "tiles"; least: number } & Row);

export interface SearchRules {
  views: ViewRules[];
  more: ViewRules[];
  easy_hands: number;
  min_confidence: number;
  sure_confidence: number;
  sure_presence: number;
  enough: number;
  palm_weight: number;
  coarse_evidence: number;
  min_first_presence: number;
  max_shift: number;
  least_chance: number;
  doubt: {
    between: [number, number];
    evidence: number;
    nearer: [number, number, number];
    mirrored: boolean;
  };
}

export interface SameHandRules {
  palm: number[];
  same_palm: number;
  on_hand: number;
  same_share: number;
  same_region: number;
}

export interface SteadyingRules {
  min_cutoff: number;
  beta: number;
  d_cutoff: number;
  enter: number | null;
  exit: number | null;
  exit_ratio: number;
  hold_ms: number;
  tolerance: number;
  max_lost_ms: number;
}

export interface Pipeline {
  format: number;
  handpose_version: string;
  networks: { palm: PalmRules; hand: HandRules };
  crops: { cubic_below: number };
  regions: RegionRules;
  search: SearchRules;
  tracking: { min_presence: number; views: ViewRules[] };
  hands: SameHandRules;
  handedness: { right_from: number };
  steadying: SteadyingRules;
}

const FORMAT = 1;
const PARTS = ["networks", "crops", "regions", "search", "tracking", "hands", "handedness"];

/** Checks what was read from `pipeline.json`. */
export function asPipeline(content: unknown): Pipeline {
  const found = content as Partial<Pipeline> | null;
  if (typeof found !== "object" || found === null || typeof found.format !== "number") {
    throw new HandposeError("pipeline.json is not from handpose export; export the folder again");
  }
  if (found.format > FORMAT) {
    throw new HandposeError(
      `pipeline.json has format ${found.format}, this page reads ${FORMAT}; ` +
        "use the page of the handpose that wrote it",
    );
  }
  const missing = PARTS.filter((part) => !(part in found));
  if (missing.length > 0) {
    throw new HandposeError(`pipeline.json lacks ${missing.join(", ")}; export the folder again`);
  }
  return found as Pipeline;
}
