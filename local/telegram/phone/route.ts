import type { TelegramContext } from "../context";

export interface RouteCall {
  context: TelegramContext;
  /** The path's named parts. */
  path: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Parsed JSON; an empty object without a body. */
  body: unknown;
  bytes: Buffer;
  contentType: string;
  /** Aborts when the caller has disconnected. */
  closed: AbortSignal;
}

/** @returns the answer's JSON */
export type Route = (call: RouteCall) => unknown;
