import { existsSync } from "node:fs";
import { builtWithTranscoder, env } from "./env";

/** The package that decodes and encodes sound, an optional dependency of 209 MB; one binary per platform. */
const PACKAGES = [
  "node-av/dist/lib/index.js",
  `@seydx/node-av-${process.platform}-${process.arch}/node-av.node`,
];

/**
 * Whether sound can be transcoded: by a worker at `TRANSCODER_URL`, or by this deployment. Which function has the
 * package cannot be seen from another one, so a build notes whether it had it.
 */
export function isTranscoderInstalled(): boolean {
  if (env().TRANSCODER_URL !== undefined) return true;
  const built = builtWithTranscoder();
  if (built !== undefined) return built;
  // Joined by hand: a path that the bundler can follow would add the package to every function.
  return PACKAGES.every((file) => existsSync([process.cwd(), "node_modules", file].join("/")));
}
