import { describe, expect, it } from "vitest";
import { z } from "zod";
import { CallMeter } from "@/lib/redis/call-meter";
import { readEvents, reconnectDelayMs } from "@/lib/redis/channel";
import { decodeValue, encodeValue } from "@/lib/redis/commands/codec";

describe("a stored value", () => {
  it.each([
    ["007", z.string(), "007"],
    ["123", z.number(), 123],
    ["123", z.string(), "123"],
    ["9007199254740993", z.string(), "9007199254740993"],
    ["true", z.boolean(), true],
    ["true", z.string(), "true"],
    ["b", z.enum(["a", "b"]), "b"],
    ['{"a":"1"}', z.object({ a: z.string() }), { a: "1" }],
    ["2026-01-02T03:04:05.000Z", z.coerce.date(), new Date("2026-01-02T03:04:05.000Z")],
  ])("%s is decoded by the schema", (text, schema, value) => {
    expect(decodeValue<unknown>(text, schema)).toEqual({ success: true, data: value });
  });

  it.each([
    ["9007199254740993", z.number()],
    ["abc", z.number()],
    ["null", z.object({})],
    ["{", z.object({})],
    ["c", z.enum(["a", "b"])],
  ])("%s does not match", (text, schema) => {
    expect(decodeValue<unknown>(text, schema).success).toBe(false);
  });

  it("is encoded as text or JSON", () => {
    expect(["a", 1, 10n, true, { a: 1 }, [1], new Date(0)].map(encodeValue)).toEqual([
      "a",
      "1",
      "10",
      "true",
      '{"a":1}',
      "[1]",
      '"1970-01-01T00:00:00.000Z"',
    ]);
  });
});

it("reconnection delays grow by 50 ms up to 2 s", () => {
  expect([1, 2, 3, 39, 40, 41, 1_000_000].map(reconnectDelayMs)).toEqual([
    50, 100, 150, 1_950, 2_000, 2_000, 2_000,
  ]);
});

describe("an event stream", () => {
  async function events(...chunks: (string | Uint8Array)[]): Promise<string[]> {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const chunk of chunks) {
          controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
        }
        controller.close();
      },
    });
    const all: string[] = [];
    for await (const event of readEvents(body)) all.push(event);
    return all;
  }

  it("is split at empty lines, wherever the network splits it", async () => {
    expect(await events("data: a\n\nda", "ta: b", "\n", "\ndata:c\n\n")).toEqual(["a", "b", "c"]);
    expect(await events("data: a\r\n\r\n", ": comment\n\nevent: x\ndata: b\n\n")).toEqual(["a", "b"]);
    expect(await events("data: one\ndata: two\n\n")).toEqual(["one\ntwo"]);
    const bytes = new TextEncoder().encode("data: жук\n\n");
    expect(await events(bytes.slice(0, 7), bytes.slice(7))).toEqual(["жук"]);
    expect(await events("data: half")).toEqual([]);
  });

  it("is bounded when a line never ends", async () => {
    const mebibyte = "a".repeat(1024 * 1024);
    await expect(events("data: ", ...Array<string>(11).fill(mebibyte))).rejects.toThrow(/too large/);
    await expect(events(...Array<string>(11).fill(`data: ${mebibyte}\n`))).rejects.toThrow(/too large/);
  });
});

it("metrics use bounded memory for any commands", () => {
  const meter = new CallMeter();
  for (let call = 0; call < 1_000; call += 1) {
    meter.record({ commands: [[`name${call}`]], durationMs: call * 2, outcome: "answered" });
  }
  const snapshot = meter.snapshot();
  expect(Object.keys(snapshot).length).toBeLessThanOrEqual(201);
  expect(Object.values(snapshot).reduce((sum, { answered }) => sum + answered, 0)).toBe(1_000);
  expect(snapshot.name1?.latency).toMatchObject({
    count: 1,
    sumMs: 2,
    maxMs: 2,
    buckets: expect.arrayContaining([1]),
  });
  expect(snapshot.other?.latency?.buckets.at(-1)).toBeGreaterThan(0);

  const copy = snapshot.name1;
  if (copy) copy.answered = 99;
  expect(meter.snapshot().name1?.answered).toBe(1);
});
