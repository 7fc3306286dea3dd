import { coverArt } from "../cover-art";
import { COVER_SIZE } from "../family";
import { oklch } from "../oklch";
import { hueOf } from "../palette";
import { BrandLine } from "./brand-line";
import { DISPLAY_FONT, stripUndrawable, TEXT_FONT } from "./image-assets";
import { svgDataUri } from "./svg-markup";

export const IMAGE_SIZE = { width: 1200, height: 630 };

/** Font size in px: a long title gets smaller letters, so that all of it fits. */
function titleSize(title: string): number {
  if (title.length <= 16) return 64;
  if (title.length <= 36) return 50;
  return title.length <= 70 ? 40 : 31;
}

interface Props {
  id: string;
  title: string;
  authorName: string;
  /** From `wordmarkDataUri`. */
  wordmark: string;
}

/** The Open Graph image of a post: cover on the left, title and author on the cover's colour. */
export function PostImage({ id, title, authorName, wordmark }: Props) {
  const hue = hueOf(id);
  const name = stripUndrawable(title) || "NormalDance";
  const side = IMAGE_SIZE.height;
  return (
    <div style={{ display: "flex", width: "100%", height: "100%", background: oklch(0.31, 0.095, hue) }}>
      {/* biome-ignore lint/performance/noImgElement: the image renderer supports only this element */}
      <img
        alt=""
        width={side}
        height={side}
        src={svgDataUri(`0 0 ${String(COVER_SIZE)} ${String(COVER_SIZE)}`, coverArt(id, "c"))}
      />
      <div
        style={{
          display: "flex",
          flexDirection: "column",
          justifyContent: "space-between",
          width: IMAGE_SIZE.width - side,
          height: "100%",
          padding: "48px 44px",
          color: "#ffffff",
        }}
      >
        <div
          style={{
            display: "flex",
            fontFamily: DISPLAY_FONT,
            fontSize: titleSize(name),
            lineHeight: 1.12,
            letterSpacing: -1,
            wordBreak: "break-word",
          }}
        >
          {name}
        </div>
        <div style={{ display: "flex", flexDirection: "column" }}>
          <div
            style={{
              display: "flex",
              fontFamily: TEXT_FONT,
              fontSize: 30,
              color: oklch(0.88, 0.07, hue),
              marginBottom: 36,
            }}
          >
            {stripUndrawable(authorName)}
          </div>
          <BrandLine width={300} wordmark={wordmark} accent="#baed3f" />
        </div>
      </div>
    </div>
  );
}
