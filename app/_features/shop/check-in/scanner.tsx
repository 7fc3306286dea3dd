"use client";

import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { createFrameDecoder } from "./decode-frame";

const FRAME_PAUSE_MS = 150;
/** A ticket stays in the picture for a while: it counts as another one when it was out of it for this time. */
const SAME_TICKET_MS = 2_500;

type Problem = "cameraDenied" | "cameraMissing" | "cameraFailed";

function problemOf(error: unknown): Problem {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "cameraDenied";
  return name === "NotFoundError" ? "cameraMissing" : "cameraFailed";
}

/** The camera's picture. Each code that comes into it is reported once. */
export function Scanner({ onCode }: { onCode: (code: string) => void }) {
  const t = useTranslations("checkIn");
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const last = useRef({ code: "", at: 0 });
  const report = useEffectEvent((code: string) => {
    const isSame = code === last.current.code && Date.now() - last.current.at < SAME_TICKET_MS;
    last.current = { code, at: Date.now() };
    if (!isSame) onCode(code);
  });

  useEffect(() => {
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isEnded = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const start = async () => {
      // Browsers offer no camera to pages without TLS.
      if (!navigator.mediaDevices) throw new DOMException("no camera here", "NotFoundError");
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const element = video.current;
      if (isEnded || !element) return stop();
      element.srcObject = stream;
      await element.play();
      const decode = await createFrameDecoder(element);
      const look = () => {
        if (isEnded) return;
        const code = decode();
        if (code !== null) report(code);
        timer = setTimeout(look, FRAME_PAUSE_MS);
      };
      look();
    };
    start().catch((error: unknown) => (isEnded ? undefined : setProblem(problemOf(error))));
    return () => {
      isEnded = true;
      clearTimeout(timer);
      stop();
    };
  }, []);

  if (problem)
    return (
      <p role="alert" className="rounded-2xl border border-dashed border-line-strong p-5 text-muted">
        {t(problem)}
      </p>
    );
  return (
    <div className="relative overflow-hidden rounded-3xl bg-sunken">
      <video
        ref={video}
        muted
        playsInline
        aria-label={t("picture")}
        className="aspect-square w-full object-cover sm:aspect-[4/3]"
      />
      <span
        aria-hidden="true"
        className="pointer-events-none absolute inset-[18%] rounded-2xl border-2 border-accent/80"
      />
    </div>
  );
}
