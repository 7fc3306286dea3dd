import { spawn } from "node:child_process";
import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyRecord } from "@/local/qstash/apply-record";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runs } from "@/tests/support/fuzz/runs";
import { afterTest } from "@/tests/support/servers/after-test";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { clientOf, start, TOKEN } from "@/tests/support/servers/qstash";
import { journalFolder, openJournalOfLines } from "@/tests/support/servers/qstash-journal";
import { PortTakenError } from "../../../local/http/server";
import { FolderInUseError } from "../../../local/process/folder-lock";
import { startQstash } from "../../../local/qstash";
import { JournalCorruptError } from "../../../local/qstash/journal";
import { decodeLines, encodeLine } from "../../../local/qstash/journal-lines";
import { defaultLimits } from "../../../local/qstash/options";
import type { JournalRecord } from "../../../local/qstash/records";
import { State } from "../../../local/qstash/state";

describe("the journal", () => {
  it("drops only a last line that was truncated, at any byte", async () => {
    const dir = await journalFolder();
    const { journal, add } = await openJournalOfLines(dir);
    for (const item of ["one", "two", "drei и четыре"]) add(item);
    await journal.durable();
    const [name = ""] = (await readdir(dir)).filter((file) => file.startsWith("journal-"));
    const whole = await readFile(path.join(dir, name));
    await journal.close();
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let length = lastLine; length < whole.length; length++) {
      const truncated = await journalFolder();
      await writeFile(path.join(truncated, "journal-1"), whole.subarray(0, length));
      const reopened = await openJournalOfLines(truncated);
      expect(reopened.list).toEqual(["one", "two"]);
      reopened.add("three");
      await reopened.journal.close();
      const again = await openJournalOfLines(truncated);
      expect(again.list).toEqual(["one", "two", "three"]);
      await again.journal.close();
    }
  });

  it("reads the older files after a crash between a new journal and its snapshot", async () => {
    const dir = await journalFolder();
    const line = (item: string): string => encodeLine(JSON.stringify(item));
    await writeFile(path.join(dir, "snapshot-3"), line("a") + encodeLine('{"kind":"end"}'));
    await writeFile(path.join(dir, "journal-2"), line("older than the snapshot"));
    await writeFile(path.join(dir, "journal-3"), line("b"));
    await writeFile(path.join(dir, "journal-4"), line("c"));
    await writeFile(path.join(dir, "snapshot-4.tmp"), "half a snapsh");
    const { list, journal } = await openJournalOfLines(dir);
    expect(list).toEqual(["a", "b", "c"]);
    await journal.close();
    expect((await readdir(dir)).sort()).toEqual(["journal-5", "snapshot-5"]);
  });

  it("throws on damage that no crash causes, and does not change the folder", async () => {
    const dir = await journalFolder();
    await writeFile(path.join(dir, "snapshot-1"), encodeLine('"a"'));
    await expect(openJournalOfLines(dir)).rejects.toThrow(JournalCorruptError);
    expect(await readdir(dir)).toEqual(["snapshot-1"]);
    const other = await journalFolder();
    await writeFile(path.join(other, "journal-1"), `${encodeLine('"a"')}cut o`);
    await writeFile(path.join(other, "journal-2"), encodeLine('"b"'));
    await expect(openJournalOfLines(other)).rejects.toThrow(JournalCorruptError);
  });

  it("locks its folder, and takes over the lock of a killed process", async () => {
    const dir = await journalFolder();
    const { journal } = await openJournalOfLines(dir);
    await expect(openJournalOfLines(dir)).rejects.toThrow(FolderInUseError);
    await journal.close();
    // The lock of a process that no longer exists, and one whose pid belongs to another process now.
    for (const owner of [
      { pid: 2 ** 22 + 1, started: "1" },
      { pid: process.ppid, started: "1" },
    ]) {
      await writeFile(path.join(dir, "lock"), JSON.stringify(owner));
      const { journal: taken } = await openJournalOfLines(dir);
      await taken.close();
    }
    // A killed process that stays a zombie, as in a container without an init process.
    const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    afterTest(async () => parent.kill("SIGKILL"));
    const pid = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));
    const stat = async (): Promise<string> => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "gone");
    if (process.platform === "linux") {
      // The shell would reap it; the program it execs does not.
      await waitUntil(
        "the shell to exec another program",
        async () => (await readFile(`/proc/${parent.pid}/comm`, "utf8")) === "sleep\n",
      );
      process.kill(pid, "SIGKILL");
      await waitUntil("the process to be a zombie", async () => /\) Z /.test(await stat()));
      const started = (await stat()).split(") ")[1]?.split(" ")[19];
      await writeFile(path.join(dir, "lock"), JSON.stringify({ pid, started }));
      const { journal: taken } = await openJournalOfLines(dir);
      await taken.close();
    }
    await appendFile(path.join(dir, "lock"), "{half");
    const { journal: last } = await openJournalOfLines(dir);
    await last.close();
  });

  it("is unlocked when the server cannot start", async () => {
    const dir = await journalFolder();
    const { qstash } = await start();
    const options = { dataDir: dir, token: TOKEN };
    await expect(startQstash({ ...options, port: qstash.port })).rejects.toThrow(PortTakenError);
    const running = await startQstash(options);
    await running.close();
    expect((await readdir(dir)).filter((name) => name.startsWith("lock"))).toEqual([]);
  });

  it("stops reading at a line with a wrong checksum", () => {
    const lines: string[] = [];
    const bytes = Buffer.from(`${encodeLine('{"a":1}')}00000000 {"b":2}\n${encodeLine('{"c":3}')}`);
    expect(decodeLines(bytes, (json) => lines.push(json))).toEqual({ whole: false });
    expect(lines).toEqual(['{"a":1}']);
  });
});

/** Any record; ids and names are few, so that records affect each other. */
const anyRecord: fc.Arbitrary<JournalRecord> = (() => {
  const at = fc.integer({ min: 1_700_000_000_000, max: 1_700_000_900_000 });
  const id = fc.constantFrom("m1", "m2", "m3", "m4", "m5", "m6");
  const name = fc.constantFrom("a", "b");
  const attempt = fc.record({
    status: fc.constantFrom(0, 200, 500),
    latencyMs: fc.nat(99),
    body: fc.constant("eA=="),
  });
  const flow = fc.option(
    fc.record({
      key: name,
      parallelism: fc.integer({ min: 1, max: 3 }),
      rate: fc.integer({ min: 1, max: 3 }),
      period: fc.constant(1),
    }),
    { nil: undefined },
  );
  const message = fc.record({
    id,
    kind: fc.constant("message" as const),
    url: fc.constant("http://x/"),
    method: fc.constant("POST"),
    headers: fc.constant({ "X-A": ["1"] }),
    body: fc.base64String({ maxLength: 12 }),
    createdAt: at,
    notBefore: at,
    maxRetries: fc.nat(3),
    labels: fc.constant([]),
    queueName: fc.option(name, { nil: undefined }),
    scheduleId: fc.option(name, { nil: undefined }),
    flow,
  });
  const schedule = fc.record({
    id: name,
    cron: fc.constant("* * * * *"),
    destination: fc.constant("http://x/"),
    body: fc.constant(""),
    method: fc.constant("POST"),
    headers: fc.constant({}),
    labels: fc.constant([]),
  });
  const letter = fc.record({
    dlqId: fc.constantFrom("1-0", "1-1", "1-2"),
    retried: fc.nat(3),
    failedAt: at,
    status: fc.constant(500),
    headers: fc.constant({}),
    body: fc.constant(""),
  });
  const of = <T extends object>(
    t: JournalRecord["t"],
    fields: fc.Arbitrary<T>,
  ): fc.Arbitrary<JournalRecord> =>
    fc.tuple(at, fields).map(([time, rest]) => ({ t, at: time, ...rest }) as unknown as JournalRecord);
  return fc.oneof(
    { weight: 4, arbitrary: of("created", fc.record({ message })) },
    { weight: 3, arbitrary: of("started", fc.record({ id })) },
    { weight: 2, arbitrary: of("retry", fc.record({ id, dueAt: at, attempt })) },
    { weight: 2, arbitrary: of("delivered", fc.record({ id, attempt })) },
    { weight: 2, arbitrary: of("died", fc.record({ id, attempt, letter })) },
    of("cancelRequested", fc.record({ id })),
    of("canceled", fc.record({ id })),
    of("lettersRemoved", fc.record({ ids: fc.array(fc.constantFrom("1-0", "1-1"), { maxLength: 2 }) })),
    of(
      "deduplicates",
      fc.record({ id, entry: fc.record({ until: at, results: fc.constant([]), list: fc.boolean() }) }),
    ),
    of("queueSet", fc.record({ name, parallelism: fc.integer({ min: 1, max: 3 }), paused: fc.boolean() })),
    of("queueRemoved", fc.record({ name })),
    of("groupSet", fc.record({ name, endpoints: fc.constant([{ url: "http://x/" }]) })),
    of("groupRemoved", fc.record({ name })),
    of("scheduleSet", fc.record({ schedule, nextAt: at })),
    of("schedulePaused", fc.record({ id: name, paused: fc.boolean(), nextAt: at })),
    of(
      "scheduleFired",
      fc.record({ id: name, tick: at, nextAt: at, messageIds: fc.array(id, { maxLength: 2 }) }),
    ),
    of("scheduleRemoved", fc.record({ id: name })),
    of("flowPaused", fc.record({ key: name, paused: fc.boolean() })),
    of("flowPinned", fc.record({ key: name, rate: fc.integer({ min: 1, max: 3 }) })),
    of("flowUnpinned", fc.record({ key: name, parallelism: fc.boolean(), rate: fc.boolean() })),
    of("flowRateReset", fc.record({ key: name })),
    of("pruned", fc.constant({})),
  );
})();

/** Any sequence of records in which each message id is created once. */
const anyHistory = fc.array(anyRecord, { maxLength: 80 }).map((records) => {
  const created = new Set<string>();
  return records.filter((record) => {
    if (record.t !== "created") return true;
    const isNew = !created.has(record.message.id);
    created.add(record.message.id);
    return isNew;
  });
});

/** The state as a comparable value, without `dump`, which is under test. Map order is ignored. */
function contentOf(state: State): Record<string, unknown> {
  const { log, limits: _limits, ...rest } = state;
  const plain = (value: unknown): unknown =>
    value instanceof Map
      ? [...value]
          .map(([key, inner]) => [String(key), plain(inner)])
          .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
      : value instanceof Set
        ? [...value].sort()
        : value;
  return Object.fromEntries([
    ...Object.entries(rest).map(([name, value]) => [name, plain(value)]),
    ["entries", [...log.oldestFirst()]],
    ["nextLogSeq", log.nextSeq],
    ["remembered", plain(log.messages)],
    ["newest", [...log.newestFirst()].map(({ entry }) => entry.seq)],
  ]);
}

describe("the state", () => {
  const limits = { ...defaultLimits, maxLogEntries: 12, maxDeadLetters: 2, logRetentionMs: 300_000 };

  it("is equal after a replay of the journal, of a snapshot, and of a snapshot with the rest of the journal", () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(80), (records, cut) => {
        const live = new State(limits);
        let snapshot: string[] = [];
        records.forEach((record, index) => {
          if (index === cut) snapshot = [...live.dump()];
          applyRecord(live, record);
        });
        // Through JSON, as on disk: detects values shared in memory or lost in JSON.
        const onDisk: JournalRecord[] = JSON.parse(JSON.stringify(records));

        const replayed = new State(limits);
        for (const record of onDisk) applyRecord(replayed, record);
        expect(contentOf(replayed)).toEqual(contentOf(live));

        const loaded = new State(limits);
        const load = loaded.loader();
        for (const line of live.dump()) load(line);
        expect(contentOf(loaded)).toEqual(contentOf(live));

        if (cut >= records.length) return;
        const resumed = new State(limits);
        const loadPart = resumed.loader();
        for (const line of snapshot) loadPart(line);
        for (const record of JSON.parse(JSON.stringify(records.slice(cut)))) applyRecord(resumed, record);
        expect(contentOf(resumed)).toEqual(contentOf(live));
      }),
      { numRuns: runs(300) },
    );
  });
});

describe("a restart", () => {
  it("keeps messages, queue order, dead letters, schedules, groups, keys, flow control, deduplication, log", async () => {
    const dir = await journalFolder();
    const clock = new ManualClock();
    const options = { dataDir: dir, clock, signingKeys: { current: "sig_1", next: "sig_2" } };
    const { qstash, client, receiver } = await start(options);
    receiver.onRequest = ({ path }) => ({ status: path === "/bad" ? 500 : 200 });
    await client.publish({ url: `${receiver.url}/bad`, retries: 0 });
    await waitUntil("the dead letter", () => qstash.stats().deadLetters === 1);
    await client.queue({ queueName: "q" }).upsert({ parallelism: 1, paused: true });
    for (const body of ["1", "2", "3"])
      await client.queue({ queueName: "q" }).enqueue({ url: receiver.url, body });
    const duplicate = { url: `${receiver.url}/once`, deduplicationId: "once", delay: 60 };
    const first = await client.publish(duplicate);
    await client.urlGroups.addEndpoints({ name: "g", endpoints: [{ url: receiver.url }] });
    await client.schedules.create({ scheduleId: "s", destination: receiver.url, cron: "0 0 1 1 *" });
    await client.flowControl.pause("k");
    await fetch(`${qstash.url}/v2/keys/rotate`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const keys = { ...qstash.keys };
    const logBefore = (await client.logs()).logs;
    await qstash.close();

    // The first start reads the journal, the second the snapshot that the first one wrote.
    const once = await startQstash({ token: TOKEN, ...options });
    await once.close();
    const again = await startQstash({ token: TOKEN, ...options });
    afterTest(() => again.close());
    const after = clientOf(again);
    expect(again.keys).toEqual(keys);
    expect(keys.current).toBe("sig_2");
    expect((await after.logs()).logs).toEqual(logBefore);
    expect((await after.dlq.listMessages()).messages).toHaveLength(1);
    expect(await after.publish(duplicate)).toEqual({ ...first, deduplicated: true });
    expect(await after.urlGroups.list()).toHaveLength(1);
    expect(await after.schedules.list()).toHaveLength(1);
    expect((await after.flowControl.get("k")).isPaused).toBe(true);
    expect(await after.queue({ queueName: "q" }).get()).toMatchObject({ paused: true, lag: 3 });
    receiver.received.length = 0;
    await after.queue({ queueName: "q" }).resume();
    await waitUntil("the queue to empty", () => again.stats().pending === 1);
    expect(receiver.texts).toEqual(["1", "2", "3"]);
  });

  it("repeats deliveries in flight, and a message that waits for a retry keeps its queue slot", async () => {
    const dir = await journalFolder();
    const clock = new ManualClock();
    const { qstash, client, receiver } = await start({ dataDir: dir, clock });
    receiver.onRequest = () => ({ after: new Promise(() => {}) });
    await client.publish({ url: `${receiver.url}/hanging` });
    await receiver.waitFor(1);
    receiver.onRequest = () => ({ status: 500 });
    for (const path of ["/first", "/second"])
      await client.queue({ queueName: "q" }).enqueue({ url: receiver.url + path });
    await receiver.waitFor(2);
    await waitUntil("the failure to be recorded", () => qstash.stats().retried === 1);
    await qstash.close();

    receiver.received.length = 0;
    receiver.onRequest = () => undefined;
    const again = await startQstash({ token: TOKEN, dataDir: dir, clock });
    afterTest(() => again.close());
    await receiver.waitFor(1);
    await waitUntil("the hanging message to be delivered", () => again.stats().pending === 2);
    expect(receiver.received.map(({ path }) => path)).toEqual(["/hanging"]);
    clock.advance(13_000);
    await receiver.waitFor(3);
    expect(receiver.received.map(({ path }) => path)).toEqual(["/hanging", "/first", "/second"]);
  });

  it("delivers messages that became due while it was down, in order", async () => {
    const dir = await journalFolder();
    const clock = new ManualClock();
    const { qstash, client, receiver } = await start({ dataDir: dir, clock });
    for (const delay of [10, 5, 20]) {
      await client.queue({ queueName: "q" }).enqueue({ url: receiver.url, body: String(delay), delay });
    }
    await qstash.close();
    clock.advance(60_000);
    const again = await startQstash({ token: TOKEN, dataDir: dir, clock });
    afterTest(() => again.close());
    await receiver.waitFor(3);
    expect(receiver.texts).toEqual(["5", "10", "20"]);
  });

  it("fires one late run for all missed ticks, and no tick twice", async () => {
    const dir = await journalFolder();
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 0, 0, 30));
    const { qstash, client, receiver } = await start({ dataDir: dir, clock });
    await client.schedules.create({ scheduleId: "s", destination: receiver.url, cron: "* * * * *" });
    clock.advance(30_000);
    await waitUntil("the first tick", () => qstash.stats().delivered === 1);
    await qstash.close();
    const restart = async () => {
      const running = await startQstash({ token: TOKEN, dataDir: dir, clock });
      afterTest(() => running.close());
      return running;
    };
    const soon = await restart();
    expect(soon.stats().published).toBe(1);
    await soon.close();
    clock.advance(3 * 86_400_000 + 10_000);
    const late = await restart();
    clock.advance(0);
    await waitUntil("the late run", () => late.stats().delivered === 2);
    expect(late.stats().published).toBe(2);
    expect((await clientOf(late).schedules.get("s")).nextScheduleTime).toBe(Date.UTC(2026, 0, 4, 0, 2));
  });
});
