/** The address and credentials of an engine. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
}

const DEFAULT_PORT = 6379;

/**
 * Parses `redis://[[user]:password@]host[:port][/db]`; `rediss://` is the same over TLS. User and password are
 * percent-decoded.
 *
 * @throws {TypeError} with a message that never contains the password
 */
export function parseRedisUrl(text: string): RedisAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new TypeError("REDIS_URL is not a URL; expected redis://[:password@]host[:port][/db]");
  }
  if (url.protocol !== "redis:" && url.protocol !== "rediss:") {
    throw new TypeError(`REDIS_URL starts with ${url.protocol}//; expected redis:// or rediss://`);
  }
  const database = url.pathname.replace(/^\//, "") || url.searchParams.get("db") || "0";
  if (!/^\d+$/.test(database))
    throw new TypeError(`REDIS_URL names database "${database}"; expected a number`);
  return {
    // An IPv6 address has brackets in a URL and none in a socket call.
    host: url.hostname.replace(/^\[(.*)\]$/, "$1") || "127.0.0.1",
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    tls: url.protocol === "rediss:",
    username: url.username === "" ? null : decodeURIComponent(url.username),
    password: url.password === "" ? null : decodeURIComponent(url.password),
    database: Number(database),
  };
}

/** Formats host, port and database for messages, without user and password. */
export function describeAddress(address: RedisAddress): string {
  const scheme = address.tls ? "rediss" : "redis";
  return `${scheme}://${address.host}:${address.port}/${address.database}`;
}
