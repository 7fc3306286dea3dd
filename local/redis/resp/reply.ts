/** One argument of a command. Strings go out as UTF-8, buffers byte for byte. */
export type Argument = string | Buffer;

/**
 * A RESP2 reply with nothing lost: integers beyond 2^53 are bigints, bulk strings are bytes, and a simple
 * string (`+OK`) stays apart from a bulk string that happens to read the same.
 */
export type Reply = number | bigint | null | Buffer | SimpleString | ErrorReply | readonly Reply[];

/** A status such as `OK`, `PONG` or `QUEUED`. */
export class SimpleString {
  constructor(readonly text: string) {}
}

/** An error the engine answered with; the connection is fine. `message` starts with its code, as in `ERR …`. */
export class ErrorReply {
  constructor(readonly message: string) {}
}

export const OK = new SimpleString("OK");
