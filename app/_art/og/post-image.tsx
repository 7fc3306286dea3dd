import { coverArt } from "../cover-art";
import { COVER_SIZE } from "../family";
import { hueOf } from "../hue";
import { oklch } from "../oklch";
import { svgDataUri } from "../svg-markup";
import { BrandLine } from "./brand-line";
import { fitFontSize, toDrawableText } from "./drawable-text";
import type { FontFamily } from "./image-fonts";

export const IMAGE_SIZE = { width: 1200, height: 630 };

const PADDING = { vertical: 48, horizontal: 44 };
const LINE_HEIGHT = 1.12;
/** Between cover and edge; above the author and the brand. */
const TITLE_AREA = {
  width: IMAGE_SIZE.width - IMAGE_SIZE.height - 2 * PADDING.horizontal,
  height: 400,
  lineHeight: LINE_HEIGHT,
};

interface Props {
  id: string;
  title: string;
  authorName: string;
  /** From `loadImageFonts`. */
  families: readonly FontFamily[];
  /** From `wordmarkDataUri`. */
  wordmark: string;
}

/**
 * The Open Graph image of a post: cover on the left, title and author on the cover's colour. The title is whole, or the
 * site's name stands for it; an author's name that cannot be drawn is left out.
 */
export function PostImage({ id, title, authorName, families, wordmark }: Props) {
  const hue = hueOf(id);
  const name = toDrawableText(title, families) ?? toDrawableText("NormalDance", families);
  // Smaller letters than those of the title: the text family is preferred.
  const author = toDrawableText(authorName, families.toReversed());
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
          padding: `${String(PADDING.vertical)}px ${String(PADDING.horizontal)}px`,
          color: "#ffffff",
        }}
      >
        {/* The renderer needs an element here, so that the rest stands at the bottom. */}
        <div
          style={{
            display: "flex",
            ...(name ? { fontFamily: name.family.css, fontSize: fitFontSize(name, TITLE_AREA) } : {}),
            lineHeight: LINE_HEIGHT,
            letterSpacing: -1,
            wordBreak: "break-word",
          }}
        >
          {name?.text}
        </div>
        <div style={{ display: "flex", flexDirection: "column" }}>
          {author ? (
            <div
              style={{
                display: "flex",
                fontFamily: author.family.css,
                fontSize: 30,
                color: oklch(0.88, 0.07, hue),
                marginBottom: 36,
              }}
            >
              {author.text}
            </div>
          ) : null}
          <BrandLine width={300} wordmark={wordmark} accent="#baed3f" />
        </div>
      </div>
    </div>
  );
}
