import type { IncomingMessage } from "node:http";
import { readBody } from "../../http/server";
import { BotApiError, badRequest } from "../errors";
import { parseMultipart, type UploadedFile } from "./multipart";

/** The parameters of a call. Objects are JSON text, whichever way they came. */
export class Params {
  constructor(
    readonly values: Readonly<Record<string, string>>,
    readonly files: ReadonlyMap<string, UploadedFile> = new Map(),
  ) {}

  has(name: string): boolean {
    return (this.values[name] ?? "") !== "";
  }

  /** The empty string when it is missing. */
  text(name: string): string {
    return this.values[name] ?? "";
  }

  flag(name: string): boolean {
    return ["true", "1", "yes"].includes(this.text(name).toLowerCase());
  }

  /** A missing or malformed number is the default, a number out of bounds the nearest bound. */
  integer(
    name: string,
    fallback: number,
    min = Number.MIN_SAFE_INTEGER,
    max = Number.MAX_SAFE_INTEGER,
  ): number {
    const text = this.text(name).trim();
    const value = /^-?\d+$/.test(text) ? Number(text) : fallback;
    return Math.min(max, Math.max(min, value));
  }

  /** @throws {BotApiError} when the text is no JSON */
  json(name: string, what: string): unknown {
    if (!this.has(name)) return undefined;
    try {
      return JSON.parse(this.text(name));
    } catch {
      throw badRequest(`Can't parse ${what} JSON object`);
    }
  }

  /** The uploaded file that a parameter is or, as `attach://name`, points to. */
  file(name: string): UploadedFile | undefined {
    const attached = /^attach:\/\/(.+)$/.exec(this.text(name))?.[1];
    return this.files.get(attached ?? name);
  }
}

/**
 * Reads the parameters of a request from its query and its body: JSON, form or multipart.
 * @throws {BotApiError} for a body that cannot be parsed
 * @throws {BodyTooLargeError}
 */
export async function readParams(request: IncomingMessage, url: URL, maxBytes: number): Promise<Params> {
  const body = await readBody(request, maxBytes);
  return parseParams(body, request.headers["content-type"] ?? "", url.searchParams);
}

/** @throws {BotApiError} for a body that cannot be parsed */
export function parseParams(body: Buffer, contentType: string, query?: URLSearchParams): Params {
  const values: Record<string, string> = Object.fromEntries(query ?? []);
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (body.length === 0) return new Params(values);
  switch (type) {
    case "application/json":
      return new Params({ ...values, ...parseJson(body) });
    case "application/x-www-form-urlencoded":
      return new Params({ ...values, ...Object.fromEntries(new URLSearchParams(body.toString("utf8"))) });
    case "multipart/form-data": {
      const form = parseMultipart(body, contentType);
      return new Params({ ...values, ...form.values }, form.files);
    }
    default:
      return new Params(values);
  }
}

function parseJson(body: Buffer): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new BotApiError(400, "Bad Request: can't parse JSON object");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BotApiError(400, "Bad Request: object expected");
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== undefined)
      .map(([name, field]) => [name, typeof field === "string" ? field : JSON.stringify(field)]),
  );
}
