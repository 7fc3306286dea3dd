type ExitHandler = () => Promise<void> | void;

/**
 * Kept on globalThis: Next loads `instrumentation.ts`, which hears that the process ends, and the routes as bundles of
 * their own, each with its own copy of a module's state.
 */
const globalState = globalThis as typeof globalThis & { normaldanceAtExit?: Set<ExitHandler> };

/** Has something done before this process ends in good order. It handles its own errors. */
export function atExit(handler: ExitHandler): void {
  globalState.normaldanceAtExit ??= new Set();
  globalState.normaldanceAtExit.add(handler);
}

/** Does all of it, what was registered last first. */
export async function runExitHandlers(): Promise<void> {
  const handlers = [...(globalState.normaldanceAtExit ?? [])].reverse();
  await Promise.allSettled(handlers.map(async (handler) => handler()));
}
