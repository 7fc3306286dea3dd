import ts from "typescript";
import { isForeign, type Project } from "./project";

const MAX_DEPTH = 8;

/**
 * The fields of what is sent or stored, `{at,events:[{name}]}`, one for each kind of object it can be. A field that
 * tells the kinds apart keeps its value: `{tab,type:"bye"}`. Empty for what has no fields of its own.
 */
export function shapesOf({ checker }: Project, type: ts.Type, at: ts.Node): string[] {
  const describe = (part: ts.Type, depth: number): string => {
    // Any JSON: its type is without end.
    if (part.aliasSymbol && isForeign(part.aliasSymbol)) return "";
    if (part.isUnion()) {
      const shapes = part.types.map((one) => describe(one, depth)).filter((shape) => shape !== "");
      return [...new Set(shapes)].sort().join("|");
    }
    if (!isObject(part) || depth > MAX_DEPTH) return "";
    const element = checker.getIndexTypeOfType(part, ts.IndexKind.Number);
    if (checker.isArrayLikeType(part) && element) return `[${describe(element, depth + 1)}]`;
    if (part.getCallSignatures().length > 0) return "";
    const symbol = part.getSymbol();
    // Dates, maps, errors: what the language has.
    if (symbol && isForeign(symbol) && !isZodObject(symbol)) return "";
    const fields = checker.getPropertiesOfType(part).map((property) => {
      const value = checker.getTypeOfSymbolAtLocation(property, at);
      const inner = value.isStringLiteral() ? JSON.stringify(value.value) : describe(value, depth + 1);
      return inner ? `${property.name}:${inner}` : property.name;
    });
    const rest = checker.getIndexTypeOfType(part, ts.IndexKind.String);
    if (rest) fields.push(`*${withColon(describe(rest, depth + 1))}`);
    return fields.length > 0 ? `{${fields.sort().join(",")}}` : "";
  };
  const parts = type.isUnion() ? type.types : [type];
  return [...new Set(parts.map((part) => describe(part, 0)))].filter((shape) => shape !== "").sort();
}

function isObject(type: ts.Type): boolean {
  return (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
}

/** What a schema of zod gives is declared in zod, and its fields are ours. */
function isZodObject(symbol: ts.Symbol): boolean {
  return symbol.name === "__type" || symbol.name === "__object";
}

function withColon(text: string): string {
  return text ? `:${text}` : "";
}
