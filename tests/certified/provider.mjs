// An OpenID provider of the certified npm package `oidc-provider`, for tests: node provider.mjs, told what to be on stdin.
// Whoever the address names in login_hint is let in without being asked. One line on stdout says where it listens.
import { Provider } from "oidc-provider";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";

const told = JSON.parse(readFileSync(0, "utf-8"));
const server = createServer();
await new Promise((ready) => server.listen(told.port, "127.0.0.1", ready));
const issuer = `http://localhost:${told.port}`;

const provider = new Provider(issuer, {
  clients: told.clients,
  jwks: told.jwks,
  claims: { openid: ["sub"], profile: ["name", "urn:oid:1.2.246.21"], acr: null, auth_time: null },
  acrValues: told.levels,
  conformIdTokenClaims: told.userinfo === true,
  pkce: { required: () => true },
  cookies: { keys: ["only-of-a-test"] },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    encryption: { enabled: true },
  },
  findAccount: (_, id) => told.people[id] && { accountId: id, claims: () => ({ sub: id, ...told.people[id] }) },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  async loadExistingGrant(context) {
    const grant = new provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
server.on("request", async (request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  const { params } = await provider.interactionDetails(request, response);
  const level = told.levels[0];
  await provider.interactionFinished(request, response, {
    login: { accountId: params.login_hint, acr: level, amr: ["pwd"], ts: Math.floor(Date.now() / 1000) },
  });
});
console.log(JSON.stringify({ issuer }));
