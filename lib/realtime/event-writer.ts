const encoder = new TextEncoder();

/** What a browser may leave unread before it is cut off: it comes back and reads from where it was. */
const MAX_UNREAD_BYTES = 1_000_000;

/** Writes server-sent events into a response's body. After its end it writes nothing, and complains of nothing. */
export class EventWriter {
  private ended = false;

  /** @param onOverflow  the browser reads too slowly and was cut off: what it has not read is let go */
  constructor(
    private readonly controller: ReadableStreamDefaultController<Uint8Array>,
    private readonly onOverflow: () => void,
  ) {}

  /** @param id  what the browser sends back should it come again by itself */
  writeEvent(event: string, data: object, id?: string): void {
    // JSON has no line ends, at which an event would be cut.
    this.write(`${id ? `id: ${id}\n` : ""}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** How soon the browser should come back by itself. */
  setRetry(ms: number): void {
    this.write(`retry: ${ms}\n`);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    try {
      this.controller.close();
    } catch {
      // The browser was faster.
    }
  }

  private write(text: string): void {
    if (this.ended) return;
    this.controller.enqueue(encoder.encode(text));
    if ((this.controller.desiredSize ?? 0) >= -MAX_UNREAD_BYTES) return;
    this.ended = true;
    // To close it would keep what is unread for as long as the connection hangs.
    this.controller.error(new DOMException("the browser does not read", "AbortError"));
    this.onOverflow();
  }
}
