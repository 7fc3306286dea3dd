// @ts-check

/**
 * PGlite has one session for all connections of its socket server. The server keeps a connection's transaction
 * together, but passes on the messages of a statement (Parse, Bind, Describe, Execute, Sync) one by one: a
 * statement that arrives in many packets, or waits for another transaction, could run with another connection's
 * parameters. Here a statement counts as a transaction until its Sync, so that it is not interleaved.
 */

/** First bytes of the messages that a Sync must follow: Parse, Bind, Describe, Execute, Close, Flush (H). */
const OPEN = new Set([..."PBDECH"].map((type) => type.charCodeAt(0)));
/** Ends a statement, and the skipping of messages after an error in it. */
const SYNC = Uint8Array.of("S".charCodeAt(0), 0, 0, 0, 4);

/**
 * Wraps the database for `PGLiteSocketServer` so that statements of different connections are not interleaved.
 *
 * @param {import("@electric-sql/pglite").PGlite} database
 * @returns {import("@electric-sql/pglite").PGlite}
 */
export function keepStatementsWhole(database) {
  let open = false;

  /** @type {typeof database.execProtocolRawStream} */
  const execProtocolRawStream = (message, options) => {
    open = OPEN.has(message[0] ?? 0);
    return database.execProtocolRawStream(message, options);
  };

  /** The server sends ROLLBACK for a lost connection; without a Sync first, Postgres would skip it after an error. */
  /** @type {typeof database.exec} */
  const exec = async (query, options) => {
    if (open) await database.runExclusive(() => database.execProtocolRaw(SYNC));
    open = false;
    return database.exec(query, options);
  };

  const isInTransaction = () => open || database.isInTransaction();

  const overrides = { exec, execProtocolRawStream, isInTransaction };
  return new Proxy(database, {
    get(target, name) {
      if (Object.hasOwn(overrides, name)) return Reflect.get(overrides, name);
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
