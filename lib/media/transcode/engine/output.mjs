import { FFmpegError, FormatContext } from "node-av/lib";

/**
 * Opens a file to which packets of one stream are written.
 *
 * @param {string} path
 * @param {string} format  FFmpeg's name of it
 * @param {Record<string, string>} options
 * @param {(stream: import("node-av/lib").Stream) => void} configure  sets the parameters of the stream
 */
export function openOutput(path, format, options, configure) {
  const output = new FormatContext();
  FFmpegError.throwIfError(output.allocOutputContext2(null, format, path), "output format");
  setOptions(output, options);
  const stream = output.newStream();
  configure(stream);
  FFmpegError.throwIfError(output.openOutputSync(), "output file");
  FFmpegError.throwIfError(output.writeHeaderSync(), "header");
  return {
    write(packet, timeBase) {
      packet.streamIndex = 0;
      packet.rescaleTs(timeBase, stream.timeBase);
      FFmpegError.throwIfError(output.writeFrameSync(packet), "packet");
    },
    close() {
      FFmpegError.throwIfError(output.writeTrailerSync(), "trailer");
      output.closeOutputSync();
      output.freeContext();
    },
  };
}

/**
 * Sets options before a context is opened. (A dictionary given to the opening call is freed twice by node-av 6.1, which
 * corrupts the heap.)
 */
export function setOptions(context, options) {
  for (const [name, value] of Object.entries(options))
    FFmpegError.throwIfError(context.setOption(name, String(value)), `option ${name}`);
}
