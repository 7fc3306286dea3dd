import { addAnchored } from "./anchored";
import { addBrowser } from "./browser";
import { addCatalogues } from "./catalogues";
import { addContracts } from "./contracts";
import { addEnvironment } from "./environment";
import { addHttp } from "./http";
import { addLua } from "./lua";
import { openProject } from "./project";
import { createRenderer } from "./render";
import { Sections } from "./sections";
import { addServices } from "./services";
import { addStorage } from "./storage";
import { addJson, addTemplates } from "./templates";

export const PUBLIC_STRINGS_FILE = "docs/public-strings.txt";

const FROM_CODE = [
  ...[addAnchored, addBrowser, addHttp, addServices, addStorage],
  ...[addLua, addEnvironment, addTemplates, addJson],
];

/**
 * Lists every string that anything outside the code may depend on: one per line, under the heading of its kind. Names
 * in the code and paths of files are not included. Sets this process's environment.
 */
export function publicStrings(): string {
  const sections = new Sections();
  addCatalogues(sections);
  addContracts(sections);
  const project = openProject();
  const tools = { project, render: createRenderer(project), sections };
  for (const add of FROM_CODE) add(tools);
  return sections.toString();
}
