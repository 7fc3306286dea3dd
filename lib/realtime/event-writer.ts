const encoder = new TextEncoder();

/** Unread bytes after which a slow browser is disconnected; it reconnects and resumes. */
const MAX_UNREAD_BYTES = 1_000_000;

/** Writes server-sent events into a response body. After the end it ignores all writes. */
export class EventWriter {
  private ended = false;

  /** @param onOverflow  called when a slow browser was disconnected; its unread bytes are dropped */
  constructor(
    private readonly controller: ReadableStreamDefaultController<Uint8Array>,
    private readonly onOverflow: () => void,
  ) {}

  /** @param id  sent back by the browser as `Last-Event-ID` when it reconnects */
  writeEvent(event: string, data: object, id?: string): void {
    // JSON.stringify writes no line breaks, which would end the event.
    this.write(`${id ? `id: ${id}\n` : ""}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Sets the browser's delay before it reconnects. */
  setRetry(ms: number): void {
    this.write(`retry: ${ms}\n`);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    try {
      this.controller.close();
    } catch {
      // The browser has closed it already.
    }
  }

  private write(text: string): void {
    if (this.ended) return;
    this.controller.enqueue(encoder.encode(text));
    if ((this.controller.desiredSize ?? 0) >= -MAX_UNREAD_BYTES) return;
    this.ended = true;
    // `close` would keep the unread bytes in memory for as long as the connection hangs.
    this.controller.error(new DOMException("the browser does not read", "AbortError"));
    this.onOverflow();
  }
}
