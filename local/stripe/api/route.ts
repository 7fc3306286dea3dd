import type { z } from "zod";
import type { Draft } from "../money/draft";
import type { Provider } from "../provider";
import type { ApiObject } from "./present";

export interface Call<Input> {
  provider: Provider;
  /** Where a handler puts what it changes; it becomes true when the handler has returned. */
  draft: Draft;
  /** The part of the path that `:id` stood for. */
  id: string;
  input: Input;
}

export interface Route {
  method: "GET" | "POST";
  path: RegExp;
  schema: z.ZodType;
  handle(call: Call<unknown>): ApiObject;
}

/**
 * A call of the API.
 *
 * @param pattern  `/v1/refunds/:id`
 * @param schema  what it takes besides `expand`; its output is the handler's input
 * @param handle  answers with the object; throws `StripeApiError`, and then nothing has changed
 */
export function route<Schema extends z.ZodType>(
  method: Route["method"],
  pattern: string,
  schema: Schema,
  handle: (call: Call<z.output<Schema>>) => ApiObject,
): Route {
  const path = new RegExp(`^${pattern.replaceAll(".", "\\.").replace(":id", "([^/]+)")}$`);
  // The router hands over what this very schema read.
  return { method, path, schema, handle: handle as Route["handle"] };
}
