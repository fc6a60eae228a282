// A real OpenID provider for the test of log-in: npm `oidc-provider`, with three people and no
// questions. Who signs in stands in `login_hint`. Prints its address, and ends with its input.
import http from "node:http";
import Provider from "oidc-provider";

const people = {
  erika: { email: "erika@musterdorf.example", email_verified: true, name: "Erika Muster", groups: [] },
  bert: { email: "bert@musterdorf.example", email_verified: true, name: "Bert Bau", groups: ["rechnung-pruefung"] },
  mallory: { email: "erika@musterdorf.example", email_verified: false, name: "Mallory", groups: ["rechnung-pruefung"] },
  fremd: { email: "fremd@anderswo.example", email_verified: true, name: "Fritz Fremd", groups: ["andere"] },
};

let handle = (request, response) => response.end();
const server = http.createServer((request, response) => handle(request, response));
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "vir", client_secret: "a/secret with+signs", redirect_uris: ["https://rechnung.example/anmelden/dienst/zurueck"] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    cookies: { keys: ["test"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
  const callback = provider.callback();
  handle = async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return callback(request, response);
    const details = await provider.interactionDetails(request, response);
    const accountId = details.params.login_hint;
    const grant = new provider.Grant({ accountId, clientId: "vir" });
    grant.addOIDCScope("openid email profile");
    const grantId = await grant.save();
    await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId } });
  };
  console.log(issuer);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
