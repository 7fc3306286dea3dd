"use client";

import { ThemeProvider } from "next-themes";
import { type ReactNode, useState } from "react";

/**
 * The theme, and the script that sets it before the first paint.
 *
 * @param nonce  CSP nonce of the response with the document. The layout may be rendered again in the same document,
 *               with the nonce of another response; the browser accepts only the first.
 */
export function ThemeRoot({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  const [documentNonce] = useState(nonce);
  return (
    <ThemeProvider
      attribute="class"
      defaultTheme="dark"
      disableTransitionOnChange
      {...(documentNonce === undefined ? {} : { nonce: documentNonce })}
    >
      {children}
    </ThemeProvider>
  );
}
