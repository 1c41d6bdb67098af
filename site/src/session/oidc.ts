// Sign-in: OpenID Connect, authorization code with PKCE.
import * as oauth from "oauth4webapi";
import { CALLBACK } from "./callback";
import type { SiteConfig } from "./config";

const PENDING = "switchboard.sign-in";

interface Pending {
  verifier: string;
  state: string;
  nonce: string;
  /** Where the person wanted to go. */
  back: string;
}

export interface SignedIn {
  token: string;
  refresh?: string;
  expires: number;
}

const redirectUri = () => window.location.origin + CALLBACK;
const client = (config: SiteConfig): oauth.Client => ({ client_id: config.client_id });

/** Plain HTTP is for an issuer on this machine only. */
function options(config: SiteConfig) {
  const { protocol, hostname } = new URL(config.issuer);
  const here = protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname);
  return { [oauth.allowInsecureRequests]: here };
}

async function server(config: SiteConfig): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(config.issuer);
  const answer = await oauth.discoveryRequest(issuer, options(config));
  return oauth.processDiscoveryResponse(issuer, answer);
}

/** Leaves for the issuer's sign-in page. */
export async function signIn(config: SiteConfig, back: string): Promise<void> {
  const found = await server(config);
  if (!found.authorization_endpoint) throw new Error("The issuer has no sign-in page. Check `issuer` in config.json.");
  const pending: Pending = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    back,
  };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const to = new URL(found.authorization_endpoint);
  const query = {
    response_type: "code",
    client_id: config.client_id,
    redirect_uri: redirectUri(),
    scope: config.scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
    state: pending.state,
    nonce: pending.nonce,
  };
  Object.entries(query).forEach(([name, value]) => to.searchParams.set(name, value));
  window.location.assign(to);
}

/** Ends a sign-in that has come back with a code; answers where the person wanted to go. */
export async function finishSignIn(config: SiteConfig): Promise<{ signedIn: SignedIn; back: string }> {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null") as Pending | null;
  sessionStorage.removeItem(PENDING);
  if (!pending) throw new Error("This sign-in was already used or began in another tab. Sign in again.");
  const found = await server(config);
  const parameters = oauth.validateAuthResponse(found, client(config), new URL(window.location.href), pending.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    found, client(config), oauth.None(), parameters, redirectUri(), pending.verifier, options(config),
  );
  const tokens = await oauth.processAuthorizationCodeResponse(found, client(config), answer, {
    expectedNonce: pending.nonce,
  });
  return { signedIn: keep(tokens), back: pending.back };
}

/** New tokens for a refresh token. */
export async function renewed(config: SiteConfig, refresh: string): Promise<SignedIn> {
  const found = await server(config);
  const answer = await oauth.refreshTokenGrantRequest(found, client(config), oauth.None(), refresh, options(config));
  const tokens = await oauth.processRefreshTokenResponse(found, client(config), answer);
  return { refresh, ...keep(tokens) };
}

/** Where signing out at the issuer goes, if it has such a place. */
export async function signOutAddress(config: SiteConfig): Promise<string | null> {
  const told = config.logout_url || (await server(config).catch(() => null))?.end_session_endpoint;
  if (!told) return null;
  const to = new URL(told);
  to.searchParams.set("client_id", config.client_id);
  to.searchParams.set("logout_uri", `${window.location.origin}/`);
  to.searchParams.set("post_logout_redirect_uri", `${window.location.origin}/`);
  return to.href;
}

function keep(tokens: oauth.TokenEndpointResponse): SignedIn {
  const seconds = tokens.expires_in ?? 3600;
  return { token: tokens.access_token, refresh: tokens.refresh_token, expires: Date.now() + seconds * 1000 };
}
