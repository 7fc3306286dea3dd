import { setTimeout as delay } from "node:timers/promises";
import { newClientAddress } from "@/tests/support/clients/browser-accounts";
import { openRawStream, type RawStream } from "@/tests/support/clients/raw-stream";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { applyEnvironment } from "./library";
import type { Stage } from "./stage";

interface IdleClientOptions {
  count: number;
  /** Addresses of the instances, which get the clients in turn. */
  urls: readonly string[];
  /** Whether each heartbeat is answered. */
  answersHeartbeats: boolean;
  polls: readonly { path: string; intervalMs: number }[];
}

const RETRY_MS = 1_000;
const OPEN_LIMIT_MS = 120_000;
/** Longer than a measurement: nothing is renewed in it. */
const TOKEN_SECONDS = 3_600;

/** Signed-in people with a stream each, who do nothing. Resolves when all streams are open. */
export async function startIdleClients(stage: Stage, options: IdleClientOptions): Promise<{ stop(): void }> {
  applyEnvironment(stage);
  const { createPeople } = await import("@/tests/support/factories/people");
  const { createSessionToken } = await import("@/tests/support/factories/sessions");
  const people = await createPeople(options.count);
  const clients: IdleClient[] = [];
  for (const [index, person] of people.entries()) {
    const token = await createSessionToken(person, TOKEN_SECONDS);
    const url = options.urls[index % options.urls.length] ?? stage.url;
    clients.push(new IdleClient(url, person.userId, token, options));
    // Streams of one moment would reopen together.
    await delay(20);
  }
  await waitUntil("all streams are open", () => clients.every((client) => client.isOpen), OPEN_LIMIT_MS);
  return {
    stop: () => {
      for (const client of clients) client.stop();
    },
  };
}

class IdleClient {
  private stream: RawStream | undefined;
  /** Signed, for the answers to heartbeats; empty until the stream has opened. */
  private answerToken = "";
  private cursors = new Map<string, string>();
  private isStopped = false;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly headers: Record<string, string>;

  constructor(
    private readonly url: string,
    private readonly userId: string,
    private readonly token: string,
    private readonly options: IdleClientOptions,
  ) {
    this.headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "x-forwarded-for": newClientAddress(),
    };
    for (const { path, intervalMs } of options.polls)
      this.timers.push(setInterval(() => void this.call(path), intervalMs));
    void this.open();
  }

  get isOpen(): boolean {
    return this.answerToken !== "";
  }

  stop(): void {
    this.isStopped = true;
    for (const timer of this.timers) clearInterval(timer);
    this.stream?.close();
  }

  private async open(): Promise<void> {
    if (this.isStopped) return;
    const query = new URLSearchParams({ state: "online" });
    if (this.answerToken !== "") query.set("reported", "online");
    for (const channel of [`user:${this.userId}`, "presence", "views"]) {
      query.append("channel", channel);
      query.append("after", this.cursors.get(channel) ?? "");
    }
    try {
      this.stream = await openRawStream(`${this.url}/api/realtime?${query}`, this.token, (block) =>
        this.onBlock(block),
      );
    } catch {
      // Refused by a busy instance: a browser asks again too.
      await delay(RETRY_MS);
      await this.open();
    }
  }

  private onBlock(block: string): void {
    const data = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "{}") as {
      answerToken?: string;
      channel?: string;
      at?: string;
    };
    this.answerToken = data.answerToken ?? this.answerToken;
    if (data.channel && data.at) this.cursors.set(data.channel, data.at);
    if (block.includes("event: heartbeat") && this.options.answersHeartbeats)
      void this.call("/api/realtime", JSON.stringify({ answerToken: this.answerToken }));
    if (block.includes("event: reconnect")) {
      this.stream?.close();
      void this.open();
    }
  }

  private async call(path: string, body?: string): Promise<void> {
    const response = await fetch(`${this.url}${path}`, {
      headers: this.headers,
      ...(body === undefined ? {} : { method: "POST", body }),
    }).catch(() => null);
    await response?.text().catch(() => {});
  }
}
