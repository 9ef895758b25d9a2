/** Waits for the next picture of a playing video. */

/** Where a browser does not tell of frames, and while a video is paused, it is looked at anew. */
const AGAIN_MS = 40;

export class VideoFrames {
  private isFresh = false;
  private wake: (() => void) | null = null;

  constructor(private readonly video: HTMLVideoElement) {
    if ("requestVideoFrameCallback" in video) this.listen();
  }

  /** Resolves at once if there was a frame since the last call. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.isFresh = false;
        this.wake = null;
        resolve();
      };
      // Always by way of a timer, so that the page is drawn in between.
      if (this.isFresh) setTimeout(done);
      else this.wake = done;
      if (!this.isFresh && this.isSilent()) setTimeout(done, AGAIN_MS);
    });
  }

  private isSilent(): boolean {
    return this.video.paused || !("requestVideoFrameCallback" in this.video);
  }

  private listen(): void {
    this.video.requestVideoFrameCallback(() => {
      this.isFresh = true;
      this.wake?.();
      this.listen();
    });
  }
}
