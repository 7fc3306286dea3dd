import type { CSSProperties } from "react";
import { hueOf } from "@/app/_art/hue";

/** Style for an element with the class `tinted`: its content takes the colour of the cover of this id. */
export function tintStyle(id: string): CSSProperties {
  return { "--hue": hueOf(id) } as CSSProperties;
}
