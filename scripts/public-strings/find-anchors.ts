import path from "node:path";
import ts from "typescript";
import type { Functions, members, Shapes } from "./anchors";
import type { Project } from "./project";

/** The anchors of anchors.ts, resolved in the program. */
export interface Anchors {
  function(name: keyof Functions): ts.Symbol;
  member(name: keyof typeof members): ts.Symbol;
  shape(name: keyof Shapes): { type: ts.Type; node: ts.Node };
}

/** @throws when an anchor does not resolve: its uses would silently be missing */
export function findAnchors(project: Project): Anchors {
  const { checker, symbolOf } = project;
  const source = project.source(path.join(import.meta.dirname, "anchors.ts"));

  const signature = (interfaceName: string, name: string): ts.TypeNode => {
    const owner = source.statements
      .filter(ts.isInterfaceDeclaration)
      .find((declaration) => declaration.name.text === interfaceName);
    const found = owner?.members
      .filter(ts.isPropertySignature)
      .find((member) => textOf(member.name) === name);
    return must(found?.type, name);
  };

  return {
    function: (name) => {
      const type = signature("Functions", name);
      return must(ts.isTypeQueryNode(type) ? symbolOf(type.exprName) : undefined, name);
    },
    member: (name) => {
      const list = source.statements.find(ts.isVariableStatement)?.declarationList.declarations[0]
        ?.initializer;
      const properties = list && ts.isObjectLiteralExpression(list) ? [...list.properties] : [];
      const found = properties.filter(ts.isPropertyAssignment).find((member) => textOf(member.name) === name);
      const body = found && ts.isArrowFunction(found.initializer) ? found.initializer.body : undefined;
      return must(body && ts.isPropertyAccessExpression(body) ? symbolOf(body.name) : undefined, name);
    },
    shape: (name) => {
      const node = signature("Shapes", name);
      return { type: checker.getTypeFromTypeNode(node), node };
    },
  };
}

function textOf(name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : "";
}

function must<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`scripts/public-strings/anchors.ts: "${name}" is not found`);
  return found;
}
