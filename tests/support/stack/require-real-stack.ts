import { workerStack } from "./worker-stack";

/** Call at the top of a test that proves nothing on the embedded engines, which run one thing after another. */
export function requireRealStack(): void {
  if (!workerStack().real) {
    throw new Error(
      "This needs a real Redis and a real Postgres: run it with REAL_STACK=1 (npm run test:faults)",
    );
  }
}
