/** Something that a person can put right: the message says what. */
export class HandposeError extends Error {
  override name = "HandposeError";
}
