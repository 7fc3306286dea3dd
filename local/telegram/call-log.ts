/** A call of the Bot API, for counting and for the page. */
export interface LoggedCall {
  seq: number;
  /** Unix ms. */
  at: number;
  method: string;
  chat: number | null;
  /** As sent, with long values cut. */
  params: Record<string, string>;
  /** The answer's HTTP status; 0 when a fault closed the connection or left it open. */
  status: number;
  description: string | null;
  /** Of the message that it sent or changed. */
  messageId: number | null;
  latencyMs: number;
  /** Whether it was the answer of a webhook. */
  viaWebhook: boolean;
}

const MAX_VALUE_LENGTH = 2_000;

/** The newest calls of each bot and the number of all, in memory. */
export class CallLog {
  private readonly calls = new Map<number, LoggedCall[]>();
  private readonly counts = new Map<number, Record<string, number>>();
  private seq = 0;
  /** Of all bots since the start. */
  total = 0;

  constructor(private readonly maxEntries: number) {}

  add(botId: number, call: Omit<LoggedCall, "seq">): void {
    this.total++;
    const calls = this.calls.get(botId) ?? [];
    calls.push({ ...call, params: shorten(call.params), seq: ++this.seq });
    if (calls.length > this.maxEntries * 2) calls.splice(0, calls.length - this.maxEntries);
    this.calls.set(botId, calls);
    const counts = this.counts.get(botId) ?? {};
    counts[call.method] = (counts[call.method] ?? 0) + 1;
    this.counts.set(botId, counts);
  }

  /** Oldest first. */
  list(botId: number): readonly LoggedCall[] {
    return this.calls.get(botId) ?? [];
  }

  countsOf(botId: number): Readonly<Record<string, number>> {
    return this.counts.get(botId) ?? {};
  }

  clear(botId: number): void {
    this.calls.delete(botId);
    this.counts.delete(botId);
  }
}

const shorten = (params: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      value.length > MAX_VALUE_LENGTH ? `${value.slice(0, MAX_VALUE_LENGTH)}…` : value,
    ]),
  );
