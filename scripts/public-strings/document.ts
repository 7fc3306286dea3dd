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
 * Every string by which something outside of the code knows us: a line each, under the heading of its kind. Neither
 * names in the code nor the places of files show in it. Sets the environment of this process.
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
