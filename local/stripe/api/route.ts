import type { z } from "zod";
import type { Draft } from "../money/draft";
import type { Provider } from "../provider";
import type { ApiObject } from "./present";

export interface Call<Input> {
  provider: Provider;
  /** Collects the handler's changes; committed after the handler has returned. */
  draft: Draft;
  /** The part of the path that matched `:id`. */
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
 * Defines a route of the API.
 *
 * @param pattern  such as `/v1/refunds/:id`
 * @param schema  parameters besides `expand`; its output is the handler's input
 * @param handle  returns the object; when it throws `StripeApiError`, its changes are discarded
 */
export function route<Schema extends z.ZodType>(
  method: Route["method"],
  pattern: string,
  schema: Schema,
  handle: (call: Call<z.output<Schema>>) => ApiObject,
): Route {
  const path = new RegExp(`^${pattern.replaceAll(".", "\\.").replace(":id", "([^/]+)")}$`);
  // The router passes the output of this schema.
  return { method, path, schema, handle: handle as Route["handle"] };
}
