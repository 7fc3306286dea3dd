import { workerStack } from "./worker-stack";

/** Call it at the top of a test that proves nothing on the embedded engines, which run commands one after another. */
export function requireRealStack(): void {
  if (!workerStack().real) {
    throw new Error(
      "This test needs a real Redis and a real Postgres: run it with REAL_STACK=1 (npm run test:faults)",
    );
  }
}
