import { createHash } from "node:crypto";
import type { HeaderMap, MessageSpec, Redaction } from "./model";

/** Replaces a value that must not be shown; the hash allows comparing two values. */
function redactValue(value: string | Buffer): string {
  return `REDACTED:${createHash("sha256").update(value).digest("hex")}`;
}

/** The headers with redacted values replaced. */
export function visibleHeaders(headers: HeaderMap, redact: Redaction | undefined): HeaderMap {
  const hidden = redact?.headers;
  if (!hidden) return headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [
      name,
      hidden === true || hidden.includes(name) ? values.map(redactValue) : values,
    ]),
  );
}

/** The body as the API shows it: text when it is UTF-8, else base64; neither for an empty body. */
export function visibleBody(spec: Pick<MessageSpec, "body" | "redact">): {
  body?: string;
  bodyBase64?: string;
} {
  if (spec.body === "") return {};
  const bytes = Buffer.from(spec.body, "base64");
  if (spec.redact?.body) return { body: redactValue(bytes) };
  const text = decodeUtf8(bytes);
  return text === null ? { bodyBase64: spec.body } : { body: text };
}

/** The body as the log shows it: always base64, unless redacted. */
export function loggedBody(spec: Pick<MessageSpec, "body" | "redact">): string | undefined {
  if (spec.body === "") return undefined;
  return spec.redact?.body ? redactValue(Buffer.from(spec.body, "base64")) : spec.body;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function decodeUtf8(bytes: Buffer): string | null {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}
