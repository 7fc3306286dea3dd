import { cn } from "@/app/_ui/cn";

export interface StatTile {
  name: string;
  value: string;
  /** `moving` highlights the number, `bad` makes it red, and `faint` is for zero. */
  tone: "plain" | "moving" | "bad" | "faint";
  hint?: string | undefined;
}

const TONES = {
  plain: "text-ink",
  moving: "text-accent-text",
  bad: "text-danger",
  faint: "text-faint",
} as const;

/** A row of labelled numbers. */
export function StatTiles({ tiles, label }: { tiles: readonly StatTile[]; label: string }) {
  return (
    <section className="mt-10" aria-label={label}>
      <dl
        className={cn(
          "grid grid-cols-2 gap-3",
          tiles.length === 3 ? "sm:grid-cols-3 max-sm:*:last:col-span-2" : "lg:grid-cols-4",
        )}
      >
        {tiles.map(({ name, value, tone, hint }) => (
          <div
            key={name}
            className="flex flex-col-reverse justify-between gap-4 rounded-2xl border border-line bg-raised/70 p-5"
          >
            <dt className="text-sm text-muted">
              {name}
              {hint ? <span className="block text-xs text-faint">{hint}</span> : null}
            </dt>
            <dd className={cn("display tabular text-[clamp(1.5rem,4.2vw,2.75rem)]", TONES[tone])}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
