import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { startTcpProxy, type Target, type TcpProxy } from "./tcp-proxy";

/** Round trips before the first request of a connection: one for TCP, one for TLS 1.3. */
const HANDSHAKE_ROUND_TRIPS = 2;

/**
 * A proxy that puts a distance between the app and a backend: every request and response takes half a round trip, and
 * the first request of a connection waits for the handshakes too.
 *
 * @param roundTripMs  milliseconds
 */
export function startDistanceProxy(target: Target, roundTripMs: number): Promise<TcpProxy> {
  return startTcpProxy((client, dial) => {
    const backend = dial(target);
    forward(client, backend, { transitMs: roundTripMs / 2, firstMs: HANDSHAKE_ROUND_TRIPS * roundTripMs });
    forward(backend, client, { transitMs: roundTripMs / 2, firstMs: 0 });
  });
}

/** Forwards bytes in order, each chunk this long after it arrived. */
function forward(
  from: Socket,
  to: Socket,
  { transitMs, firstMs }: { transitMs: number; firstMs: number },
): void {
  const connectedAt = performance.now() + firstMs;
  let previous = Promise.resolve();
  from.on("data", (chunk) => {
    const dueAt = Math.max(performance.now(), connectedAt) + transitMs;
    previous = previous.then(async () => {
      await delay(Math.max(0, dueAt - performance.now()));
      if (!to.destroyed) to.write(chunk);
    });
  });
}
