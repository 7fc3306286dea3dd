/** Styles that the theme and language switches share. */
export const segmentedControl = {
  group: "flex gap-0.5 rounded-full border border-line bg-sunken p-0.5",
  item: [
    "inline-flex h-8 min-w-9 grow items-center justify-center rounded-full px-2 text-xs font-semibold text-muted",
    "transition-colors hover:text-ink",
  ].join(" "),
  active: "bg-raised text-ink shadow-[0_0_0_1px_var(--line)]",
} as const;
