import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useSyncExternalStore } from "react";
import { isRefused } from "@/api/client";
import { updates } from "@/api/live";
import { ConfigContext } from "@/session/ConfigContext";
import type { SiteConfig } from "@/session/config";
import { isCallback } from "@/session/callback";
import { session } from "@/session/session";
import { router } from "./router";
import { readableGreys, theme } from "./theme";

const SignIn = lazy(() => import("@/session/SignIn"));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      // What the API refuses it refuses again; what did not reach it, or came with too much else, may go.
      retry: (count, error) => count < 2 && !isRefused(error),
    },
  },
});

const colorScheme = localStorageColorSchemeManager({ key: "switchboard.color-scheme" });

export function App({ config }: { config: SiteConfig }) {
  const signedIn = useSyncExternalStore(session.subscribe, () => session.isSignedIn);
  if (!signedIn) queries.clear();
  useEffect(() => {
    if (!signedIn) return undefined;
    const hurry = () => updates.hurry();
    updates.start(queries);
    window.addEventListener("online", hurry);
    return () => {
      window.removeEventListener("online", hurry);
      updates.stop();
    };
  }, [signedIn]);
  return (
    <MantineProvider
      theme={theme} cssVariablesResolver={readableGreys} defaultColorScheme="auto" colorSchemeManager={colorScheme}
    >
      <ConfigContext value={config}>
        <QueryClientProvider client={queries}>
          {signedIn && !isCallback() ? <RouterProvider router={router} /> : <Suspense fallback={null}><SignIn /></Suspense>}
        </QueryClientProvider>
      </ConfigContext>
    </MantineProvider>
  );
}
