import { FFmpegError, Packet, Rational } from "node-av/lib";
import { CODECS } from "./codecs.mjs";
import { openSound } from "./decode.mjs";
import { openOutput } from "./output.mjs";

/**
 * Joins the parts that `encode` made to one playable file, without encoding again: packet follows packet.
 *
 * @param {{ parts: string[], output: string, format: "aac" | "opus" | "mp3" | "flac", samples: number, sampleRate: number, padding: number, around?: number }} step
 *        `samples`: of the whole sound, at the rendition's rate; `around`: joins only this many packets on each side of
 *        the seam between two parts, to a Matroska file
 * @returns {{ packets: number }}
 */
export function join({ parts, output, format, samples, sampleRate, padding, around }) {
  const { frameSize } = CODECS[format];
  const container = around === undefined ? CODECS[format].container : { name: "matroska", options: {} };
  const timeBase = new Rational(1, sampleRate);
  const packet = new Packet();
  packet.alloc();
  let file;
  let packets = 0;
  for (const [index, part] of parts.entries()) {
    const first = around === undefined || index > 0 ? 0 : Math.max(0, countPackets(part) - around);
    const end = around === undefined || index === 0 ? Number.POSITIVE_INFINITY : around;
    let position = -1;
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
      position += 1;
      if (position < first || position >= end) {
        packet.unref();
        continue;
      }
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

function countPackets(part) {
  const packet = new Packet();
  packet.alloc();
  const { input, close } = openSound(part);
  let packets = 0;
  while (input.readFrameSync(packet) >= 0) {
    packet.unref();
    packets += 1;
  }
  close();
  packet.free();
  return packets;
}
