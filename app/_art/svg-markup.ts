import { Fragment, isValidElement, type ReactNode } from "react";

/** SVG attributes in camel case; all others are in kebab case. */
const CAMEL_CASE = new Set([
  "viewBox",
  "preserveAspectRatio",
  "gradientUnits",
  "gradientTransform",
  "spreadMethod",
  "patternUnits",
]);

/**
 * Renders SVG elements to markup. The image renderer accepts pictures but not every nested element, and
 * `react-dom/server` must not be imported from the app. Supports only what the drawings use: elements, fragments,
 * lists, and attributes without characters that need escaping.
 */
export function renderSvg(node: ReactNode): string {
  if (Array.isArray(node)) return node.map(renderSvg).join("");
  if (!isValidElement<{ children?: ReactNode }>(node)) return "";
  const { children, ...attributes } = node.props;
  const innerMarkup = renderSvg(children);
  if (node.type === Fragment) return innerMarkup;
  if (typeof node.type !== "string") return "";
  const attributeMarkup = Object.entries(attributes).map(
    ([name, value]) => ` ${attributeName(name)}="${String(value)}"`,
  );
  return `<${node.type}${attributeMarkup.join("")}>${innerMarkup}</${node.type}>`;
}

function attributeName(name: string): string {
  return CAMEL_CASE.has(name) ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A drawing as the `src` of an image. */
export function svgDataUri(viewBox: string, node: ReactNode): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}">${renderSvg(node)}</svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}
