/** Of Tailwind: a class of our own may have dashes too. */
const PREFIXES = [
  ...[
    "[pm][xytrbl]?",
    "[hwz]",
    "(?:min|max)-[hw]",
    "size",
    "aspect",
    "gap(?:-[xy])?",
    "space-[xy]",
    "inset(?:-[xy])?",
  ],
  ...[
    "top",
    "right",
    "bottom",
    "left",
    "order",
    "origin",
    "basis",
    "flex",
    "float",
    "items",
    "justify(?:-self)?",
  ],
  ...[
    "self",
    "content",
    "place-items",
    "align",
    "auto-cols",
    "grid-(?:cols|flow)",
    "(?:col|row)-(?:span|start)",
  ],
  ...[
    "overflow(?:-[xy])?",
    "overscroll",
    "object",
    "opacity",
    "break",
    "leading",
    "tracking",
    "line-clamp",
    "list",
  ],
  ...[
    "font",
    "underline-offset",
    "divide",
    "from",
    "via",
    "to",
    "table",
    "translate-[xy]",
    "duration",
    "ease",
  ],
  ...["appearance", "cursor", "pointer-events", "resize", "field-sizing", "scroll-m[trbl]?"],
];

/**
 * Which property a Tailwind class sets; the first match decides. Other classes are named for their property: `mt-4`
 * sets `mt`, `max-w-[60ch]` sets `max-w`. The names with `=` are no words, since those may be classes of our own.
 */
const PROPERTIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:block|inline(?:-(?:block|flex|grid))?|flex|grid|contents|hidden|table)$/, "=display"],
  [/^(?:static|fixed|absolute|relative|sticky)$/, "=position"],
  [/^(?:visible|invisible)$/, "=visibility"],
  [/^(?:uppercase|lowercase|capitalize)$/, "=case"],
  [/^(?:underline|line-through|no-underline)$/, "=line"],
  [/^text-(?:left|center|right)$/, "text-align"],
  [/^(?:truncate|text-ellipsis)$/, "text-overflow"],
  [/^text-(?:pretty|balance|nowrap)$/, "text-wrap"],
  [/^text-(?:xs|sm|base|lg|\d?xl|\[(?:clamp|\d).*)$/, "text-size"],
  [/^font-(?:normal|medium|semibold|bold)$/, "font-weight"],
  [/^flex-(?:col|row).*$/, "flex-direction"],
  [/^flex-(?:wrap|nowrap)$/, "flex-wrap"],
  [/^bg-(?:cover|center|linear)\b/, "$&"],
  [/^(border(?:-[trblxy])?)(?:-(?:\d|\[\d).*)?$/, "$1-width"],
  [/^border-(?:dashed|solid|none)$/, "border-style"],
  [/^border-([trblxy])-.*$/, "border-$1-color"],
  [/^divide-[xy]$/, "$&"],
  [/^outline-offset-.*$/, "outline-offset"],
  [/^outline-(?:none|dashed)$/, "outline-style"],
  [/^(outline|ring|decoration)-(?:\d|\[\d).*$/, "$1-width"],
  [/^ring-inset$/, "$&"],
  [/^ring-offset-\d$/, "ring-offset-width"],
  [/^(rounded(?:-(?:[trbl]|[tb][lr]))?)\b.*$/, "$1"],
  [/^(shadow|transition|backdrop-blur|animate|grow|shrink)\b.*$/, "$1"],
  [
    /^(scale(?:-[xy])?|translate-[xy]|fill|bg|text|border|outline|ring-offset|ring|accent|shadow|whitespace|decoration)-.*$/,
    "$1",
  ],
  [/^transform-none$/, "transform"],
  [new RegExp(`^(${PREFIXES.join("|")})-.*$`), "$1"],
];

/** Properties that include others. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  size: ["w", "h"],
  ...sides("p"),
  ...sides("m"),
  "scroll-m": ["scroll-mt"],
  gap: ["gap-x", "gap-y"],
  inset: ["inset-x", "inset-y", "top", "right", "bottom", "left"],
  "inset-x": ["right", "left"],
  "inset-y": ["top", "bottom"],
  overflow: ["overflow-x", "overflow-y"],
  flex: ["basis", "grow", "shrink"],
  "text-size": ["leading"],
  "line-clamp": ["=display", "overflow"],
  rounded: ["rounded-t", "rounded-r", "rounded-b", "rounded-l", ...corners("t"), ...corners("b")],
  "rounded-b": corners("b"),
  "rounded-l": ["rounded-tl", "rounded-bl"],
  "border-width": ["t", "r", "b", "l", "x", "y"].map((side) => `border-${side}-width`),
  "border-y-width": ["border-t-width", "border-b-width"],
};

function sides(property: "p" | "m"): Record<string, string[]> {
  return {
    [property]: ["x", "y", "t", "r", "b", "l"].map((side) => `${property}${side}`),
    [`${property}x`]: [`${property}r`, `${property}l`],
    [`${property}y`]: [`${property}t`, `${property}b`],
  };
}

function corners(edge: "t" | "b"): string[] {
  return [`rounded-${edge}l`, `rounded-${edge}r`];
}

/**
 * Removes each Tailwind class whose property a later one sets again under the same condition (`sm:`, `hover:`). Knows
 * the classes of this app: tailwind-merge knows all, and is a fifth of what a page loads beside the framework. A test
 * compares the two.
 */
export function mergeClasses(classes: string): string {
  const taken = new Set<string>();
  const kept: string[] = [];
  for (const name of classes.split(/\s+/).filter(Boolean).reverse()) {
    const [, condition = "", utility = ""] =
      /^((?:(?:\[[^\]]*\]|[^:[\]]*(?:\[[^\]]*\][^:[\]]*)*):)*)(.*)$/.exec(name) ?? [];
    const property = propertyOf(utility);
    if (taken.has(condition + property)) continue;
    kept.push(name);
    for (const part of [property, ...(PARTS[property] ?? [])]) taken.add(condition + part);
  }
  return kept.reverse().join(" ");
}

const properties = new Map<string, string>();

function propertyOf(utility: string): string {
  const known = properties.get(utility);
  if (known !== undefined) return known;
  const plain = utility.replace(/^-|\/[\w.]+$/g, "");
  const [pattern, name] = PROPERTIES.find(([expression]) => expression.test(plain)) ?? [];
  const property = pattern && name ? plain.replace(pattern, name) : plain;
  properties.set(utility, property);
  return property;
}
