import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { v7 } from "uuid";
import { type MailSummary, mailSummarySchema, type SmtpEnvelope, summarize } from "./mail";

/** Default for the number of mails that are kept. */
const DEFAULT_LIMIT = 1_000;
const SUFFIX = ".mail";

/**
 * The received mails. In a folder each is one file: a line of JSON (its summary), then the raw mail. A file is
 * written under another name first, so a crash leaves a complete mail or none.
 */
export class MailStore {
  /** By id. */
  readonly #summaries = new Map<string, MailSummary>();
  /** By id; used without a folder. */
  readonly #raw = new Map<string, Buffer>();
  readonly #listeners = new Set<() => void>();

  private constructor(
    private readonly folder: string | null,
    private readonly limit: number,
  ) {}

  static async open(folder: string | null, limit = DEFAULT_LIMIT): Promise<MailStore> {
    const store = new MailStore(folder, limit);
    if (folder === null) return store;
    await mkdir(folder, { recursive: true });
    for (const name of (await readdir(folder)).sort()) {
      if (name.endsWith(".tmp")) await rm(path.join(folder, name), { force: true });
      if (name.endsWith(SUFFIX)) await store.#load(path.join(folder, name));
    }
    await store.#prune();
    return store;
  }

  /** Stores a mail; resolves once it is on disk. */
  async add(raw: Buffer, envelope: SmtpEnvelope): Promise<MailSummary> {
    const id = v7();
    const summary = await summarize(id, new Date().toISOString(), raw, envelope);
    if (this.folder === null) this.#raw.set(id, raw);
    else await writeMailFile(this.#fileOf(this.folder, id), summary, raw);
    this.#summaries.set(id, summary);
    await this.#prune();
    this.#notify();
    return summary;
  }

  /** All summaries, newest first. */
  list(): MailSummary[] {
    return [...this.#summaries.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  get(id: string): MailSummary | undefined {
    return this.#summaries.get(id);
  }

  /** The raw mail; null when it does not exist. */
  async read(id: string): Promise<Buffer | null> {
    if (!this.#summaries.has(id)) return null;
    if (this.folder === null) return this.#raw.get(id) ?? null;
    try {
      const bytes = await readFile(this.#fileOf(this.folder, id));
      return bytes.subarray(bytes.indexOf("\n") + 1);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (!this.#summaries.delete(id)) continue;
      this.#raw.delete(id);
      if (this.folder !== null) await rm(this.#fileOf(this.folder, id), { force: true });
    }
    this.#notify();
  }

  /** Calls `listener` after every change. @returns a function that unsubscribes it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #fileOf(folder: string, id: string): string {
    return path.join(folder, `${id}${SUFFIX}`);
  }

  async #prune(): Promise<void> {
    const surplus = this.list().slice(this.limit);
    if (surplus.length > 0) await this.remove(surplus.map(({ id }) => id));
  }

  /** A damaged file is skipped and not deleted. */
  async #load(file: string): Promise<void> {
    const bytes = await readFile(file);
    try {
      const summary = mailSummarySchema.parse(JSON.parse(bytes.subarray(0, bytes.indexOf("\n")).toString()));
      this.#summaries.set(summary.id, summary);
    } catch {
      return;
    }
  }
}

async function writeMailFile(file: string, summary: MailSummary, raw: Buffer): Promise<void> {
  const handle = await open(`${file}.tmp`, "w", 0o600);
  try {
    await handle.writeFile(Buffer.concat([Buffer.from(`${JSON.stringify(summary)}\n`), raw]));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.tmp`, file);
}
