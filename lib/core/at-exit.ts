type ExitHandler = () => Promise<void> | void;

/**
 * Kept on globalThis: Next loads `instrumentation.ts`, which receives the shutdown signal, and the routes as separate
 * bundles, each with its own copy of a module's state.
 */
const globalState = globalThis as typeof globalThis & { normaldanceAtExit?: Set<ExitHandler> };

/** Registers work for a graceful shutdown. A killed process does not run it. The handler handles its own errors. */
export function atExit(handler: ExitHandler): void {
  globalState.normaldanceAtExit ??= new Set();
  globalState.normaldanceAtExit.add(handler);
}

/** Runs the registered handlers concurrently, started in reverse order of registration. */
export async function runExitHandlers(): Promise<void> {
  const handlers = [...(globalState.normaldanceAtExit ?? [])].reverse();
  await Promise.allSettled(handlers.map(async (handler) => handler()));
}
