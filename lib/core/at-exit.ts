type Step = () => Promise<void> | void;

/**
 * Kept on globalThis: Next loads `instrumentation.ts`, which hears that the process ends, and the routes as bundles of
 * their own, each with its own copy of a module's state.
 */
const holder = globalThis as typeof globalThis & { normaldanceAtExit?: Set<Step> };

/** Has something done before this process ends in good order. It handles its own errors. */
export function atExit(step: Step): void {
  holder.normaldanceAtExit ??= new Set();
  holder.normaldanceAtExit.add(step);
}

/** Does all of it, what was registered last first. */
export async function runAtExit(): Promise<void> {
  const steps = [...(holder.normaldanceAtExit ?? [])].reverse();
  await Promise.allSettled(steps.map(async (step) => step()));
}
