"use client";

import { useEffect, useRef, useState } from "react";
import type WaveSurfer from "wavesurfer.js";
import { useResolvedTheme } from "@/app/_shell/theme";
import { cn } from "@/app/_ui/cn";
import { GeneratedBars } from "./generated-bars";
import { loadPeaks } from "./peaks";

interface Props {
  /** Null: generated bars. */
  peaksUrl: string | null;
  seed: string;
  /** 0 to 1. */
  progress: number;
}

/** The picture of a sound; what was played already has the accent colour. Nothing of it can be operated. */
export function Waveform({ peaksUrl, seed, progress }: Props) {
  if (peaksUrl === null) return <GeneratedBars seed={seed} progress={progress} />;
  return <StoredWaveform key={peaksUrl} peaksUrl={peaksUrl} progress={progress} />;
}

/** The drawing has no length of its own: it is as long as its progress goes, from 0 to 1. */
const DRAWN_SECONDS = 1;
const BAR = { barWidth: 2, barGap: 1, barRadius: 2, barMinHeight: 1 } as const;

/**
 * Drawn by wavesurfer.js from the stored peaks, so that the sound itself is not downloaded. Until the library and the
 * peaks are there, and without them, a line shows the progress.
 */
function StoredWaveform({ peaksUrl, progress }: { peaksUrl: string; progress: number }) {
  const container = useRef<HTMLDivElement>(null);
  const drawing = useRef<WaveSurfer | null>(null);
  const [isDrawn, setIsDrawn] = useState(false);
  const theme = useResolvedTheme();

  useEffect(() => {
    let isGone = false;
    const draw = async () => {
      const [peaks, { default: Library }] = await Promise.all([loadPeaks(peaksUrl), import("wavesurfer.js")]);
      if (isGone || !container.current) return;
      drawing.current = Library.create({
        container: container.current,
        height: "auto",
        peaks: [peaks],
        duration: DRAWN_SECONDS,
        interact: false,
        hideScrollbar: true,
        cursorWidth: 0,
        cspNonce: documentNonce(),
        ...BAR,
        ...coloursOf(container.current),
      });
      setIsDrawn(true);
    };
    draw().catch(() => undefined);
    return () => {
      isGone = true;
      drawing.current?.destroy();
      drawing.current = null;
    };
  }, [peaksUrl]);

  useEffect(() => {
    if (isDrawn) drawing.current?.setTime(progress * DRAWN_SECONDS);
  }, [isDrawn, progress]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what the colours resolve to
  useEffect(() => {
    if (isDrawn && container.current) drawing.current?.setOptions(coloursOf(container.current));
  }, [isDrawn, theme]);

  return (
    <div className="relative size-full">
      {isDrawn ? null : (
        <div className="absolute inset-x-0 top-1/2 h-1 -translate-y-1/2 overflow-hidden rounded-full bg-ink/15">
          <div className="h-full bg-mark" style={{ width: `${String(progress * 100)}%` }} />
        </div>
      )}
      {/* The two colours, resolved for the canvas. Both are opaque: the library draws one through the other. */}
      <div
        ref={container}
        className={cn("size-full text-mark", isDrawn && "animate-settle")}
        aria-hidden="true"
      >
        <span data-wave="" className="hidden text-[color-mix(in_oklch,var(--ink)_34%,var(--ground))]" />
      </div>
    </div>
  );
}

/** A canvas knows no custom properties. */
function coloursOf(container: HTMLElement) {
  const wave = container.querySelector("[data-wave]");
  return {
    progressColor: getComputedStyle(container).color,
    waveColor: wave ? getComputedStyle(wave).color : "gray",
  };
}

/** The document's nonce, which the style inside the drawing needs. Scripts see it only as a property. */
function documentNonce(): string {
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
}
