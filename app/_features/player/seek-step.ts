/** One press of an arrow key, or of a key of the system that seeks. */
export const SEEK_STEP_SECONDS = 5;
