/** More than any message Redis is asked to carry; a stream that never ends a line must not fill the memory. */
const MOST_CHARACTERS = 10 * 1024 * 1024;

/**
 * The data of each server-sent event, until the stream ends. Lines of one event are joined as the format has it.
 * @throws when the connection is lost, or an event is too large
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  let size = 0;
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
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
    if (rest.length + size > MOST_CHARACTERS) throw new Error("an event of the stream is too large");
  }
}
