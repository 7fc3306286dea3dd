import type { FileProblem } from "../../schemas/media-file";

/** The file itself is the reason: a repeat finds the same. */
export class FileProblemError extends Error {
  constructor(
    readonly problem: FileProblem,
    detail: string,
  ) {
    super(detail);
    this.name = "FileProblemError";
  }
}
