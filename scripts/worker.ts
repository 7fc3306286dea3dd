import "./load-env";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { runExitHandlers } from "@/lib/core/at-exit";
import { isTranscoderInstalled } from "@/lib/core/transcoder";

/**
 * `npm run worker`: a box that transcodes sound. It has the app's environment, serves one route, to which QStash
 * delivers when `TRANSCODER_URL` is this box's address, and answers 404 to everything else. `PORT` is 8080 by default.
 */
const PATH = "/api/qstash/audio-transcoding";
const DEFAULT_PORT = 8_080;
/** The route's own limit is the same. */
const MAX_BODY_BYTES = 1024 * 1024;

const { POST } = await import("@/app/api/qstash/audio-transcoding/route");

async function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", "http://worker");
  if (incoming.method === "GET" && url.pathname === "/health") {
    outgoing.writeHead(200, { "content-type": "application/json" }).end('{"status":"ok"}');
    return;
  }
  if (incoming.method !== "POST" || url.pathname !== PATH) {
    outgoing.writeHead(404).end();
    return;
  }
  const body = await readBody(incoming);
  if (!body) {
    outgoing.writeHead(413).end();
    return;
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const request = new Request(url, { method: "POST", headers, body: new Uint8Array(body) });
  const response = await POST(request, { params: Promise.resolve({}) });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

if (!isTranscoderInstalled()) {
  console.error(
    "node-av is not installed: run `npm ci` with optional dependencies, on a platform that it supports",
  );
  process.exit(1);
}

const running = new Set<Promise<void>>();
const server = createServer((incoming, outgoing) => {
  const answering = answer(incoming, outgoing)
    .catch(() => {
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    })
    .finally(() => running.delete(answering));
  running.add(answering);
});
// A run takes minutes, and its response comes at the end.
server.requestTimeout = 0;
server.timeout = 0;
server.listen(Number(process.env.PORT ?? DEFAULT_PORT), () => {
  const address = server.address();
  console.log(`worker listens on port ${typeof address === "object" ? address?.port : address}`);
});

/** A run that does not end in time is killed with its process, and the task is delivered again. */
const SHUTDOWN_LIMIT_MS = 20_000;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    server.close();
    const limit = new Promise((resolve) => setTimeout(resolve, SHUTDOWN_LIMIT_MS));
    void Promise.race([Promise.allSettled(running), limit])
      .then(runExitHandlers)
      .then(() => process.exit(0));
  });
}
