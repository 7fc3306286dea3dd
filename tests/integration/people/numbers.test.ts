import { afterAll, beforeEach, expect, it } from "vitest";
import { GET as numbers } from "@/app/api/me/numbers/route";
import { setClock } from "@/lib/core/clock";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb } from "@/lib/db";
import { getOwnNumbers } from "@/lib/people";
import { call } from "@/tests/support/clients/call";
import { createTestOrder, setRefunded } from "@/tests/support/factories/orders";
import { createPeople, createPerson, createTestPost } from "@/tests/support/factories/people";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";

/** The numbers of one's own posts and products, by day. */

const meter = await startStatementMeter(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = meter.url;
const restoreClock = setClock({ now: () => Date.parse("2026-03-03T12:00:00Z") });
afterAll(async () => {
  restoreClock();
  await disconnectDb();
  await meter.close();
});

let artist: Awaited<ReturnType<typeof createPerson>>;
beforeEach(async () => {
  artist = await createPerson("artist");
});

const read = async (as = artist, query = "?days=3") => call(numbers, { as, query });

/** Views and plays at these times, each by another person. */
async function addListeners(postId: string, times: readonly string[]): Promise<void> {
  const people = await createPeople(times.length);
  const rows = people.map(({ seq }, index) => ({ postId, seq, at: new Date(times[index] ?? "") }));
  await db().postView.createMany({
    data: rows.map(({ seq, at }) => ({ postId, viewerSeq: seq, createdAt: at })),
  });
  await db().postPlay.createMany({
    data: rows.slice(1).map(({ seq, at }) => ({ postId, listenerSeq: seq, hour: at })),
  });
}

/** A sale whose id is as old as the sale. */
async function sell(paidAt: string, sale: { amountMinor: number; currency: string; status?: "failed" }) {
  const id = await createTestOrder({ seller: artist, ...sale, paidAt: new Date(paidAt) });
  const at = Date.parse(paidAt).toString(16).padStart(12, "0");
  const dated = `${at.slice(0, 8)}-${at.slice(8)}${newId().slice(13)}`;
  await db().order.update({ where: { id }, data: { id: dated } });
  return dated;
}

it("counts views, plays and sales of all own posts by UTC day, with days that have none", async () => {
  const [first, second] = [await createTestPost(artist), await createTestPost(artist)];
  await addListeners(first, ["2026-03-01T00:00:00Z", "2026-03-01T23:00:00Z", "2026-02-28T23:00:00Z"]);
  await addListeners(second, ["2026-03-01T12:00:00Z", "2026-03-03T01:00:00Z"]);
  await sell("2026-03-01T10:00:00Z", { amountMinor: 500, currency: "RUB" });
  await sell("2026-03-01T11:00:00Z", { amountMinor: 700, currency: "RUB" });
  await sell("2026-03-01T12:00:00Z", { amountMinor: 900, currency: "EUR" });
  await sell("2026-02-28T23:59:59Z", { amountMinor: 100, currency: "RUB" });

  expect((await read()).body).toEqual({
    items: [
      {
        ...{ day: "2026-03-01", views: 3, plays: 1 },
        sales: [
          { currency: "EUR", count: 1, amountMinor: 900 },
          { currency: "RUB", count: 2, amountMinor: 1_200 },
        ],
      },
      { day: "2026-03-02", views: 0, plays: 0, sales: [] },
      { day: "2026-03-03", views: 1, plays: 1, sales: [] },
    ],
  });
  const month = (await read(artist, "")).body.items;
  expect(month).toHaveLength(30);
  expect(month[26]).toMatchObject({ day: "2026-02-28", views: 1, plays: 1, sales: [{ amountMinor: 100 }] });
});

it("leaves out what was not paid or was refunded in full, and takes off partial refunds", async () => {
  const [whole, part] = [
    await sell("2026-03-02T10:00:00Z", { amountMinor: 500, currency: "RUB" }),
    await sell("2026-03-02T10:00:00Z", { amountMinor: 700, currency: "RUB" }),
  ];
  await sell("2026-03-02T10:00:00Z", { amountMinor: 300, currency: "RUB", status: "failed" });
  await setRefunded(whole, 500);
  await setRefunded(part, 200);
  expect((await read()).body.items[1].sales).toEqual([{ currency: "RUB", count: 1, amountMinor: 500 }]);
});

it("are one's own, for all but anonymous callers", async () => {
  await addListeners(await createTestPost(artist), ["2026-03-03T01:00:00Z"]);
  await sell("2026-03-03T01:00:00Z", { amountMinor: 500, currency: "RUB" });
  for (const role of ["listener", "artist", "admin"] as const)
    for (const item of (await read(await createPerson(role))).body.items)
      expect(item).toMatchObject({ views: 0, plays: 0, sales: [] });
  expect((await call(numbers)).status).toBe(401);
  for (const days of ["0", "91", "x", "1.5"]) expect((await read(artist, `?days=${days}`)).status).toBe(400);
});

it("are two statements, however many posts there are", async () => {
  for (let n = 0; n < 3; n++) await createTestPost(artist);
  await getOwnNumbers(artist, 90);
  meter.reset();
  await getOwnNumbers(artist, 90);
  expect(meter.statements).toBe(2);
});
