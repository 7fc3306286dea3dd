import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { serveHttp } from "./http-server";
import { startTcpProxy, type Target, type TcpProxy } from "./tcp-proxy";

/**
 * What stands between the app and a backend:
 * pass     everything goes through
 * refuse   nobody listens
 * hang     takes connections and bytes, answers nothing, passes nothing on
 * swallow  passes requests on, and the answers never come: what was asked for happens all the same
 * slow     every answer comes two seconds late
 * error    HTTP 500 with an error in JSON, as a backend in trouble answers
 * limited  HTTP 429, as a backend whose plan is used up answers
 * page     HTTP 502 with a page, as a proxy in front of one that is gone answers
 */
export type FaultMode = "pass" | "refuse" | "hang" | "swallow" | "slow" | "error" | "limited" | "page";

const RESPONSE_DELAY_MS = 2_000;

export interface FaultProxy {
  readonly port: number;
  /** Connections clients have made so far. */
  readonly connections: number;
  /** Changes what happens from now on. Open connections are cut, as a failing network would. */
  set(mode: FaultMode): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of loopback, passing everything. */
export async function startFaultProxy(target: Target): Promise<FaultProxy> {
  let connections = 0;
  const listen = (mode: ServingMode, port: number) =>
    mode in HTTP_FAULTS
      ? serveHttpFault(port, HTTP_FAULTS[mode as keyof typeof HTTP_FAULTS])
      : startTcpProxy((client, dial) => {
          connections += 1;
          if (mode === "hang") client.resume();
          else forward(mode, client, (options) => dial(target, options));
        }, port);

  let listener: TcpProxy | undefined = await listen("pass", 0);
  const { port } = listener;
  const close = async () => {
    await listener?.close();
    listener = undefined;
  };
  return {
    ...{ port, close },
    get connections() {
      return connections;
    },
    set: async (mode) => {
      await close();
      if (mode !== "refuse") listener = await listen(mode, port);
    },
  };
}

type ServingMode = Exclude<FaultMode, "refuse">;

const HTTP_FAULTS = {
  error: { status: 500, type: "application/json", body: '{"error":"ERR internal error"}' },
  limited: { status: 429, type: "application/json", body: '{"error":"quota exceeded"}' },
  page: { status: 502, type: "text/html", body: "<html>502 Bad Gateway</html>" },
};

/** An HTTP server that answers every request with the same fault. */
function serveHttpFault(
  port: number,
  { status, type, body }: (typeof HTTP_FAULTS)[keyof typeof HTTP_FAULTS],
) {
  return serveHttp((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": type }).end(body);
  }, port);
}

/** Passes a client's bytes on, and the answers as the mode has it. */
function forward(
  mode: ServingMode,
  client: Socket,
  dial: (options?: { outlivesClient: boolean }) => Socket,
): void {
  if (mode === "pass") {
    client.pipe(dial()).pipe(client);
    return;
  }
  // A client that gave up must not take its request back.
  const backend = client.pipe(dial({ outlivesClient: true }));
  if (mode === "slow") backend.pipe(delayStream()).pipe(client);
  else backend.resume();
}

function delayStream(): PassThrough {
  const delayed = new PassThrough();
  const write = delayed._transform.bind(delayed);
  delayed._transform = (chunk, encoding, done) =>
    void setTimeout(() => write(chunk, encoding, done), RESPONSE_DELAY_MS);
  return delayed;
}
