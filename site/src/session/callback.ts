/** Where the issuer sends people back to. */
export const CALLBACK = "/signed-in";

export const isCallback = () => window.location.pathname === CALLBACK;
