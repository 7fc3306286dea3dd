/** What an order's page shows the tasks of. Checks, mails and notifications are no steps of it. */
export function orderSubject(orderId: string): string {
  return `order:${orderId}`;
}
