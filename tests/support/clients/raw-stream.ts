import { type ClientRequest, get } from "node:http";

/** An event stream over the network, of which only what is asked for is kept: a thousand of them fit a test. */
export interface RawStream {
  /** Blocks (`event: …\ndata: …`) so far. */
  readonly blocks: number;
  close(): void;
}

/** @param onBlock  told of each event as it comes; `text` is `event: …\ndata: …` */
export function openRawStream(
  url: string,
  token: string,
  onBlock: (text: string) => void = () => {},
): Promise<RawStream> {
  return new Promise((resolve, reject) => {
    let blocks = 0;
    let rest = "";
    const request: ClientRequest = get(
      url,
      { agent: false, headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" } },
      (response) => {
        if (response.statusCode !== 200) {
          reject(new Error(`the stream was refused: ${response.statusCode}`));
          request.destroy();
          return;
        }
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          const parts = (rest + chunk).split("\n\n");
          rest = parts.pop() ?? "";
          for (const part of parts) {
            blocks += 1;
            onBlock(part);
          }
        });
        response.on("error", () => {});
        resolve({
          get blocks() {
            return blocks;
          },
          close: () => request.destroy(),
        });
      },
    );
    request.on("error", reject);
  });
}
