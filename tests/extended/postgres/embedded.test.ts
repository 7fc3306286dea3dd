import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../../local/postgres/embedded";

let postgres: EmbeddedPostgres;

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ dataDir: null, port: 0 });
}, 60_000);
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.end().catch(() => {})));
});
afterAll(() => postgres.stop());

const open: Client[] = [];

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: postgres.url });
  client.on("error", () => {});
  await client.connect();
  open.push(client);
  return client;
}

/** Selects numbers by parameters and expects them back; each client uses another parameter count. */
async function echo(client: Client, count: number, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const numbers = Array.from({ length: count }, (_, index) => count * 1_000 + round * 20 + index);
    const columns = numbers.map((_, index) => `$${index + 1}::int AS c${index}`);
    const { rows } = await client.query<Record<string, number>>(`SELECT ${columns.join(",")}`, numbers);
    expect(Object.values(rows[0] ?? {})).toEqual(numbers);
  }
}

/** PGlite has one session for all connections: a statement of one must not be bound by another. */
it("does not mix statements of connections that waited for another one's transaction", async () => {
  const clients = await Promise.all(Array.from({ length: 8 }, connected));
  const holder = await connected();
  const done = Promise.all(clients.map((client, index) => echo(client, index + 1, 40)));
  for (let round = 0; round < 20; round += 1) {
    await holder.query("BEGIN");
    await echo(holder, 12, 1);
    await holder.query("COMMIT");
  }
  await done;
});

it("does not mix a statement whose parameters arrive in many packets with others", async () => {
  const clients = await Promise.all(Array.from({ length: 4 }, connected));
  const large = await connected();
  const numbers = Array.from({ length: 50_000 }, (_, index) => index);
  const done = Promise.all(clients.map((client, index) => echo(client, index + 1, 100)));
  for (let round = 0; round < 15; round += 1) {
    const { rows } = await large.query("SELECT count(*)::int AS n FROM unnest($1::int[])", [numbers]);
    expect(rows).toEqual([{ n: numbers.length }]);
  }
  await done;
});

it("serves other connections after one is lost in the middle of a statement", async () => {
  const lost = await connected();
  await lost.query("BEGIN");
  // Only a Parse message, without Bind and Sync.
  lost.connection.parse({ name: "", text: "SELECT no_such_column", types: [] }, true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  lost.connection.stream.destroy();
  const client = await connected();
  await echo(client, 3, 5);
  // now() is constant inside a transaction: it advances only if the lost one was ended.
  const time = async () => (await client.query<{ now: Date }>("SELECT now()")).rows[0]?.now.getTime() ?? 0;
  const first = await time();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await time()).toBeGreaterThan(first);
});
