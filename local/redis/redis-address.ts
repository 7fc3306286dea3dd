/** Where an engine listens and how to get in. */
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
 * Reads `redis://[[user]:password@]host[:port][/db]`; `rediss://` is the same over TLS. Percent-encoding in
 * user and password is undone.
 *
 * @throws {TypeError} whose message never contains the password
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
  const path = url.pathname.replace(/^\//, "") || url.searchParams.get("db") || "0";
  if (!/^\d+$/.test(path)) throw new TypeError(`REDIS_URL names database "${path}"; expected a number`);
  return {
    // An IPv6 address stands in brackets in a URL and without them in a socket call.
    host: url.hostname.replace(/^\[(.*)\]$/, "$1") || "127.0.0.1",
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    tls: url.protocol === "rediss:",
    username: url.username === "" ? null : decodeURIComponent(url.username),
    password: url.password === "" ? null : decodeURIComponent(url.password),
    database: Number(path),
  };
}

/** `host:port` and database, for messages: no user, no password. */
export function describeAddress(address: RedisAddress): string {
  const scheme = address.tls ? "rediss" : "redis";
  return `${scheme}://${address.host}:${address.port}/${address.database}`;
}
