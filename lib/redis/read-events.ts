/** Larger than any published message; a stream that never ends a line must not fill the memory. */
const MAX_EVENT_LENGTH = 10 * 1024 * 1024;

/**
 * Yields the data of each server-sent event until the stream ends. Several `data:` lines of one event are joined
 * by line breaks, as the format specifies.
 * @throws when the connection is lost or an event is too large
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let buffer = "";
  let data: string[] = [];
  let size = 0;
  for await (const chunk of body) {
    buffer += decoder.decode(chunk, { stream: true });
    const lines = buffer.split("\n");
    buffer = lines.pop() ?? "";
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line.startsWith("data:")) {
        data.push(line.slice(line[5] === " " ? 6 : 5));
        size += line.length;
      } else if (line === "" && data.length > 0) {
        yield data.join("\n");
        data = [];
        size = 0;
      }
    }
    if (buffer.length + size > MAX_EVENT_LENGTH) throw new Error("server-sent event too large");
  }
}
