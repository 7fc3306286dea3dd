import { setTimeout as delay } from "node:timers/promises";
import type { Caller } from "@/lib/core/access-token";
import { createSessionToken } from "@/tests/support/factories/sessions";

const REQUEST_TIMEOUT_MS = 25_000;
const TOKEN_SECONDS = 86_400;

export interface SoakResponse {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the body of any route, which the caller inspects
  body: any;
}

const tokens = new Map<string, string>();

/** Signs users in before faults start: only the soak's own requests should meet them. */
export async function signInPeople(people: readonly Caller[]): Promise<void> {
  for (const person of people) tokens.set(person.userId, await createSessionToken(person, TOKEN_SECONDS));
}

/** Sends a request as a browser does, to any instance. @returns null without a response */
export async function sendRequest(
  method: "GET" | "POST",
  path: string,
  { as, token, body }: { as?: Caller; token?: string; body?: unknown } = {},
): Promise<SoakResponse | null> {
  const bearer = token ?? (as && tokens.get(as.userId));
  if (as && !bearer) throw new Error("the caller has not been signed in");
  try {
    const response = await fetch(`${process.env.APP_URL}${path}`, {
      method,
      headers: {
        ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Retries a request while there is no response or a 5xx. */
export async function retryUntilDecided(
  request: () => Promise<SoakResponse | null>,
  { tries = 30, pauseMs = 200 } = {},
): Promise<SoakResponse | null> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const response = await request();
    if (response && response.status < 500) return response;
    await delay(pauseMs);
  }
  return null;
}
