import type { IncomingMessage } from "node:http";
import type { StringEncoding } from "./resp/json";

/** The response format that the client requested. */
export interface Format {
  readonly encoding: StringEncoding;
  /** Raw RESP2 bytes instead of JSON. */
  readonly resp2: boolean;
}

/** Reads `Upstash-Encoding` and `Upstash-Response-Format`; unknown values and refused combinations are a `problem`. */
export function readFormat(request: IncomingMessage): Format | { readonly problem: string } {
  const encoding = header(request, "upstash-encoding");
  const format = header(request, "upstash-response-format") || "json";
  if (encoding !== "" && encoding !== "base64") {
    return { problem: `ERR unknown Upstash-Encoding: ${encoding}. Only base64 is known` };
  }
  if (format !== "json" && format !== "resp2") {
    return { problem: `ERR unknown Upstash-Response-Format: ${format}. Only json and resp2 are known` };
  }
  if (format === "resp2" && encoding === "base64") {
    return { problem: "ERR Upstash-Encoding: base64 cannot be combined with Upstash-Response-Format: resp2" };
  }
  return { encoding: encoding === "base64" ? "base64" : "utf8", resp2: format === "resp2" };
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value.join(",") : (value ?? "")).trim().toLowerCase();
}
