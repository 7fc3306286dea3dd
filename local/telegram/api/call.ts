import type { TelegramContext } from "../context";
import type { Bot } from "../state/model";
import type { Params } from "./params";

/** One call of a method. */
export interface Call {
  context: TelegramContext;
  bot: Bot;
  params: Params;
  /** Aborts when the caller has disconnected. */
  closed: AbortSignal;
}

/** @returns `result` of the answer, alone or as a {@link DescribedResult} @throws {BotApiError} */
export type Method = (call: Call) => unknown;

/** A result with a description beside it. */
export class DescribedResult {
  constructor(
    readonly result: unknown,
    readonly description: string,
  ) {}
}
