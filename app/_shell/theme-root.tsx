"use client";

import { ThemeProvider } from "next-themes";
import { type ReactNode, useState } from "react";

/**
 * The theme that the reader chose, and the script that sets it before the first paint. Until they choose, it is the
 * system's, which tokens.css applies without any script.
 *
 * @param nonce  CSP nonce of the response with the document. The layout may be rendered again in the same document,
 *               with the nonce of another response; the browser accepts only the first.
 */
export function ThemeRoot({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  const [documentNonce] = useState(nonce);
  return (
    <ThemeProvider
      attribute="class"
      defaultTheme="system"
      disableTransitionOnChange
      {...(documentNonce === undefined ? {} : { nonce: documentNonce })}
    >
      {children}
    </ThemeProvider>
  );
}
