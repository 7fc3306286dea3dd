/**
 * The colours of app/_styles/tokens.css in a form that mail programs support: no oklch(), no variables. Light colours
 * are inline, since many programs drop style sheets; dark colours are in a style sheet for programs that support it.
 */
export const light = {
  ground: "#f7f6fb",
  raised: "#ffffff",
  sunken: "#f1f0f7",
  line: "#b9b7c6",
  ink: "#161325",
  muted: "#4f4d5f",
  faint: "#656475",
  money: "#a94e00",
} as const;

export const dark = {
  ground: "#07060e",
  raised: "#171521",
  sunken: "#0d0c15",
  line: "#4a4860",
  ink: "#f6f6fc",
  muted: "#b4b2c2",
  faint: "#9290a1",
  money: "#fcae52",
} as const satisfies Record<keyof typeof light, string>;

/** Colours of the header and the button, the same in both themes. */
export const stage = { ground: "#0d0c15", ink: "#f6f6fc", accent: "#baed3f", onAccent: "#0e1b00" } as const;
