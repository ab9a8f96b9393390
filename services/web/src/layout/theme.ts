/** Light, dark, or as the system is. `public/theme.js` reads the choice before the first paint. */

import { createStore } from "@/api/store";

export type Theme = "light" | "dark" | "system";

const KEY = "belltower.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export const theme = createStore<Theme>(read());

export function choose(chosen: Theme): void {
  if (chosen === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, chosen);
  theme.set(chosen);
}

function read(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function apply(): void {
  const chosen = theme.get();
  document.documentElement.classList.toggle(
    "dark",
    chosen === "dark" || (chosen === "system" && system.matches),
  );
}

theme.subscribe(apply);
system.addEventListener("change", apply);
