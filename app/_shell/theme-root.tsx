"use client";

import { ThemeProvider } from "next-themes";
import { type ReactNode, useState } from "react";

/**
 * The theme, and the script that sets it before the first paint.
 *
 * @param nonce  of the answer that brought the document. The layout may be rendered again in the same document,
 *               with the nonce of another answer; the browser goes on believing the first.
 */
export function Theme({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  const [nonceOfDocument] = useState(nonce);
  return (
    <ThemeProvider
      attribute="class"
      defaultTheme="dark"
      disableTransitionOnChange
      {...(nonceOfDocument === undefined ? {} : { nonce: nonceOfDocument })}
    >
      {children}
    </ThemeProvider>
  );
}
