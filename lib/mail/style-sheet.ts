import { dark } from "./palette";

/** react-email puts the body's style on an inner cell, where programs that drop `<body>` still apply it. */
function bodyCellSelector(name: string): string {
  return `.${name}>table>tbody>tr>td`;
}

const DARK_RULES: readonly [selector: string, style: string][] = [
  [`.nd-ground,${bodyCellSelector("nd-ground")}`, `background:${dark.ground} !important;`],
  [".nd-raised", `background:${dark.raised} !important;`],
  [".nd-sunken", `background:${dark.sunken} !important;`],
  [".nd-line", `border-color:${dark.line} !important;`],
  [".nd-ink", `color:${dark.ink} !important;`],
  [".nd-muted", `color:${dark.muted} !important;`],
  [".nd-faint", `color:${dark.faint} !important;`],
  [".nd-money", `color:${dark.money} !important;`],
];

const renderDarkRules = (prefix = "") =>
  DARK_RULES.map(([selector, style]) => `${prefixSelectors(prefix, selector)}{${style}}`).join("");

const prefixSelectors = (prefix: string, selectors: string) =>
  selectors
    .split(",")
    .map((selector) => prefix + selector)
    .join(",");

/**
 * What inline styles cannot express: dark colours (`data-ogsc` selects them in Outlook on the web), and narrower
 * padding on phones.
 */
export const STYLE_SHEET = [
  ":root{color-scheme:light dark;supported-color-schemes:light dark;}",
  `@media (prefers-color-scheme:dark){${renderDarkRules()}}`,
  renderDarkRules("[data-ogsc] "),
  "@media (max-width:480px){.nd-room{padding-left:20px !important;padding-right:20px !important;}",
  `${bodyCellSelector("nd-outer")}{padding:0 !important;}`,
  ".nd-card{border-radius:0 !important;}.nd-title{font-size:22px !important;}}",
].join("");
