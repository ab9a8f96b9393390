import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Toaster } from "sonner";
import { queryClient } from "./api/queries";
import { router } from "./routes";
import { followOtherTabs } from "./session/changes";
import "./styles.css";

const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no #root");

followOtherTabs(queryClient);

createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <Toaster
        position="top-center"
        offset={{ top: 44 }}
        mobileOffset={{ top: 44 }}
        toastOptions={{
          className: "!font-sans !bg-surface !text-ink !border-line",
          classNames: { description: "!text-muted" },
        }}
      />
    </QueryClientProvider>
  </StrictMode>,
);
