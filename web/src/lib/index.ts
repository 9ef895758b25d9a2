/** handpose in the browser: pixels to landmarks to gestures, in the page. */

export { HandposeError } from "./errors.ts";
export { MediaPipeNamer } from "./mediapipe.ts";
export type { MediaPipeResult, Size } from "./mediapipe.ts";
export type { Gesture, Handedness } from "./model.ts";
export type { Pixels } from "./picture.ts";
export { GestureRecognizer, GestureVideo } from "./recognizer.ts";
export type { FollowedHand, Options, RecognizedHand } from "./recognizer.ts";
export type { Landmark } from "./regions.ts";
