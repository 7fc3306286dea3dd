/** Wide enough for a code that fills a third of the picture; more pixels only take longer. */
const MAX_WIDTH = 640;

/**
 * Reads QR codes from a video. The decoder (forty kilobytes) is loaded here, when a camera is used: iPhones have no
 * decoder of their own. @returns reads the code in the present frame; null without one
 */
export async function createFrameDecoder(video: HTMLVideoElement): Promise<() => string | null> {
  const { decodeQR } = await import("qr/decode.js");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return () => {
    const { videoWidth, videoHeight } = video;
    if (!context || videoWidth === 0) return null;
    const scale = Math.min(1, MAX_WIDTH / videoWidth);
    canvas.width = Math.round(videoWidth * scale);
    canvas.height = Math.round(videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      // The decoder throws where there is no code.
      return null;
    }
  };
}
