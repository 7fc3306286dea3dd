import type { CSSProperties } from "react";
import { hueOf } from "@/app/_art/palette";

/** For an element with the class `tinted`: everything inside takes the colour of the post's cover. */
export function tintStyle(id: string): CSSProperties {
  return { "--hue": hueOf(id) } as CSSProperties;
}
