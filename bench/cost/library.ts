import type { Stage } from "./stage";

/** Lets this process use `lib` with the stage's backends. Import what reads the environment after it. */
export function applyEnvironment({ env }: Stage): void {
  Object.assign(process.env, env, { LOG_LEVEL: "silent" });
}
