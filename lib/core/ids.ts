import { v7 } from "uuid";

/** A UUID v7: unique and ordered by creation time. */
export function newId(): string {
  return v7();
}

/** The lowest id of a time (ms): rows are found by when they were made without another index. */
export function firstIdAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
