import { type ClientRequest, get } from "node:http";

/** An event stream over the network that counts events without storing them: one test can open a thousand. */
export interface RawStream {
  /** Blocks (`event: …\ndata: …`) received so far. */
  readonly blockCount: number;
  close(): void;
}

/** @param onBlock  called with the text of each event as it arrives: `event: …\ndata: …` */
export function openRawStream(
  url: string,
  token: string,
  onBlock: (text: string) => void = () => {},
): Promise<RawStream> {
  return new Promise((resolve, reject) => {
    let blockCount = 0;
    let buffer = "";
    const request: ClientRequest = get(
      url,
      { agent: false, headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" } },
      (response) => {
        if (response.statusCode !== 200) {
          reject(new Error(`stream refused: HTTP ${response.statusCode}`));
          request.destroy();
          return;
        }
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          const parts = (buffer + chunk).split("\n\n");
          buffer = parts.pop() ?? "";
          for (const part of parts) {
            blockCount += 1;
            onBlock(part);
          }
        });
        response.on("error", () => {});
        resolve({
          get blockCount() {
            return blockCount;
          },
          close: () => request.destroy(),
        });
      },
    );
    request.on("error", reject);
  });
}
