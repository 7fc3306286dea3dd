/** Messages that may arrive while a number is awaited. */
const MAX_AHEAD = 100_000;

/**
 * Where this instance is in the sequence of published messages. While it has received each number, no message of any
 * channel was lost, and one number from Redis says so for all channels.
 */
export class UpstreamPosition {
  private last: number | null = null;
  /** The number at which the logs were read: a message up to it may still arrive, and changes nothing. */
  private readAt = 0;
  /** Numbers received since {@link begin}. */
  private pending: number[] | null = null;

  /** Every message up to the last one was received. */
  get isContinuous(): boolean {
    return this.last !== null;
  }

  /** Whether the last message received has this number. */
  isAt(sequence: number): boolean {
    return this.last === sequence;
  }

  /** Whether every message up to this number was received; not for one that is far ahead, of a sequence that began again. */
  isPast(sequence: number): boolean {
    return this.last !== null && this.last >= sequence && this.last - sequence < MAX_AHEAD;
  }

  /** A message was received. @param sequence  undefined for one of an older build, which has none */
  receive(sequence: number | undefined): void {
    if (this.pending) this.pending.push(sequence ?? Number.NaN);
    else if (this.last !== null && !this.isRead(sequence))
      this.last = sequence === this.last + 1 ? sequence : null;
  }

  /** Messages may have been lost: until {@link settle} the position is unknown. */
  begin(): void {
    this.last = null;
    this.pending = [];
  }

  /** All logs were read after the sequence had this number. */
  settle(sequence: number | null): void {
    const received = this.pending ?? [];
    this.pending = null;
    this.last = sequence;
    this.readAt = sequence ?? 0;
    for (const each of received) this.receive(each);
  }

  /** Not for a number that is far behind, of a sequence that began again. */
  private isRead(sequence: number | undefined): boolean {
    return sequence !== undefined && sequence <= this.readAt && this.readAt - sequence < MAX_AHEAD;
  }
}
