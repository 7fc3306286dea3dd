/** One argument of a command. Strings are sent as UTF-8, buffers byte for byte. */
export type Argument = string | Buffer;

/**
 * A RESP2 reply without loss: integers beyond 2^53 are bigints, bulk strings are bytes, and a simple string (`+OK`)
 * is distinct from a bulk string with the same text.
 */
export type Reply = number | bigint | null | Buffer | SimpleString | ErrorReply | readonly Reply[];

/** A status such as `OK`, `PONG` or `QUEUED`. */
export class SimpleString {
  constructor(readonly text: string) {}
}

/** An error reply of the engine; the connection stays usable. `message` starts with a code, as in `ERR …`. */
export class ErrorReply {
  constructor(readonly message: string) {}
}

export const OK = new SimpleString("OK");
