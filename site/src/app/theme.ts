import { Anchor, Badge, Button, Card, createTheme, type CSSVariablesResolver, Modal, NavLink, Paper, Skeleton, Table, Tooltip } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "iris",
  primaryShade: { light: 7, dark: 8 },
  colors: {
    iris: ["#eef0ff", "#dde1fc", "#b9c1f5", "#939fee", "#7382e8", "#5f70e4", "#5264e0", "#4353c9", "#3c4ab4", "#313e9e"],
    // A cooler dark than the usual one, with enough steps for borders and hovers.
    dark: ["#d5d9e3", "#b4bac9", "#98a0b3", "#6b7489", "#3d4557", "#2b3242", "#212735", "#181d29", "#12161f", "#0c0f16"],
  },
  // The system's own: nothing to load, and it looks at home.
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  headings: { fontWeight: "640", sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.0625rem" }, h3: { fontSize: "0.9375rem" } } },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Anchor: Anchor.extend({ defaultProps: { underline: "hover" } }),
    Badge: Badge.extend({ defaultProps: { variant: "default", radius: "sm", tt: "none", fw: 550 } }),
    Button: Button.extend({ defaultProps: { fw: 550 } }),
    Card: Card.extend({ defaultProps: { withBorder: true, padding: "lg", radius: "lg" } }),
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { "aria-label": "Close" }, centered: true, radius: "lg", overlayProps: { backgroundOpacity: 0.4, blur: 2 } } }),
    NavLink: NavLink.extend({ defaultProps: { variant: "light" } }),
    Paper: Paper.extend({ defaultProps: { radius: "lg" } }),
    Skeleton: Skeleton.extend({ defaultProps: { radius: "md" } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: "sm", horizontalSpacing: "md", highlightOnHover: true } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 300 } }),
  },
});

/** Greys that can be read (WCAG AA) on their grounds; the library's own are paler. */
export const readableGreys: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#f7f8fb",
    "--mantine-color-dimmed": "#565e70",
    "--mantine-color-placeholder": "#667085",
    "--mantine-color-error": "#b42318",
    "--mantine-color-default-border": "#dfe3ec",
    "--switchboard-card": "#ffffff",
  },
  dark: {
    "--mantine-color-body": "#12161f",
    "--mantine-color-dimmed": "#9aa3b6",
    "--mantine-color-placeholder": "#8f98ac",
    "--mantine-color-error": "#ff8a80",
    "--mantine-color-default-border": "#2b3242",
    "--mantine-color-anchor": "#a5b0f5",
    "--switchboard-card": "#181d29",
  },
});
