import { parse, stringify } from "uuid";

/**
 * What a button sends back, at most 64 bytes: which execution it resumes, with the token that makes it stale once it is
 * used, or which workflow it begins.
 */
type CallbackTarget =
  | { kind: "resume"; executionId: string; token: string; index: number }
  | { kind: "start"; workflow: string };

const RESUME_PATTERN = /^r:([\w-]{22}):([\w-]{8}):(\d{1,2})$/;
const START_PATTERN = /^s:([a-z][a-z0-9_-]{0,31})$/;

export function resumeData(executionId: string, token: string, index: number): string {
  return `r:${Buffer.from(parse(executionId)).toString("base64url")}:${token}:${index}`;
}

export function startData(workflow: string): string {
  return `s:${workflow}`;
}

/** Null for data that no button of this app has; clients may send any. */
export function parseCallbackData(data: string): CallbackTarget | null {
  const [, workflow] = START_PATTERN.exec(data) ?? [];
  if (workflow !== undefined) return { kind: "start", workflow };
  const [, id, token, index] = RESUME_PATTERN.exec(data) ?? [];
  if (id === undefined || token === undefined) return null;
  try {
    const executionId = stringify(Buffer.from(id, "base64url"));
    return { kind: "resume", executionId, token, index: Number(index) };
  } catch {
    return null;
  }
}
