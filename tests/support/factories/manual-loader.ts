import { vi } from "vitest";

/** A loader that returns its value only after `finish()`. */
export function createManualLoader<T>(value: T): {
  load: ReturnType<typeof vi.fn<() => Promise<T>>>;
  finish: () => void;
} {
  let finish = () => {};
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const load = vi.fn(async () => {
    await held;
    return value;
  });
  return { load, finish: () => finish() };
}
