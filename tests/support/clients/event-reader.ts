import { GET as realtime } from "@/app/api/realtime/route";
import { waitUntil } from "./wait-until";

export interface ReceivedEvent {
  id: string | null;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: an event of any kind, which the test inspects
  data: any;
}

/** An open event stream and the events received so far. */
export class EventReader {
  readonly events: ReceivedEvent[] = [];
  isClosed = false;

  constructor(
    readonly response: Response,
    /** Referenced here because its signal follows the caller's only until it is garbage-collected. */
    readonly request: Request,
    readonly close: () => void,
  ) {
    void this.read().catch(() => {
      this.isClosed = true;
    });
  }

  eventsNamed(event: string): ReceivedEvent["data"][] {
    return this.events.filter((each) => each.event === event).map(({ data }) => data);
  }

  /** The events published on a channel, with `event` and `data` of each. */
  channelEvents(channel: string): { event: string; data: unknown; at?: string }[] {
    return this.eventsNamed("event").filter((event) => event.channel === channel);
  }

  async waitForEvent(event: string): Promise<void> {
    await waitUntil(`the stream sends ${event}`, () => this.eventsNamed(event).length > 0);
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let buffer = "";
    for await (const chunk of this.response.body ?? []) {
      buffer += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = buffer.split("\n\n");
      buffer = blocks.pop() ?? "";
      for (const block of blocks) this.parseBlock(block);
    }
    this.isClosed = true;
  }

  private parseBlock(block: string): void {
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

/** Opens `GET /api/realtime` in this process. @param token  null for an anonymous viewer */
export async function openEventStream(
  token: string | null,
  channels: Record<string, string | null> = {},
  headers: Record<string, string> = {},
  params: Record<string, string> = {},
): Promise<EventReader> {
  const controller = new AbortController();
  const query = new URLSearchParams(params);
  for (const [channel, after] of Object.entries(channels)) {
    query.append("channel", channel);
    query.append("after", after ?? "");
  }
  const request = new Request(`http://localhost/api/realtime?${query.toString()}`, {
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    signal: controller.signal,
  });
  const response = await realtime(request, { params: Promise.resolve({}) });
  return new EventReader(response, request, () => controller.abort());
}
