import { processState } from "./process-state";

type ExitHandler = () => Promise<void> | void;

const handlers = processState("atExit", () => new Set<ExitHandler>());

/** Registers work for a graceful shutdown. A killed process does not run it. The handler handles its own errors. */
export function atExit(handler: ExitHandler): void {
  handlers.add(handler);
}

/** Runs the registered handlers concurrently, started in reverse order of registration. */
export async function runExitHandlers(): Promise<void> {
  await Promise.allSettled([...handlers].reverse().map(async (handler) => handler()));
}
