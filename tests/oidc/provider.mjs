// A real OpenID provider on loopback, for tests: accounts and clients are given, everybody consents.
//   node provider.mjs '{"port": 0, "audience": "…", "accounts": {…}, "clients": […], "life": 300}'
// prints {"issuer": "…"} once it listens, and ends with its standard input.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const given = JSON.parse(process.argv[2]);
const now = Date.now;
Date.now = () => now() + 1000 * (given.shift ?? 0); // a clock that is wrong, in seconds
const SCOPES = given.scopes.join(" ");

function key(algorithm, kid) {
  const [kind, options] = algorithm.startsWith("ES")
    ? ["ec", { namedCurve: algorithm === "ES384" ? "P-384" : "P-256" }]
    : ["rsa", { modulusLength: 2048 }];
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: "jwk" }), kid, alg: algorithm, use: "sig" };
}

function claimsOf(id) {
  return { sub: id, ...given.accounts[id] };
}

const server = createServer();
await new Promise((ready) => server.listen(given.port ?? 0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: given.clients,
  jwks: { keys: [key("RS256", "sign-rs"), key("ES384", "sign-es")] },
  cookies: { keys: ["only-for-tests"] },
  scopes: ["openid", "offline_access", "fhirUser", "launch/patient"],
  claims: { openid: ["sub", "auth_time"], fhirUser: ["fhirUser", "role", "ods_code", "name"] },
  conformIdTokenClaims: false,
  enabledJWA: { clientAuthSigningAlgValues: ["RS256", "ES256", "ES384", "PS256"] },
  pkce: { required: () => true },
  ttl: {
    AccessToken: given.life, ClientCredentials: given.life, IdToken: 300,
    RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 3600, AuthorizationCode: 60,
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => given.audience,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource) => ({
        scope: SCOPES,
        audience: resource,
        accessTokenTTL: given.life,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: given.algorithm ?? "RS256" } },
      }),
    },
  },
  // it asks no address of this machine else, and whoever is told of a sign-out here is on this one
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  interactions: { url: (ctx, interaction) => `/choose/${interaction.uid}` },
  findAccount: (ctx, id) =>
    id in given.accounts ? { accountId: id, claims: () => claimsOf(id) } : undefined,
  extraTokenClaims: (ctx, token) => {
    if (!token.accountId) return undefined;
    const { AuthorizationCode, RefreshToken } = ctx.oidc.entities;
    return { ...given.accounts[token.accountId], auth_time: (AuthorizationCode ?? RefreshToken)?.authTime };
  },
  loadExistingGrant: async (ctx) => {
    const { client, session, params } = ctx.oidc;
    const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(params.scope);
    grant.addResourceScope(params.resource ?? given.audience, params.scope);
    await grant.save();
    return grant;
  },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/choose/")) return next();
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  const login = { accountId: params.login_hint || Object.keys(given.accounts)[0] };
  await provider.interactionFinished(ctx.req, ctx.res, { login, consent: {} });
  ctx.respond = false;
});

server.on("request", provider.callback());
console.log(JSON.stringify({ issuer }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
