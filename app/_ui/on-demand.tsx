"use client";

import { type ComponentType, useEffect, useState } from "react";

/** After a load that failed: no connection, or another version was deployed meanwhile. */
const RETRY_DELAY_MS = 10_000;

interface Script<Props extends object> {
  load(): Promise<ComponentType<Props>>;
  component: ComponentType<Props> | null;
}

/**
 * A component whose script loads when it is first rendered, in the browser; until it is there, nothing is shown. A failed
 * load is tried again while the component is rendered, and by the next one. React's `lazy` would keep the failure, and
 * throw it into the error page at each use.
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  const script: Script<Props> = { load, component: null };
  return (props: Props) => <OnDemand script={script} props={props} />;
}

function OnDemand<Props extends object>({ script, props }: { script: Script<Props>; props: Props }) {
  const [Component, setComponent] = useState(() => script.component);
  useEffect(() => {
    if (Component) return;
    let isCurrent = true;
    let retryTimer: ReturnType<typeof setTimeout> | undefined;
    const start = () => {
      script.load().then(
        (component) => {
          script.component = component;
          if (isCurrent) setComponent(() => component);
        },
        () => {
          if (isCurrent) retryTimer = setTimeout(start, RETRY_DELAY_MS);
        },
      );
    };
    start();
    return () => {
      isCurrent = false;
      clearTimeout(retryTimer);
    };
  }, [script, Component]);
  return Component ? <Component {...props} /> : null;
}
