import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "../http/server";
import { systemClock } from "../qstash/clock";
import { Router } from "./api/router";
import { handleCheckout } from "./checkout/handler";
import { type BuyerAction, simulateBuyer } from "./checkout/simulate-buyer";
import { handleDashboard } from "./dashboard/handler";
import { Dispatcher } from "./delivery/dispatcher";
import { FaultSwitch, type FaultsInput } from "./faults";
import { handleFaults } from "./faults-endpoint";
import { refundPayment } from "./money/refund";
import { DELIVERY_TIMEOUT_MS, defaultLimits, LATE_PAYMENT_DELAY_MS, type StripeOptions } from "./options";
import { Provider } from "./provider";
import { Store } from "./state/store";
import { splitUrl } from "./wire/split-url";

export type { BuyerAction } from "./checkout/simulate-buyer";
export type { FaultsInput } from "./faults";
export { API_VERSION, type StripeOptions } from "./options";

export interface StripeStats {
  sessions: number;
  payments: number;
  refunds: number;
  events: number;
  /** Deliveries that have neither succeeded nor failed. */
  pending: number;
  /** Attempts in flight. */
  inFlight: number;
  /** Calls of the API, failed ones included. */
  calls: number;
}

export interface RunningStripe {
  /** For `STRIPE_API_URL`: no path, no trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly secretKey: string;
  readonly webhookSecret: string;
  stats(): StripeStats;
  /** Does what the session's page does. @returns where the browser is redirected; null for the page itself */
  simulateBuyer(sessionId: string, result: BuyerAction): Promise<string | null>;
  /** Refunds as from the provider's side; the default amount is all that is left. @returns the refund's id */
  refund(paymentIntent: string, amount?: number): Promise<string>;
  /** Replaces the injected faults; `{}` clears them. */
  setFaults(faults: FaultsInput): void;
  /** Sets the URL for all later attempts, those of waiting deliveries included. */
  setWebhookUrl(url: string | null): void;
  /** Sends an event again. */
  resend(eventId: string): void;
  /** Stops listening, aborts deliveries (repeated after the next start) and closes the data folder. */
  close(): Promise<void>;
}

/**
 * Starts a Stripe emulator: the part of the HTTP API that a shop with hosted checkout needs, on loopback, with the
 * checkout page and signed events.
 *
 * @throws {PortTakenError}
 * @throws {FolderInUseError} when another process uses the data folder
 * @throws {JournalCorruptError} when the data folder cannot be read
 */
export async function startStripe(options: StripeOptions): Promise<RunningStripe> {
  const clock = options.clock ?? systemClock;
  const limits = { ...defaultLimits, ...options.limits };
  const { secretKey, webhookSecret } = options;
  const store = await Store.open(options.dataDir, limits.compactAfterBytes, clock);
  try {
    const dispatcher = new Dispatcher({
      store,
      clock,
      webhookUrl: options.webhookUrl,
      webhookSecret,
      retryScale: options.retryScale ?? 1,
      timeoutMs: options.deliveryTimeoutMs ?? DELIVERY_TIMEOUT_MS,
      parallelism: limits.deliveryParallelism,
      maxResponseBytes: limits.maxResponseBytes,
    });
    const faults = new FaultSwitch();
    const lateMs = options.lateMs ?? LATE_PAYMENT_DELAY_MS;
    const provider = new Provider({ store, dispatcher, faults, clock, limits, lateMs });
    const router = new Router(provider, secretKey);
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      const { pathname } = splitUrl(request);
      if (handleCheckout(provider, pathname, request, response)) return;
      if (handleDashboard(provider, pathname, request, response)) return;
      if (handleFaults(provider, secretKey, pathname, request, response)) return;
      void router.handle(request, response);
    };
    const http = await listen("Stripe", options.port ?? 0, handle, options.host);
    provider.baseUrl = http.url;
    provider.restore();

    let closing: Promise<void> | null = null;
    const close = async (): Promise<void> => {
      provider.close();
      await http.close();
      await store.close();
    };
    return {
      url: http.url,
      port: http.port,
      secretKey,
      webhookSecret,
      stats: () => ({
        sessions: store.state.tables.sessions.size,
        payments: store.state.tables.paymentIntents.size,
        refunds: store.state.tables.refunds.size,
        events: store.state.tables.events.size,
        pending: store.state.waitingDeliveries.length,
        inFlight: dispatcher.inFlight,
        calls: router.callCount,
      }),
      async simulateBuyer(sessionId, result) {
        const session = store.state.tables.sessions.get(sessionId);
        if (!session) throw new Error(`no session ${sessionId}`);
        return simulateBuyer(provider, session, result);
      },
      async refund(paymentIntent, amount) {
        const draft = provider.draft();
        const { id } = refundPayment(draft, { paymentIntent, amount });
        provider.commit(draft);
        await store.durable();
        return id;
      },
      setFaults: (input) => void faults.set(input),
      setWebhookUrl(url) {
        dispatcher.webhookUrl = url;
      },
      resend(eventId) {
        if (!provider.resend(eventId))
          throw new Error(`no event ${eventId}, or no webhook URL to send it to`);
      },
      close() {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
