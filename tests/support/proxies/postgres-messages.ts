/** A message of the Postgres protocol, without its length. */
export interface PostgresMessage {
  /** The first byte; 0 for a client's first message, which has none. */
  type: number;
  body: Buffer;
}

/**
 * Splits one side's bytes into messages.
 * @param side  the client's first message has only a length, all others a type and a length
 */
export function postgresMessageParser(side: "client" | "server"): (chunk: Buffer) => PostgresMessage[] {
  let buffer = Buffer.alloc(0);
  let hasType = side === "server";
  return (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    const messages: PostgresMessage[] = [];
    for (;;) {
      const head = hasType ? 1 : 0;
      if (buffer.length < head + 4) return messages;
      const end = head + buffer.readInt32BE(head);
      if (buffer.length < end) return messages;
      messages.push({ type: hasType ? (buffer[0] ?? 0) : 0, body: buffer.subarray(head + 4, end) });
      hasType = true;
      buffer = buffer.subarray(end);
    }
  };
}
