import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { serveHttp } from "./http-server";
import { startTcpProxy, type Target, type TcpProxy } from "./tcp-proxy";

/**
 * What a proxy between the app and a backend does:
 * pass     forwards everything
 * refuse   does not listen
 * hang     accepts connections and bytes, forwards and responds nothing
 * swallow  forwards requests and drops the responses: the backend executes them all the same
 * slow     delays every response by two seconds
 * error    HTTP 500 with a JSON error, like a failing backend
 * limited  HTTP 429, like a backend whose quota is used up
 * page     HTTP 502 with an HTML page, like a proxy in front of a dead backend
 */
export type FaultMode = "pass" | "refuse" | "hang" | "swallow" | "slow" | "error" | "limited" | "page";

/** A response to every request, in place of the backend's. */
export interface HttpFault {
  status: number;
  type?: string;
  body: string;
}

const RESPONSE_DELAY_MS = 2_000;

export interface FaultProxy {
  readonly port: number;
  /** Connections that clients have opened so far. */
  readonly connections: number;
  /** Changes the mode and cuts open connections, as a network failure would. */
  set(mode: FaultMode | HttpFault): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy in mode `pass` on a free loopback port. */
export async function startFaultProxy(target: Target): Promise<FaultProxy> {
  let connections = 0;
  const listen = (mode: ServingMode | HttpFault, port: number) => {
    if (typeof mode === "object") return serveHttpFault(port, mode);
    return mode in HTTP_FAULTS
      ? serveHttpFault(port, HTTP_FAULTS[mode as keyof typeof HTTP_FAULTS])
      : startTcpProxy((client, dial) => {
          connections += 1;
          if (mode === "hang") client.resume();
          else forward(mode, client, (options) => dial(target, options));
        }, port);
  };

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

/** An HTTP server that sends the same error to every request. */
function serveHttpFault(port: number, { status, type = "application/json", body }: HttpFault) {
  return serveHttp((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": type }).end(body);
  }, port);
}

/** Forwards a client's bytes, and the responses according to the mode. */
function forward(
  mode: ServingMode,
  client: Socket,
  dial: (options?: { outlivesClient: boolean }) => Socket,
): void {
  if (mode === "pass") {
    client.pipe(dial()).pipe(client);
    return;
  }
  // A client that gave up must not cancel its request.
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
