/** What is wrong with the file itself, so that a repeat finds the same: one of `fileProblems`. */
export class FileProblemError extends Error {
  /** @param {"wrong_type" | "damaged" | "too_long" | "too_short" | "silent" | "too_complex"} problem */
  constructor(problem, detail = "") {
    super(detail === "" ? problem : `${problem}: ${detail}`);
    this.problem = problem;
  }
}
