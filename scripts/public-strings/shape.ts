import ts from "typescript";
import { isForeign, type Project } from "./project";

const MAX_DEPTH = 8;

/**
 * The fields of a type that is sent or stored, `{at,events:[{name}]}`, one shape for each member of a union. A field
 * that discriminates the union keeps its value: `{tab,type:"bye"}`. Empty for a type without fields.
 */
export function shapesOf({ checker }: Project, type: ts.Type, at: ts.Node): string[] {
  const describe = (part: ts.Type, depth: number): string => {
    // Any JSON: the type is recursive.
    if (part.aliasSymbol && isForeign(part.aliasSymbol)) return "";
    if (part.isUnion()) {
      const shapes = part.types.map((member) => describe(member, depth)).filter((shape) => shape !== "");
      return [...new Set(shapes)].sort().join("|");
    }
    if (!isObject(part) || depth > MAX_DEPTH) return "";
    const element = checker.getIndexTypeOfType(part, ts.IndexKind.Number);
    if (checker.isArrayLikeType(part) && element) return `[${describe(element, depth + 1)}]`;
    if (part.getCallSignatures().length > 0) return "";
    const symbol = part.getSymbol();
    // The language's own types, such as dates, maps and errors.
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

/** The type of a zod schema is declared in zod, but its fields are ours. */
function isZodObject(symbol: ts.Symbol): boolean {
  return symbol.name === "__type" || symbol.name === "__object";
}

function withColon(text: string): string {
  return text ? `:${text}` : "";
}
