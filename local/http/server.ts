import { timingSafeEqual } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** The port is in use. The message names it and the remedy. */
export class PortTakenError extends Error {
  constructor(
    readonly port: number,
    label: string,
  ) {
    super(
      `Port ${port} (${label}) is taken. Stop the process that listens on it, or choose another base with PORT=…`,
    );
    this.name = "PortTakenError";
  }
}

/** The request body exceeds the limit; answer 413. */
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
  /** Stops listening and closes open connections, event streams included. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts an HTTP server on loopback.
 *
 * @param label  names the server in the error when the port is taken
 * @param port  0 picks a free one
 * @throws {PortTakenError}
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
 * @throws {BodyTooLargeError} when more than `limitBytes` arrived; the excess is read but not kept
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

/** Sends JSON with a Content-Length, so that keep-alive clients never wait for a last chunk. */
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

/** Compares in constant time for equal lengths: timing reveals the length, not the content. */
export function sameSecret(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
