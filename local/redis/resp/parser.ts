import { ErrorReply, type Reply, SimpleString } from "./reply";

/** The peer does not speak RESP2; the connection is of no more use. */
export class RespSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RespSyntaxError";
  }
}

/** An array whose items are still coming in. */
interface OpenArray {
  readonly items: Reply[];
  left: number;
}

const EMPTY = Buffer.alloc(0);
const CR = 0x0d;
const MINUS = 0x2d;
const ZERO = 0x30;
/** Up to this many digits a decimal fits a double exactly, so no bigint is needed. */
const SAFE_DIGITS = 15;

/**
 * An incremental RESP2 parser: bytes in, whole replies out. It never looks at a byte twice except for a line
 * cut by a chunk's end, and a large string that comes in many chunks is put together once. Strings are views
 * of the received chunks, not copies.
 */
export class RespParser {
  #buffer: Buffer = EMPTY;
  #at = 0;
  /** Chunks of a large string, and how many bytes of it (line end included) are still to come. */
  #held: Buffer[] = [];
  #missing = 0;
  /** Length of the bulk string whose header was read and whose body was not, or -1. */
  #bulk = -1;
  readonly #open: OpenArray[] = [];

  constructor(private readonly onReply: (reply: Reply) => void) {}

  /**
   * Takes the next bytes and calls `onReply` for every reply they complete, in order.
   * @throws {RespSyntaxError} on bytes that are not RESP2
   */
  push(chunk: Buffer): void {
    if (this.#missing > 0) {
      this.#held.push(chunk);
      this.#missing -= chunk.length;
      if (this.#missing > 0) return;
      this.#buffer = Buffer.concat(this.#held);
      this.#held = [];
      this.#missing = 0;
    } else {
      this.#buffer = this.#at < this.#buffer.length ? Buffer.concat([this.#rest(), chunk]) : chunk;
    }
    this.#at = 0;
    while (this.#at < this.#buffer.length && this.#step()) {}
    if (this.#missing === 0 && this.#at >= this.#buffer.length) {
      this.#buffer = EMPTY;
      this.#at = 0;
    }
  }

  #rest(): Buffer {
    return this.#buffer.subarray(this.#at);
  }

  /** Reads one line or one string body. False when more bytes are needed. */
  #step(): boolean {
    if (this.#bulk >= 0) return this.#bulkBody();
    const end = this.#buffer.indexOf("\r\n", this.#at, "latin1");
    if (end === -1) return false;
    const type = this.#buffer[this.#at];
    const start = this.#at + 1;
    this.#at = end + 2;
    switch (type) {
      case 0x2b: // +
        this.#emit(new SimpleString(this.#buffer.toString("utf8", start, end)));
        return true;
      case MINUS:
        this.#emit(new ErrorReply(this.#buffer.toString("utf8", start, end)));
        return true;
      case 0x3a: // :
        this.#emit(integer(this.#buffer, start, end));
        return true;
      case 0x24: // $
        this.#bulk = length(this.#buffer, start, end);
        if (this.#bulk !== -1) return this.#bulkBody();
        this.#emit(null);
        return true;
      case 0x2a: // *
        this.#arrayHeader(length(this.#buffer, start, end));
        return true;
      default:
        throw new RespSyntaxError(`not a RESP2 reply: it starts with byte 0x${type?.toString(16)}`);
    }
  }

  #bulkBody(): boolean {
    const end = this.#at + this.#bulk;
    const missing = end + 2 - this.#buffer.length;
    if (missing > 0) {
      this.#held = [this.#rest()];
      this.#missing = missing;
      return false;
    }
    if (this.#buffer[end] !== CR) throw new RespSyntaxError("a bulk string is longer than it says");
    const body = this.#buffer.subarray(this.#at, end);
    this.#at = end + 2;
    this.#bulk = -1;
    this.#emit(body);
    return true;
  }

  #arrayHeader(count: number): void {
    if (count === -1) this.#emit(null);
    else if (count === 0) this.#emit([]);
    else this.#open.push({ items: [], left: count });
  }

  #emit(reply: Reply): void {
    let value = reply;
    for (;;) {
      const array = this.#open.at(-1);
      if (array === undefined) {
        this.onReply(value);
        return;
      }
      array.items.push(value);
      array.left -= 1;
      if (array.left > 0) return;
      this.#open.pop();
      value = array.items;
    }
  }
}

function length(buffer: Buffer, start: number, end: number): number {
  const value = integer(buffer, start, end);
  if (typeof value === "bigint" || value < -1) throw new RespSyntaxError("a length is out of range");
  return value;
}

function integer(buffer: Buffer, start: number, end: number): number | bigint {
  if (end - start > SAFE_DIGITS) {
    const text = buffer.toString("latin1", start, end);
    if (!/^[+-]?\d+$/.test(text)) throw new RespSyntaxError("an integer has other characters than digits");
    const exact = BigInt(text);
    const rounded = Number(exact);
    return Number.isSafeInteger(rounded) ? rounded : exact;
  }
  const negative = buffer[start] === MINUS;
  let at = negative || buffer[start] === 0x2b ? start + 1 : start;
  if (at === end) throw new RespSyntaxError("an integer has no digits");
  let value = 0;
  for (; at < end; at++) {
    const digit = (buffer[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) throw new RespSyntaxError("an integer has other characters than digits");
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}
