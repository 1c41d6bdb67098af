import { MantineProvider } from "@mantine/core";
import { Failure } from "@/ui/states";
import { readableGreys, theme } from "./theme";

/** Before anything can be shown: the configuration is missing or unreachable. */
export function StartFailure({ error }: { error: unknown }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={readableGreys} defaultColorScheme="auto">
      <main>
        <Failure error={error} retry={() => window.location.reload()} />
      </main>
    </MantineProvider>
  );
}
