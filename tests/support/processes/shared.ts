import { inject } from "vitest";

/**
 * Something that the run has once (`folder`) or once for each worker (`app/1`, `browser/1`). The first who asks waits
 * until it is made (tests/support/stack/global-shared.ts).
 */
export async function shared<T>(what: string): Promise<T> {
  const response = await fetch(`${inject("sharedUrl")}/${what}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
