/** From pixels to gestures: what a page needs. */

import { HandposeError } from "./errors.ts";
import { HandFinder } from "./finder.ts";
import type { Hand } from "./hands.ts";
import { fetched, openModel, openNetworks, openRuntime } from "./litert.ts";
import { type Gesture, GestureModel, type Handedness, asModelCard } from "./model.ts";
import { type Pixels, Picture } from "./picture.ts";
import { type Pipeline, asPipeline } from "./pipeline.ts";
import type { Landmark } from "./regions.ts";
import { findHands } from "./search.ts";
import { SteadyHands } from "./steady.ts";
import { HandTracker } from "./tracking.ts";

export interface RecognizedHand {
  landmarks: Landmark[];
  /** The person's own hand, in a picture that is not mirrored. */
  handedness: Handedness;
  gesture: Gesture;
}

export interface FollowedHand extends RecognizedHand {
  /** Of the hand, the same in all frames. */
  id: number;
  /** A gesture that was surely shown for a while. */
  steady: string | null;
}

export interface Options {
  /** Folder that `handpose export MODEL --web` wrote; ends in "/". */
  folder: string;
  /** Folder with the wasm files of `@litertjs/core`; ends in "/". */
  runtime: string;
}

export class GestureRecognizer {
  private constructor(
    readonly pipeline: Pipeline,
    readonly model: GestureModel,
    private readonly finder: HandFinder,
  ) {}

  /** Opens an export folder. Rejects with a `HandposeError` that says what is wrong. */
  static async open({ folder, runtime }: Options): Promise<GestureRecognizer> {
    const pipeline = asPipeline(await json(`${folder}pipeline.json`));
    await openRuntime(runtime);
    const networks = await openNetworks(folder, pipeline);
    const model = await openGestureModel(folder);
    return new GestureRecognizer(pipeline, model, new HandFinder(pipeline, networks));
  }

  /** The same networks with another model: another folder that `handpose export` wrote. */
  async withModel(folder: string): Promise<GestureRecognizer> {
    const model = await openGestureModel(folder);
    return new GestureRecognizer(this.pipeline, model, this.finder);
  }

  /** The hands of a photo and their gestures, the surest first. */
  async recognize(pixels: Pixels, numHands = 1): Promise<RecognizedHand[]> {
    const hands = await findHands(this.finder, new Picture(pixels), numHands);
    const recognized: RecognizedHand[] = [];
    for (const hand of hands) recognized.push(await this.named(hand));
    return recognized;
  }

  /** Begins a video. */
  video(numHands = 1): GestureVideo {
    const tracker = new HandTracker(this.finder, numHands);
    return new GestureVideo(tracker, this.model, this.pipeline);
  }

  private async named(hand: Hand): Promise<RecognizedHand> {
    const isRight = hand.right >= this.pipeline.handedness.right_from;
    const handedness = isRight ? "Right" : "Left";
    const gesture = await this.model.name(hand.landmarks, handedness);
    return { landmarks: hand.landmarks, handedness, gesture };
  }
}

/** What is carried from frame to frame of one video. */
export class GestureVideo {
  private readonly steady: SteadyHands;

  constructor(
    private readonly tracker: HandTracker,
    private readonly model: GestureModel,
    pipeline: Pipeline,
  ) {
    this.steady = new SteadyHands(pipeline, model.card);
  }

  /** Recognises the next frame, which must be later than the one before. */
  async next(pixels: Pixels, timestampMs: number): Promise<FollowedHand[]> {
    const found = await this.tracker.next(new Picture(pixels), timestampMs);
    const hands = this.steady.follow(found, timestampMs);
    const followed: FollowedHand[] = [];
    for (const { id, landmarks, handedness } of hands) {
      const gesture = await this.model.name(landmarks, handedness);
      const steady = this.steady.label(id, gesture.probabilities, timestampMs);
      followed.push({ id, landmarks, handedness, gesture, steady });
    }
    return followed;
  }
}

/** Opens the model of a folder that `handpose export` wrote. */
export async function openGestureModel(folder: string): Promise<GestureModel> {
  const card = asModelCard(await json(`${folder}model.json`));
  return new GestureModel(card, await openModel(`${folder}model.tflite`, card));
}

async function json(url: string): Promise<unknown> {
  const response = await fetched(url);
  return response.json().catch(() => {
    throw new HandposeError(`${url} is damaged; export the folder again`);
  });
}
