// Invented identity providers on the certified npm package `oidc-provider`: node provider.mjs FOLDER, where it is installed.
// What they are comes as one line of JSON on stdin; where they listen goes out as one line on stdout. They end when stdin
// does: with whoever began them, however that ends. Nobody proves anything here: who knocks chooses who they are.
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const LANGUAGES = ["fi", "sv", "en"];
const STYLE = `
  body { font: 1.125rem/1.5 sans-serif; color: #1a1a1a; background: #fff; max-width: 40rem; margin: 0 auto; padding: 1.5rem }
  nav { display: flex; gap: 1rem; justify-content: flex-end }
  a { color: #00329f }
  button { font: inherit; min-height: 2.75rem; margin: .25rem 0; padding: .5rem 1rem; text-align: left; cursor: pointer;
           color: #1a1a1a; background: #fff; border: 2px solid #00329f }
  button.first { color: #fff; background: #00329f }
  li button { width: 100% }
  ul { list-style: none; padding: 0 }
  :focus-visible { outline: 3px solid #00329f; outline-offset: 3px }`;

// Standard output says one thing alone; what the package has to remark goes the other way.
console.info = console.error;
const lines = createInterface({ input: process.stdin });
const told = JSON.parse((await once(lines, "line"))[0]);
lines.on("close", () => process.exit());
const { Provider, interactionPolicy } = await import(
  pathToFileURL(`${process.argv[2]}/node_modules/oidc-provider/lib/index.js`)
);
const server = createServer();
server.listen(told.port, "127.0.0.1");
await once(server, "listening");
const origin = `http://localhost:${server.address().port}`;

const safe = (text) => String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

/** The language asked for: by the link pressed, by the register, by the browser. */
function language(request, wished) {
  const pressed = new URL(request.url, origin).searchParams.get("lang");
  const accepted = (request.headers["accept-language"] ?? "").split(",").map((one) => one.trim().split(";")[0]);
  const asked = [pressed, ...(wished ?? "").split(" "), ...accepted].map((one) => one?.slice(0, 2).toLowerCase());
  return asked.find((one) => LANGUAGES.includes(one)) ?? LANGUAGES[0];
}

/** A page of its own, and the headers that keep it so; forms may lead on to the register. */
function page(issuer, tongue, title, body, switching = false) {
  const words = told.words[tongue];
  const others = LANGUAGES.filter((one) => one !== tongue)
    .map((one) => `<a href="?lang=${one}" lang="${one}" hreflang="${one}">${safe(told.words[one].called)}</a>`)
    .join(" ");
  const html = `<!doctype html><html lang="${tongue}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${safe(title)} – ${safe(words.service)}</title>
<style>${STYLE}</style></head><body>
<header><p>${safe(words.service)}: ${safe(issuer.title[tongue])}</p>
${switching ? `<nav aria-label="${safe(words.languages)}">${others}</nav>` : ""}</header>
<main><h1>${safe(title)}</h1>${body}</main></body></html>`;
  const onward = new Set(issuer.clients.flatMap((one) => one.redirect_uris).map((one) => new URL(one).origin));
  const policy = [
    "default-src 'none'", `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
    `form-action 'self' ${[...onward].join(" ")}`, "base-uri 'none'", "frame-ancestors 'none'",
  ];
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy.join("; "),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  return { html, headers };
}

/** The same as an answer of the package's own pages. */
function shown(context, issuer, tongue, title, body) {
  const { html, headers } = page(issuer, tongue, title, body);
  context.set(headers);
  context.body = html;
}

function configuration(issuer, people) {
  const policy = interactionPolicy.base();
  // Each time anew, whatever session there is: whoever chose wrong could not choose again.
  policy.get("login").checks.add(
    new interactionPolicy.Check("choice", "nobody has been chosen", "login_required", ({ oidc }) =>
      oidc.result?.login ? interactionPolicy.Check.NO_NEED_TO_PROMPT : interactionPolicy.Check.REQUEST_PROMPT,
    ),
  );
  const named = ["session", "interaction", "resume"].map((one) => [one, `${issuer.name}_${one}`]);
  return {
    clients: issuer.clients,
    jwks: { keys: issuer.keys },
    claims: {
      openid: ["sub"],
      profile: [...new Set(issuer.people.flatMap((one) => Object.keys(one.claims)))],
      acr: null,
      auth_time: null,
    },
    acrValues: issuer.level ? [issuer.level] : [],
    // What a scope tells stands in the ID token too, as Finnish strong identification tells it.
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(32).toString("base64url")], names: Object.fromEntries(named) },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      encryption: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(context, form) {
          const tongue = language(context.req, context.oidc.params.ui_locales);
          const { leave, stay, leaving } = told.words[tongue];
          const out = `<button form="op.logoutForm" name="logout" value="yes" class="first">${safe(leave)}</button>`;
          const no = `<button form="op.logoutForm">${safe(stay)}</button>`;
          shown(context, issuer, tongue, leaving, `${form}<p>${out} ${no}</p>`);
        },
        postLogoutSuccessSource(context) {
          const tongue = language(context.req);
          shown(context, issuer, tongue, told.words[tongue].left, "");
        },
      },
    },
    renderError(context, out) {
      const tongue = language(context.req, context.oidc?.params?.ui_locales);
      const said = `<p>${safe(told.words[tongue].again)}</p><p><code>${safe(out.error)}</code></p>`;
      shown(context, issuer, tongue, told.words[tongue].wrong, said);
    },
    // The register is of this machine, where the package would not go of itself; nobody but it has an address to be told at.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    findAccount: (_, id) => people.has(id) && { accountId: id, claims: () => ({ ...people.get(id).claims, sub: id }) },
    interactions: { policy, url: (_, interaction) => `/${issuer.name}/who/${interaction.uid}` },
    // Whom a client is told of is settled beforehand: there is no consent to ask for.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile");
      await grant.save();
      return grant;
    },
  };
}

function opened(issuer) {
  const people = new Map(issuer.people.map((one) => [one.subject, one]));
  const provider = new Provider(`${origin}/${issuer.name}`, configuration(issuer, people));
  const answer = provider.callback();

  async function choosing(request, response) {
    const { params } = await provider.interactionDetails(request, response);
    if (request.method === "POST") {
      let sent = "";
      for await (const part of request) sent += part;
      const who = new URLSearchParams(sent).get("who");
      const proof = { accountId: who, acr: issuer.level ?? undefined, amr: ["pwd"], remember: false };
      const result = people.has(who) ? { login: proof } : { error: "access_denied", error_description: "declined" };
      return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    }
    const tongue = language(request, params.ui_locales);
    const { who, nobody } = told.words[tongue];
    const choices = issuer.people.map(
      ({ subject, label }) =>
        `<li><button name="who" value="${safe(subject)}">${safe(label[tongue] ?? label.fi)}</button></li>`,
    );
    const form = `<form method="post"><ul>${choices.join("")}</ul><button name="who" value="">${safe(nobody)}</button></form>`;
    const { html, headers } = page(issuer, tongue, who, form, true);
    response.writeHead(200, headers).end(html);
  }

  return async (request, response) => {
    request.originalUrl = request.url;
    request.url = request.url.slice(issuer.name.length + 1) || "/";
    if (!request.url.startsWith("/who/")) return answer(request, response);
    try {
      await choosing(request, response);
    } catch {
      // The page was left open for too long, or is another browser's.
      const tongue = language(request);
      const { html, headers } = page(issuer, tongue, told.words[tongue].wrong, `<p>${safe(told.words[tongue].again)}</p>`);
      response.writeHead(400, headers).end(html);
    }
  };
}

const doors = new Map(told.issuers.map((issuer) => [issuer.name, opened(issuer)]));
server.on("request", (request, response) => {
  const door = doors.get(request.url.split(/[/?]/)[1]);
  return door ? door(request, response) : response.writeHead(404).end();
});
console.log(JSON.stringify({ origin }));
