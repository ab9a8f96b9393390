/** The page that somebody wanted before they had to sign in: one of ours. A link to sign in must not lead anywhere else. */
export function wanted(next: string | undefined, origin = location.origin): string {
  if (!next?.startsWith("/") || !URL.canParse(next, origin)) return "/campaigns";
  const url = new URL(next, origin); // as the browser reads it: tabs, backslashes and all
  const isPage = url.origin === origin && !url.pathname.startsWith("//") && url.pathname !== "/sign-in";
  return isPage ? `${url.pathname}${url.search}${url.hash}` : "/campaigns";
}
