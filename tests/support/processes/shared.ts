import { inject } from "vitest";

/**
 * A resource that exists once per run (`folder`) or once per worker (`app/1`, `browser/1`). The first request creates
 * it, and later ones wait for it (tests/support/stack/global-shared.ts).
 */
export async function shared<T>(what: string): Promise<T> {
  const response = await fetch(`${inject("sharedUrl")}/${what}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
