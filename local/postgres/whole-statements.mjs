// @ts-check

/**
 * PGlite has one session for all of its socket server's connections. The server keeps a connection's
 * transaction together, but hands over the messages of a statement (Parse, Bind, Describe, Execute, Sync) one
 * by one: one that comes in many packets, or behind somebody's transaction, would be bound with another
 * connection's parameters. Until its Sync a statement counts as a transaction here, so that it stays whole.
 */

/** First bytes of the messages that a Sync must follow: Parse, Bind, Describe, Execute, Close, Flush. */
const OPEN = new Set([..."PBDECH"].map((type) => type.charCodeAt(0)));
/** Ends a statement, and what Postgres skips after an error in it. */
const SYNC = Uint8Array.of("S".charCodeAt(0), 0, 0, 0, 4);

/**
 * The same database for `PGLiteSocketServer`, with statements kept whole.
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

  /** The server rolls back for a connection that was lost: its statement ends first, or that is skipped. */
  /** @type {typeof database.exec} */
  const exec = async (query, options) => {
    if (open) await database.runExclusive(() => database.execProtocolRaw(SYNC));
    open = false;
    return database.exec(query, options);
  };

  const isInTransaction = () => open || database.isInTransaction();

  const replaced = { exec, execProtocolRawStream, isInTransaction };
  return new Proxy(database, {
    get(target, name) {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name);
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
