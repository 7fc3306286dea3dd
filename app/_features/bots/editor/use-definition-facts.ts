import { useDeferredValue, useMemo } from "react";
import type { Workflow } from "@/lib/schemas/bot-console";
import type { Definition } from "@/lib/schemas/workflow";
import { checkDefinition, type Problem } from "@/lib/schemas/workflow-check";
import { type Change, compareDefinitions } from "./difference";

interface Options {
  definition: Definition;
  workflow: Workflow;
  workflows: readonly string[];
  isAdministrators: boolean;
}

/** What is known of the drawn definition: its problems, its difference to what is published, and who waits where. */
export function useDefinitionFacts({ definition, workflow, workflows, isAdministrators }: Options) {
  // A large definition takes milliseconds to check: letters that are typed come first.
  const settled = useDeferredValue(definition);
  const problemList = useMemo<readonly Problem[]>(
    () => checkDefinition(settled, { workflows: new Set(workflows), isAdministrators }).problems,
    [settled, workflows, isAdministrators],
  );
  const difference = useMemo(
    () => compareDefinitions(workflow.definition, settled),
    [workflow.definition, settled],
  );
  const problems = useMemo(() => {
    const counts = new Map<string, number>();
    for (const { nodeId } of problemList)
      if (nodeId !== null) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
    return counts;
  }, [problemList]);
  const changes = useMemo(
    () => new Map<string, Change>(difference.nodes.map(({ id, change }) => [id, change])),
    [difference],
  );
  const waiting = useMemo(() => {
    const counts = new Map<string, number>();
    for (const { nodeId, count } of workflow.waiting) counts.set(nodeId, (counts.get(nodeId) ?? 0) + count);
    return counts;
  }, [workflow.waiting]);
  return { problemList, difference, problems, changes, waiting };
}
