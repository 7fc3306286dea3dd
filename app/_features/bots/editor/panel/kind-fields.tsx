import { useTranslations } from "next-intl";
import type { NodeKind, NodeOf } from "@/lib/schemas/workflow";
import {
  CallWorkflowFields,
  ConditionFields,
  DelayFields,
  SetVariableFields,
  WaitUntilFields,
} from "./logic-fields";
import { MessageFields } from "./message-fields";
import {
  CreditBonusesFields,
  HttpRequestFields,
  SetNotificationsFields,
  SpendBonusesFields,
} from "./outside-fields";
import type { PanelForm } from "./panel-form";
import { QuestionFields } from "./question-fields";

/** The fields of a node, by its kind. */
export function KindFields({ form }: { form: PanelForm }) {
  const t = useTranslations("botEditor.panel");
  const { node } = form;
  switch (node.kind) {
    case "message":
      return <MessageFields form={withNode(form, node)} />;
    case "question":
      return <QuestionFields form={withNode(form, node)} />;
    case "condition":
      return <ConditionFields form={withNode(form, node)} />;
    case "setVariable":
      return <SetVariableFields form={withNode(form, node)} />;
    case "delay":
      return <DelayFields form={withNode(form, node)} />;
    case "waitUntil":
      return <WaitUntilFields form={withNode(form, node)} />;
    case "callWorkflow":
      return <CallWorkflowFields form={withNode(form, node)} />;
    case "httpRequest":
      return <HttpRequestFields form={withNode(form, node)} />;
    case "spendBonuses":
      return <SpendBonusesFields form={withNode(form, node)} />;
    case "creditBonuses":
      return <CreditBonusesFields form={withNode(form, node)} />;
    case "setNotifications":
      return <SetNotificationsFields form={withNode(form, node)} />;
    case "linkAccount": {
      const error = form.errorAt("kind");
      return (
        <p className={error ? "text-sm text-danger" : "text-sm text-muted"}>{t("administratorsOnly")}</p>
      );
    }
    case "end":
      return <p className="text-sm text-muted">{t("endText")}</p>;
    default:
      return <p className="text-sm text-muted">{t("nothing")}</p>;
  }
}

const withNode = <K extends NodeKind>(form: PanelForm, node: NodeOf<K>): PanelForm<K> => ({ ...form, node });
