import http from "node:http";
import https from "node:https";
import type { Clock } from "./clock";
import type { HeaderMap } from "./model";

export interface DeliveryRequest {
  url: string;
  method: string;
  headers: HeaderMap;
  body: Buffer;
  timeoutMs: number;
}

export interface DeliveryResult {
  /** 0 without a response. */
  status: number;
  /** By lower-case name. */
  headers: Record<string, string[]>;
  /** Truncated to `maxResponseBytes`. */
  body: Buffer;
  latencyMs: number;
  /** Why there is no complete response. */
  error?: string;
}

interface DelivererOptions {
  connectTo: Record<string, string>;
  maxResponseBytes: number;
  clock: Clock;
}

/** Sends each request once; the dispatcher decides about retries. Redirects are not followed. */
export class Deliverer {
  private readonly agents = {
    "http:": new http.Agent({ keepAlive: true }),
    "https:": new https.Agent({ keepAlive: true }),
  };

  constructor(private readonly options: DelivererOptions) {}

  /** Never throws: an unreachable destination is a result with status 0. */
  async deliver(request: DeliveryRequest, signal: AbortSignal): Promise<DeliveryResult> {
    const startedAt = this.options.clock.now();
    try {
      const answer = await this.attempt(request, signal);
      return { ...answer, latencyMs: this.options.clock.now() - startedAt };
    } catch (error) {
      const latencyMs = this.options.clock.now() - startedAt;
      return { status: 0, headers: {}, body: Buffer.alloc(0), latencyMs, error: describeError(error) };
    }
  }

  close(): void {
    this.agents["http:"].destroy();
    this.agents["https:"].destroy();
  }

  private async attempt(
    request: DeliveryRequest,
    signal: AbortSignal,
  ): Promise<Omit<DeliveryResult, "latencyMs">> {
    try {
      return await this.send(request, signal, false);
    } catch (error) {
      // The destination closed an idle keep-alive connection while it was reused: it has not seen the request.
      if (!(error instanceof StaleConnectionError)) throw error;
      return await this.send(request, signal, true);
    }
  }

  private send(
    request: DeliveryRequest,
    signal: AbortSignal,
    freshConnection: boolean,
  ): Promise<Omit<DeliveryResult, "latencyMs">> {
    const { clock, maxResponseBytes } = this.options;
    return new Promise((resolve, reject) => {
      const url = new URL(request.url);
      const target = this.resolveTarget(url);
      const isSecure = target.protocol === "https:";
      const headers: http.OutgoingHttpHeaders = { ...request.headers, host: url.host };
      if (request.body.length > 0 || request.method !== "GET")
        headers["content-length"] = request.body.length;
      let stopTimer = (): void => {};
      const settleOnce = (finish: () => void): void => {
        stopTimer();
        finish();
      };
      const outgoing = (isSecure ? https : http).request({
        method: request.method,
        hostname: target.hostname.replace(/^\[|\]$/g, ""),
        port: target.port || (isSecure ? 443 : 80),
        path: requestTarget(url),
        headers,
        ...(url.username
          ? { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }
          : {}),
        ...(isSecure ? { servername: url.hostname } : {}),
        agent: freshConnection ? false : this.agents[isSecure ? "https:" : "http:"],
        signal,
      });
      stopTimer = clock.after(request.timeoutMs, () => {
        const error = new Error(`timeout: no full response within ${request.timeoutMs / 1000} s`);
        settleOnce(() => reject(error));
        outgoing.destroy(error);
      });
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        const stale = outgoing.reusedSocket && error.code === "ECONNRESET" && !freshConnection;
        settleOnce(() => reject(stale ? new StaleConnectionError() : error));
      });
      outgoing.on("response", (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const finish = (): void =>
          settleOnce(() =>
            resolve({
              status: incoming.statusCode ?? 0,
              headers: Object.fromEntries(
                Object.entries(incoming.headersDistinct).map(([name, values]) => [name, values ?? []]),
              ),
              body: Buffer.concat(chunks).subarray(0, maxResponseBytes),
            }),
          );
        incoming.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size <= maxResponseBytes) return;
          finish(); // the status decides; an endless response must not block the message
          incoming.destroy();
        });
        incoming.on("end", finish);
        incoming.on("error", (error) => settleOnce(() => reject(error)));
      });
      outgoing.end(request.body);
    });
  }

  private resolveTarget(url: URL): URL {
    const { connectTo } = this.options;
    const override =
      connectTo[url.host] ??
      connectTo[url.hostname] ??
      (isLoopback(url.hostname) ? undefined : connectTo["*"]);
    return override === undefined ? url : new URL(override);
  }
}

/** Path and query. An empty query stays (`/path?`), which `search` does not show. */
function requestTarget({ pathname, search, href, hash }: URL): string {
  const hasEmptyQuery = search === "" && href.slice(0, href.length - hash.length).endsWith("?");
  return pathname + (hasEmptyQuery ? "?" : search);
}

class StaleConnectionError extends Error {}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(describeError))].join("; "); // one error per address that was tried
  }
  return error instanceof Error ? error.message || error.name : String(error);
}
