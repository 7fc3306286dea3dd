import { type HttpTransport, http } from "viem";

/**
 * Calls a node by HTTP. viem quotes the address that it has in its errors, which are logged and stored with tasks: it gets
 * the origin alone, because providers put their keys into the path or the query.
 */
export function nodeTransport(rpcUrl: string, timeoutMs: number): HttpTransport {
  const { url, authorization } = splitCredentials(rpcUrl);
  return http(url.origin, {
    timeout: timeoutMs,
    // Retried by the task, which asks the chain before it sends anything again.
    retryCount: 0,
    fetchFn: (_, init) => {
      const headers = new Headers(init?.headers);
      if (authorization) headers.set("authorization", authorization);
      return fetch(url, { ...init, headers });
    },
  });
}

/** User and password of an address as a header, since `fetch` refuses such an address. */
function splitCredentials(rpcUrl: string): { url: URL; authorization: string | null } {
  const url = new URL(rpcUrl);
  if (url.username === "" && url.password === "") return { url, authorization: null };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  return { url, authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
}
