const GLOBAL_KEY = Symbol.for("normaldance.processState");
const globalState = globalThis as typeof globalThis & { [GLOBAL_KEY]?: Map<string, unknown> };

/**
 * State that exists once in a process. A module's own variables may exist several times: Next gives pages, routes and
 * `instrumentation.ts` bundles of their own, and a development server loads a changed module again.
 *
 * @param name    the same for all copies of the module
 * @param create  runs for the first of them
 */
export function processState<T>(name: string, create: () => T): T {
  globalState[GLOBAL_KEY] ??= new Map();
  const states = globalState[GLOBAL_KEY];
  if (!states.has(name)) states.set(name, create());
  return states.get(name) as T;
}

/** For tests: the modules that are loaded next get states of their own, as in another process. */
export function resetProcessState(...names: readonly string[]): void {
  for (const name of names) globalState[GLOBAL_KEY]?.delete(name);
}
