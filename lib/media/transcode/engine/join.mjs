import { FFmpegError, Packet, Rational } from "node-av/lib";
import { CODECS } from "./codecs.mjs";
import { openSound } from "./decode.mjs";
import { openOutput } from "./output.mjs";

/**
 * Joins the parts that `encode` made to one playable file, without encoding again: packet follows packet.
 *
 * @param {{ parts: string[], output: string, format: "aac" | "opus" | "mp3" | "flac", samples: number, sampleRate: number, padding: number }} step
 *        `samples`: of the whole sound, at the rendition's rate
 * @returns {{ packets: number }}
 */
export function join({ parts, output, format, samples, sampleRate, padding }) {
  const { container, frameSize } = CODECS[format];
  const timeBase = new Rational(1, sampleRate);
  const packet = new Packet();
  packet.alloc();
  let file;
  let packets = 0;
  for (const part of parts) {
    const { input, stream, close } = openSound(part);
    if (!file) {
      file = openOutput(output, container.name, container.options, (target) => {
        FFmpegError.throwIfError(stream.codecpar.copy(target.codecpar), "parameters");
        target.codecpar.codecTag = 0;
        target.codecpar.initialPadding = padding;
        target.timeBase = timeBase;
      });
    }
    while (input.readFrameSync(packet) >= 0) {
      const pts = packets * frameSize - padding;
      packet.pts = BigInt(pts);
      packet.dts = packet.pts;
      // The last packet holds fewer samples than a frame.
      packet.duration = BigInt(Math.max(1, Math.min(frameSize, samples - pts)));
      file.write(packet, timeBase);
      packet.unref();
      packets += 1;
    }
    close();
  }
  file?.close();
  packet.free();
  return { packets };
}
