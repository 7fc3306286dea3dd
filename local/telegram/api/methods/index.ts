import type { Method } from "../call";
import { callbackMethods } from "./callbacks";
import { editMethods } from "./edits";
import { fileMethods } from "./files";
import { messageMethods } from "./messages";
import { profileMethods } from "./profile";
import { updateMethods } from "./updates";

const methods: Record<string, Method> = {
  ...profileMethods,
  ...updateMethods,
  ...messageMethods,
  ...editMethods,
  ...callbackMethods,
  ...fileMethods,
};

const byLowerName = new Map(
  Object.entries(methods).map(([name, run]) => [name.toLowerCase(), { name, run }]),
);

/** A method by its name; case does not count. */
export function findMethod(name: string): { name: string; run: Method } | undefined {
  return byLowerName.get(name.toLowerCase());
}
