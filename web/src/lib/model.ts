/** The gesture model: from landmarks to a gesture, or to none. */

import { HandposeError } from "./errors.ts";
import type { Landmark } from "./regions.ts";

export type Handedness = "Left" | "Right";

/** `model.json` of an export folder. */
export interface ModelCard {
  handpose_format: number;
  labels: string[];
  no_gesture: string[];
  min_score: number;
  classifier: string;
  features: string;
}

export interface Gesture {
  /** Nothing where the model is not sure. */
  name: string | null;
  likeliest: string;
  /** Probability of the likeliest. */
  score: number;
  /** Of each label of the model. */
  probabilities: Float32Array;
}

/** Runs the model on one hand: 21 x 3 numbers, and 1 for a left hand, 0 for a right one. */
export type RunModel = (
  points: Float32Array<ArrayBuffer>,
  side: Float32Array<ArrayBuffer>,
) => Promise<[label: number, probabilities: Float32Array, none: boolean]>;

const FORMAT = 1;

/** Checks what was read from `model.json`. */
export function asModelCard(content: unknown): ModelCard {
  const found = content as Partial<ModelCard> | null;
  if (typeof found?.handpose_format !== "number" || !Array.isArray(found.labels)) {
    throw new HandposeError("model.json is not from handpose export; export the folder again");
  }
  if ("window_ms" in found) {
    throw new HandposeError("model.json is of a model of motions; this page names still hands");
  }
  if (found.handpose_format > FORMAT) {
    throw new HandposeError(
      `model.json has format ${found.handpose_format}, this page reads ${FORMAT}; ` +
        "use the page of the handpose that wrote it",
    );
  }
  return found as ModelCard;
}

export class GestureModel {
  constructor(
    readonly card: ModelCard,
    private readonly run: RunModel,
  ) {}

  async name(landmarks: readonly Landmark[], handedness: Handedness): Promise<Gesture> {
    const side = Float32Array.of(handedness === "Left" ? 1 : 0);
    const [row, probabilities, none] = await this.run(Float32Array.from(landmarks.flat()), side);
    const likeliest = this.card.labels[row];
    return { name: none ? null : likeliest, likeliest, score: probabilities[row], probabilities };
  }
}
