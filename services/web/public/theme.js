// Runs before anything is painted, so that no page flashes in the wrong colours. src/layout/theme.ts changes it later.
(() => {
  const chosen = localStorage.getItem("belltower.theme");
  const dark =
    chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();
