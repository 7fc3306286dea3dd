import type { Post } from "../schemas/post";

/** The columns of what a client sends. */
export function toPostRow<Input extends { visibility?: Post["visibility"] | undefined }>({
  visibility,
  ...columns
}: Input) {
  return { ...columns, ...(visibility === undefined ? {} : { isListed: visibility === "public" }) };
}
