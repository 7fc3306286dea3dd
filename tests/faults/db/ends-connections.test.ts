import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterAll, expect, it } from "vitest";
import { db, disconnectDb } from "@/lib/db";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/** The error that Postgres sends to every connection at shutdown. */
const FIELDS = "SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0";
const FATAL = Buffer.alloc(5 + FIELDS.length);
FATAL.write("E");
FATAL.writeInt32BE(4 + FIELDS.length, 1);
FATAL.write(FIELDS, 5);

/** The protocol message ReadyForQuery. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** A proxy in front of Postgres: when armed, it ends a connection at the moment it becomes ready. */
let armed = false;
const target = new URL(process.env.DATABASE_URL ?? "");
const proxy = createServer((client) => {
  const backend = connect(Number(target.port), target.hostname);
  client.pipe(backend);
  backend.on("data", (chunk: Buffer) => {
    if (!armed || !chunk.subarray(-READY.length).equals(READY)) return client.write(chunk);
    armed = false;
    client.end(Buffer.concat([chunk, FATAL]));
  });
  for (const socket of [client, backend]) {
    socket.on("error", () => socket.destroy());
    socket.once("close", () => (socket === client ? backend : client).destroy());
  }
}).listen(0, "127.0.0.1");
await once(proxy, "listening");
const address = proxy.address();
if (typeof address !== "object" || !address) throw new Error("no port");
const through = new URL(target);
through.host = `127.0.0.1:${address.port}`;
process.env.DATABASE_URL = through.toString();

afterAll(async () => {
  await disconnectDb();
  proxy.close();
});

it("a connection that ends while a transaction acquires it fails that transaction, not the process", async () => {
  const uncaught: unknown[] = [];
  const listen = (error: unknown) => uncaught.push(error);
  process.on("uncaughtException", listen);
  try {
    armed = true;
    await expect(db().$transaction((tx) => tx.$queryRaw`SELECT 1`)).rejects.toThrow();
    expect(armed).toBe(false);
    await expect(db().$transaction((tx) => tx.$queryRaw`SELECT 1 AS one`)).resolves.toEqual([{ one: 1 }]);
  } finally {
    process.off("uncaughtException", listen);
  }
  expect(uncaught).toEqual([]);
});
