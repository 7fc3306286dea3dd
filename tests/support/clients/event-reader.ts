import { GET as realtime } from "@/app/api/realtime/route";
import { until } from "./wait-until";

export interface StreamEvent {
  id: string | null;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: an event of any kind, which the test looks into
  data: any;
}

/** An open event stream, and what it has said so far. */
export class EventReader {
  readonly events: StreamEvent[] = [];
  isClosed = false;

  constructor(
    readonly response: Response,
    /** Kept, since its signal follows the caller's only as long as it is there. */
    readonly request: Request,
    readonly leave: () => void,
  ) {
    void this.read().catch(() => {
      this.isClosed = true;
    });
  }

  named(event: string): StreamEvent["data"][] {
    return this.events.filter((each) => each.event === event).map(({ data }) => data);
  }

  /** What was said on a channel: `event` and `data` of each. */
  said(channel: string): { event: string; data: unknown; at?: string }[] {
    return this.named("event").filter((event) => event.channel === channel);
  }

  async untilNamed(event: string): Promise<void> {
    await until(`the stream says ${event}`, () => this.named(event).length > 0);
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of this.response.body ?? []) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) this.take(block);
    }
    this.isClosed = true;
  }

  private take(block: string): void {
    const fields = new Map(
      block.split("\n").map((line) => {
        const [, name = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
        return [name, value];
      }),
    );
    const event = fields.get("event");
    if (event !== undefined)
      this.events.push({ id: fields.get("id") ?? null, event, data: JSON.parse(fields.get("data") ?? "{}") });
  }
}

/** Opens `GET /api/realtime` in this process. @param token  null: not signed in */
export async function openEvents(
  token: string | null,
  channels: Record<string, string | null> = {},
  headers: Record<string, string> = {},
): Promise<EventReader> {
  const gone = new AbortController();
  const query = new URLSearchParams();
  for (const [channel, after] of Object.entries(channels)) {
    query.append("channel", channel);
    query.append("after", after ?? "");
  }
  const request = new Request(`http://localhost/api/realtime?${query.toString()}`, {
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    signal: gone.signal,
  });
  const response = await realtime(request, { params: Promise.resolve({}) });
  return new EventReader(response, request, () => gone.abort());
}
