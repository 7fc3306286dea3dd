import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { createPublicClient } from "viem";
import { afterAll, expect, it } from "vitest";
import { nodeTransport } from "@/lib/nft/node-transport";

const requests: { url: string | undefined; authorization: string | undefined }[] = [];
const server = createServer((request, response) => {
  requests.push({ url: request.url, authorization: request.headers.authorization });
  response.writeHead(500).end("out of order");
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => new Promise((resolve) => server.close(resolve)));

it("calls the whole address, and quotes none of its secrets in an error", async () => {
  const { port } = server.address() as AddressInfo;
  const transport = nodeTransport(
    `http://user:pass-word@127.0.0.1:${port}/v2/path-secret?key=query-secret`,
    5_000,
  );
  const error = await createPublicClient({ transport })
    .getChainId()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  const quoted = inspect(error, { depth: 10, showHidden: true });
  expect(quoted).toContain(`127.0.0.1:${port}`);
  for (const secret of ["pass-word", "path-secret", "query-secret"]) expect(quoted).not.toContain(secret);
  expect(requests).toEqual([
    {
      url: "/v2/path-secret?key=query-secret",
      authorization: `Basic ${Buffer.from("user:pass-word").toString("base64")}`,
    },
  ]);
});
