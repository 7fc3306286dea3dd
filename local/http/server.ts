import { timingSafeEqual } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** A port somebody else holds; the message says which and what to do. */
export class PortTakenError extends Error {
  constructor(
    readonly port: number,
    label: string,
  ) {
    super(`Port ${port} (${label}) is taken. Stop what listens there, or choose another base with PORT=…`);
    this.name = "PortTakenError";
  }
}

/** A request body over the limit; answer 413. */
export class BodyTooLargeError extends Error {
  constructor(readonly limitBytes: number) {
    super(`body exceeds ${limitBytes} bytes`);
    this.name = "BodyTooLargeError";
  }
}

export interface ListeningServer {
  readonly server: Server;
  readonly port: number;
  /** `http://127.0.0.1:<port>`, no trailing slash. */
  readonly url: string;
  /** Stops listening and cuts open connections, event streams among them. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts an HTTP server on loopback.
 *
 * @param label  a name for the message when the port is taken
 * @param port  0 picks a free one
 * @throws {PortTakenError} when somebody listens there already
 */
export async function listen(
  label: string,
  port: number,
  handler: RequestListener,
  host = "127.0.0.1",
): Promise<ListeningServer> {
  const server = createServer({ keepAliveTimeout: 65_000 }, handler);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new PortTakenError(port, label) : error),
    );
    server.listen(port, host, resolve);
  });
  const actual = (server.address() as AddressInfo).port;
  return {
    server,
    port: actual,
    url: `http://127.0.0.1:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Reads the whole body as bytes.
 * @throws {BodyTooLargeError} as soon as more than `limitBytes` arrived; the rest is drained, not kept
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limitBytes) chunks.push(chunk);
  }
  if (size > limitBytes) throw new BodyTooLargeError(limitBytes);
  return Buffer.concat(chunks, size);
}

/** Answers JSON with its length, so that keep-alive clients never wait for a chunked end. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** The token of `Authorization: Bearer …`, or null. */
export function bearerToken(request: IncomingMessage): string | null {
  const match = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? "");
  return match?.[1]?.trim() ?? null;
}

/** Constant-time for equal lengths; a length may be learned, a content not. */
export function sameSecret(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
