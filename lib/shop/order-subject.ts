/** Subject of the tasks that an order's page lists; checks, mails and notifications have none. */
export function orderSubject(orderId: string): string {
  return `order:${orderId}`;
}
