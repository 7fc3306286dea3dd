import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openJournal } from "@/local/qstash/journal";
import { afterTest } from "./after-test";

/** An empty folder, removed after the test. */
export async function journalFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "qstash-"));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a journal whose state is a list of strings. */
export async function openJournalOfLines(dir: string, compactAfterBytes = 1_000_000) {
  const list: string[] = [];
  const journal = await openJournal(
    dir,
    {
      load: (json) => list.push(JSON.parse(json)),
      replay: (json) => list.push(JSON.parse(json)),
      dump: () => list.map((item) => JSON.stringify(item)),
    },
    compactAfterBytes,
  );
  const add = (item: string): void => {
    journal.append(JSON.stringify(item));
    list.push(item);
  };
  return { list, journal, add };
}
