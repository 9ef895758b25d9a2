/** Where pictures come from: a camera, a video file or a picture. */

import { HandposeError } from "../lib/index.ts";

const CAMERA: MediaStreamConstraints = { video: { width: 640, height: 480, frameRate: 30 } };
/** Larger pictures are shown and searched in this size at most. */
const MOST_PIXELS = 1280;

export async function openCamera(video: HTMLVideoElement): Promise<void> {
  closeVideo(video);
  const stream = await navigator.mediaDevices.getUserMedia(CAMERA).catch((error: Error) => {
    const isRefused = error.name === "NotAllowedError";
    throw new HandposeError(
      isRefused
        ? "The browser may not use the camera. Allow it beside the address, then try again."
        : "No camera was found. Connect one, or open a picture or video.",
    );
  });
  video.srcObject = stream;
  await video.play();
}

export async function openVideo(video: HTMLVideoElement, file: File): Promise<void> {
  closeVideo(video);
  video.src = URL.createObjectURL(file);
  video.loop = true;
  await video.play().catch(() => {
    throw new HandposeError(`${file.name}: this browser cannot play it.`);
  });
}

export function closeVideo(video: HTMLVideoElement): void {
  video.pause();
  if (video.srcObject instanceof MediaStream) {
    for (const track of video.srcObject.getTracks()) track.stop();
  }
  if (video.src) URL.revokeObjectURL(video.src);
  video.srcObject = null;
  video.removeAttribute("src");
}

export async function openPicture(file: File): Promise<ImageBitmap> {
  return createImageBitmap(file).catch(() => {
    throw new HandposeError(`${file.name}: damaged, or not a picture that can be read.`);
  });
}

/** Copies what a source shows onto a canvas of its size, and gives its pixels. */
export function pixelsOf(
  source: ImageBitmap | HTMLVideoElement,
  context: CanvasRenderingContext2D,
): ImageData {
  const isVideo = source instanceof HTMLVideoElement;
  const width = isVideo ? source.videoWidth : source.width;
  const height = isVideo ? source.videoHeight : source.height;
  const scale = Math.min(1, MOST_PIXELS / Math.max(width, height));
  const { canvas } = context;
  const [w, h] = [Math.round(scale * width), Math.round(scale * height)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  context.drawImage(source, 0, 0, w, h);
  return context.getImageData(0, 0, w, h);
}
