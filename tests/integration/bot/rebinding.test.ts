import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

/**
 * A name that has a public address when it is checked, and leads to this machine when it is resolved again: `localhost`,
 * whose check is answered with another address.
 */
const checked = vi.hoisted(() => ({ times: 0, addresses: [] as { address: string; family: number }[] }));
vi.mock("node:dns/promises", () => ({
  lookup: async () => {
    checked.times += 1;
    return checked.addresses;
  },
}));

const { requestForWorkflow } = await import("@/lib/bot/http-request");

let connections = 0;
const server = createServer((_, response) => response.end("{}"));
let origin: string;

beforeAll(async () => {
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  process.env.BOT_HTTP_ORIGINS = origin;
});
afterAll(() => {
  delete process.env.BOT_HTTP_ORIGINS;
  server.closeAllConnections();
  server.close();
});

const call = (signal: AbortSignal) =>
  requestForWorkflow({
    ...{ method: "GET", url: `${origin}/`, body: null, idempotencyKey: "a", signal, allowsNumbers: true },
  });

it("a name is resolved once, and the connection goes to the address that was checked", async () => {
  checked.addresses = [{ address: "192.88.98.1", family: 4 }];
  checked.times = 0;
  await expect(call(AbortSignal.timeout(500))).rejects.toThrow();
  expect(checked.times).toBe(1);
  expect(connections).toBe(0);
});

it("a name with one private address among public ones is not called", async () => {
  checked.addresses = [
    { address: "192.88.98.1", family: 4 },
    { address: "169.254.169.254", family: 4 },
  ];
  await expect(call(AbortSignal.timeout(5_000))).rejects.toThrow("private");
  expect(connections).toBe(0);
});
