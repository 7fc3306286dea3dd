import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startQstash } from "@/local/qstash";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runs } from "@/tests/support/fuzz/runs";
import { afterTest } from "@/tests/support/servers/after-test";
import { clientOf, start, TOKEN } from "@/tests/support/servers/qstash";
import { journalFolder, openJournalOfLines } from "@/tests/support/servers/qstash-journal";

describe("the journal", () => {
  it("returns everything appended, after restarts and compactions, in any order of writes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ maxLength: 200 }), { maxLength: 40 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 3000 }),
        async (runs, compactAfterBytes) => {
          const dir = await journalFolder();
          for (const [index, items] of runs.entries()) {
            const { list, journal, add } = await openJournalOfLines(dir, compactAfterBytes);
            expect(list).toEqual(runs.slice(0, index).flat());
            for (const [at, item] of items.entries()) {
              add(item);
              if (at % 7 === 0) await journal.durable();
            }
            await journal.durable();
            await journal.close();
          }
          const { list, journal } = await openJournalOfLines(dir);
          expect(list).toEqual(runs.flat());
          await journal.close();
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it("compacts, so that the folder does not grow with finished messages", async () => {
    const dir = await journalFolder();
    const qstash = await startQstash({
      dataDir: dir,
      token: TOKEN,
      limits: { compactAfterBytes: 10_000, maxLogEntries: 20 },
    });
    afterTest(() => qstash.close());
    const client = clientOf(qstash);
    const { receiver } = await start();
    for (let round = 0; round < 30; round++) {
      await client.batch(Array.from({ length: 50 }, () => ({ url: receiver.url, body: "x".repeat(100) })));
    }
    await waitUntil("everything to end", () => qstash.stats().pending === 0);
    await qstash.close();
    const names = (await readdir(dir)).sort();
    expect(names.map((name) => name.replace(/\d+/, "N"))).toEqual(["journal-N", "snapshot-N"]);
    const bytes = (await Promise.all(names.map((name) => readFile(path.join(dir, name))))).map(
      ({ length }) => length,
    );
    expect(Math.max(...bytes)).toBeLessThan(250_000);
  });
});
