import { ErrorReply, type Reply, SimpleString } from "./reply";

/** The peer does not speak RESP2; the connection is unusable. */
export class RespSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RespSyntaxError";
  }
}

/** An array whose items are still arriving. */
interface OpenArray {
  readonly items: Reply[];
  remaining: number;
}

const EMPTY = Buffer.alloc(0);
const CR = 0x0d;
const MINUS = 0x2d;
const ZERO = 0x30;
/** Up to this many digits a decimal fits a double exactly, so no bigint is needed. */
const SAFE_DIGITS = 15;

/**
 * An incremental RESP2 parser. Only a line that was cut by the end of a chunk is scanned twice, and a large string
 * that arrives in many chunks is concatenated once. Strings are views of the received chunks, not copies.
 */
export class RespParser {
  #buffer: Buffer = EMPTY;
  #offset = 0;
  /** Chunks of a large string, and how many of its bytes (line end included) are missing. */
  #chunks: Buffer[] = [];
  #missingBytes = 0;
  /** Length of the bulk string whose body is read next, or -1. */
  #bulkLength = -1;
  readonly #openArrays: OpenArray[] = [];

  constructor(private readonly onReply: (reply: Reply) => void) {}

  /**
   * Parses the next bytes and calls `onReply` for every reply they complete, in order.
   * @throws {RespSyntaxError} on bytes that are not RESP2
   */
  push(chunk: Buffer): void {
    if (this.#missingBytes > 0) {
      this.#chunks.push(chunk);
      this.#missingBytes -= chunk.length;
      if (this.#missingBytes > 0) return;
      this.#buffer = Buffer.concat(this.#chunks);
      this.#chunks = [];
      this.#missingBytes = 0;
    } else {
      this.#buffer = this.#offset < this.#buffer.length ? Buffer.concat([this.#rest(), chunk]) : chunk;
    }
    this.#offset = 0;
    while (this.#offset < this.#buffer.length && this.#parseNext()) {}
    if (this.#missingBytes === 0 && this.#offset >= this.#buffer.length) {
      this.#buffer = EMPTY;
      this.#offset = 0;
    }
  }

  #rest(): Buffer {
    return this.#buffer.subarray(this.#offset);
  }

  /** Parses one line or one string body; false when more bytes are needed. */
  #parseNext(): boolean {
    if (this.#bulkLength >= 0) return this.#parseBulkBody();
    const end = this.#buffer.indexOf("\r\n", this.#offset, "latin1");
    if (end === -1) return false;
    const type = this.#buffer[this.#offset];
    const start = this.#offset + 1;
    this.#offset = end + 2;
    switch (type) {
      case 0x2b: // +
        this.#emit(new SimpleString(this.#buffer.toString("utf8", start, end)));
        return true;
      case MINUS:
        this.#emit(new ErrorReply(this.#buffer.toString("utf8", start, end)));
        return true;
      case 0x3a: // :
        this.#emit(parseInteger(this.#buffer, start, end));
        return true;
      case 0x24: // $
        this.#bulkLength = parseLength(this.#buffer, start, end);
        if (this.#bulkLength !== -1) return this.#parseBulkBody();
        this.#emit(null);
        return true;
      case 0x2a: // *
        this.#startArray(parseLength(this.#buffer, start, end));
        return true;
      default:
        throw new RespSyntaxError(`not a RESP2 reply: it starts with byte 0x${type?.toString(16)}`);
    }
  }

  #parseBulkBody(): boolean {
    const end = this.#offset + this.#bulkLength;
    const missing = end + 2 - this.#buffer.length;
    if (missing > 0) {
      this.#chunks = [this.#rest()];
      this.#missingBytes = missing;
      return false;
    }
    if (this.#buffer[end] !== CR)
      throw new RespSyntaxError("a bulk string is longer than its declared length");
    const body = this.#buffer.subarray(this.#offset, end);
    this.#offset = end + 2;
    this.#bulkLength = -1;
    this.#emit(body);
    return true;
  }

  #startArray(count: number): void {
    if (count === -1) this.#emit(null);
    else if (count === 0) this.#emit([]);
    else this.#openArrays.push({ items: [], remaining: count });
  }

  #emit(reply: Reply): void {
    let value = reply;
    for (;;) {
      const array = this.#openArrays.at(-1);
      if (array === undefined) {
        this.onReply(value);
        return;
      }
      array.items.push(value);
      array.remaining -= 1;
      if (array.remaining > 0) return;
      this.#openArrays.pop();
      value = array.items;
    }
  }
}

function parseLength(buffer: Buffer, start: number, end: number): number {
  const value = parseInteger(buffer, start, end);
  if (typeof value === "bigint" || value < -1) throw new RespSyntaxError("a length is out of range");
  return value;
}

function parseInteger(buffer: Buffer, start: number, end: number): number | bigint {
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
