import type { FileProblem } from "../schemas/media-file";

/** An uploaded file cannot be used, and no retry changes that: it is refused, and its task is done. */
export class FileRefusedError extends Error {
  constructor(
    readonly problem: FileProblem,
    options?: ErrorOptions,
  ) {
    super(`file refused: ${problem}`, options);
    this.name = "FileRefusedError";
  }
}
