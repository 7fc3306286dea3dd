import { hashCommands } from "./hashes";
import { listCommands } from "./lists";
import type { RunCommand } from "./reply-readers";
import { setCommands } from "./sets";
import { sortedSetCommands } from "./sorted-sets";
import { stringCommands } from "./strings";

export type DataCommands = ReturnType<typeof dataCommands>;

/** All typed data commands. */
export function dataCommands(run: RunCommand) {
  return {
    ...stringCommands(run),
    ...hashCommands(run),
    ...setCommands(run),
    ...sortedSetCommands(run),
    ...listCommands(run),
  };
}
