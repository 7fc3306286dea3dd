import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { v7 } from "uuid";
import { type MailSummary, mailSummarySchema, type SmtpEnvelope, summarize } from "./mail";

/** The newest so many are kept, unless said otherwise. */
const DEFAULT_LIMIT = 1_000;
const SUFFIX = ".mail";

/**
 * The mails that came in, newest first. In a folder each is a file of its own: one line of JSON (its summary),
 * then the mail as it came. A file is written under another name first, so a crash leaves a whole mail or none.
 */
export class MailStore {
  /** By arrival. */
  readonly #summaries = new Map<string, MailSummary>();
  /** Without a folder. */
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

  /** Keeps a mail; resolves once it is safe. */
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

  /** Newest first. */
  list(): MailSummary[] {
    return [...this.#summaries.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  get(id: string): MailSummary | undefined {
    return this.#summaries.get(id);
  }

  /** The mail as it came; null when it is not there (any more). */
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

  /** Calls back after every change. @returns what ends that */
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

  /** A file that cannot be read back is left where it is, and out of the list. */
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
