import type { ApiClientOptions } from "grammy";

type GrammyFetch = NonNullable<ApiClientOptions["fetch"]>;

/**
 * The runtime's `fetch` for grammY, whose own one (`node-fetch`) calls `url.parse`, of which newer versions of Node warn.
 * Only for calls whose body is text.
 *
 * @throws the error of the connection, with its `code`; not the `TypeError` around it
 */
const fetchNatively = async (
  url: string,
  { method, headers, body, signal }: RequestInit,
): Promise<Response> => {
  // grammY's signal is not the runtime's.
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  const { signal: ownSignal } = controller;
  return fetch(url, {
    ...{ method: method ?? "GET", headers: headers ?? {}, body: body ?? null, signal: ownSignal },
  }).catch((error: unknown) => {
    throw error instanceof TypeError && error.cause !== undefined ? error.cause : error;
  });
};

/** grammY declares the types of `node-fetch`, and uses of them what both have. */
export const grammyFetch = fetchNatively as unknown as GrammyFetch;
